/** How long the daemon waits for what is in hand when it stops. */
import { setTimeout as pauseFor } from 'node:timers/promises';

export const STOP_WITHIN_MILLISECONDS = 2_000;

/** Waits for all of them, but no longer than 2 s. They must not reject. */
export async function settledInTime(inHand: Iterable<Promise<void>>): Promise<void> {
  const given = new AbortController();
  const longest = pauseFor(STOP_WITHIN_MILLISECONDS, undefined, { ref: false, signal: given.signal }).catch(() => undefined);
  await Promise.race([Promise.all(inHand), longest]);
  given.abort();
}
