/** The sandbox's time: real time plus an offset that only grows, or a fixed moment while due work runs. */
import type { Store } from './world.ts';

const OFFSET_SETTING = 'clock.offset_seconds';

export interface Clock {
  now(): number;
  offset(): number;
  /** Moves the sandbox's time forward. */
  advance(seconds: number): void;
  /** Back to real time. */
  reset(): void;
  /** Runs `work` with the time standing still at `seconds`. */
  at<T>(seconds: number, work: () => T): T;
}

export function createClock(store: Store): Clock {
  let offset = Number(store.setting(OFFSET_SETTING) ?? 0);
  let fixed: number | undefined;
  return {
    now: () => fixed ?? realSeconds() + offset,
    offset: () => offset,
    advance(seconds) {
      store.setSetting(OFFSET_SETTING, String(offset + seconds));
      offset += seconds;
    },
    reset() {
      store.setSetting(OFFSET_SETTING, '0');
      offset = 0;
    },
    at(seconds, work) {
      const before = fixed;
      fixed = seconds;
      try {
        return work();
      } finally {
        fixed = before;
      }
    },
  };
}

/** Signatures are always made at this time: receivers refuse old ones. */
export function realSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
