/** Keeps a command running until somebody stops it. */
import { once } from 'node:events';

/** Aborts at SIGINT or SIGTERM; from here on the first of them no longer ends the process, a second one does at once. */
export function interruption(): AbortController {
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort());
  return stopped;
}

/** Waits until somebody interrupts. */
export async function untilInterrupted({ signal } = interruption()): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
