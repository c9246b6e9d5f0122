/** Looks at the cache again and again while others write to it. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Cache } from '../core/cache/cache.ts';
import { interruption } from './until-interrupted.ts';

const LOOK_EVERY_MILLISECONDS = 1_000;

/** Calls `look` at once, soon after each change and every second, never twice at once. Ends only by throwing: what `look` throws, or an AbortError once somebody interrupts. */
export async function follow(cache: Pick<Cache, 'onChange'>, look: () => Promise<void>): Promise<never> {
  const { signal: interrupted } = interruption();
  let woken = new AbortController();
  const wake = () => woken.abort();
  interrupted.addEventListener('abort', wake);
  const unsubscribe = cache.onChange(wake);
  try {
    for (;;) {
      woken = new AbortController();
      await look();
      interrupted.throwIfAborted();
      await pause(LOOK_EVERY_MILLISECONDS, undefined, { signal: woken.signal }).catch(() => undefined);
      interrupted.throwIfAborted();
    }
  } finally {
    unsubscribe();
  }
}
