/** Keeps a command running until somebody stops it. */
import { once } from 'node:events';

/** A connection that still hangs when all else has stopped keeps nobody waiting longer. */
const LONGEST_STOP_MILLISECONDS = 8_000;

/** Aborts at SIGINT or SIGTERM; from here on the first of them no longer ends the process, a second one does at once. */
export function interruption(): AbortController {
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort());
  stopped.signal.addEventListener('abort', () => setTimeout(() => process.exit(), LONGEST_STOP_MILLISECONDS).unref());
  return stopped;
}

/** Waits until somebody interrupts. */
export async function untilInterrupted({ signal } = interruption()): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
