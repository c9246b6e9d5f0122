/** Keeps a command running until somebody stops it. */
import { once } from 'node:events';

/** Waits for SIGINT or SIGTERM; a second signal then ends the process at once. */
export async function untilInterrupted(): Promise<void> {
  const stopped = new AbortController();
  await Promise.race(['SIGINT', 'SIGTERM'].map((signal) => once(process, signal, { signal: stopped.signal })));
  stopped.abort();
}
