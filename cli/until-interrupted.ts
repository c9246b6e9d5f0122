/** Keeps a command running until somebody stops it, and then lets it end cleanly. */
import { once } from 'node:events';

/** Waits for SIGINT or SIGTERM, then runs `stop`; a second signal ends the process at once. */
export async function untilInterrupted(stop: () => Promise<void>): Promise<void> {
  const stopped = new AbortController();
  await Promise.race(['SIGINT', 'SIGTERM'].map((signal) => once(process, signal, { signal: stopped.signal })));
  stopped.abort();
  await stop();
}
