/** Keeps a command running until somebody stops it. */
import { once } from 'node:events';
import { INTERRUPTED } from './exit-codes.ts';

/** A library that tidies up at signals sends the first one on to us at once: only a later one is somebody's impatience. */
const IMPATIENCE_MILLISECONDS = 500;

/** Aborts at SIGINT or SIGTERM; from here on the first of them no longer ends the process, a second one half a second later does at once. */
export function interruption(): AbortController {
  const stopped = new AbortController();
  let first: number | undefined;
  const hear = (): void => {
    first ??= performance.now();
    if (performance.now() - first > IMPATIENCE_MILLISECONDS) process.exit(INTERRUPTED);
    stopped.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, hear);
  return stopped;
}

/** Waits until somebody interrupts. */
export async function untilInterrupted({ signal } = interruption()): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
