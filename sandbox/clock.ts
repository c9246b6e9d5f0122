/**
 * What time it is. The sandbox's own time is real time plus an offset; while it is being advanced it stands still at the
 * moment that the advance has reached. What belongs to a test clock lives in that clock's time.
 */
import type { Store } from './world.ts';

const OFFSET_SETTING = 'clock.offset_seconds';

export interface Clock {
  /** The time that objects carry: a test clock's inside `inTestClock`, else the sandbox's own. */
  now(): number;
  /** The sandbox's own time: events carry it. */
  sandboxNow(): number;
  /** How far the sandbox's own time is ahead of real time. */
  offset(): number;
  /** The sandbox's own time runs on, this far ahead of real time. */
  setOffset(seconds: number): void;
  /** The sandbox's own time stands still at `seconds` until `setOffset`; a restart goes on from there. */
  standAt(seconds: number): void;
  /** Runs `work` with the sandbox's own time at `seconds`. */
  at<T>(seconds: number, work: () => T): T;
  /** Runs `work` with a test clock's time at `seconds`; the sandbox's own is what it is. */
  inTestClock<T>(seconds: number, work: () => T): T;
}

export function createClock(store: Store): Clock {
  let offset = Number(store.setting(OFFSET_SETTING) ?? 0);
  let standing: number | undefined;
  const own = createMoment();
  const testClock = createMoment();
  const keepOffset = (seconds: number): void => {
    store.setSetting(OFFSET_SETTING, String(seconds));
    offset = seconds;
  };
  const sandboxNow = (): number => own.seconds() ?? standing ?? realSeconds() + offset;
  return {
    now: () => testClock.seconds() ?? sandboxNow(),
    sandboxNow,
    offset: () => (standing === undefined ? offset : standing - realSeconds()),
    setOffset(seconds) {
      keepOffset(seconds);
      standing = undefined;
    },
    standAt(seconds) {
      keepOffset(seconds - realSeconds());
      standing = seconds;
    },
    at: own.during,
    inTestClock: testClock.during,
  };
}

/** A time that holds while some work runs. */
function createMoment() {
  let moment: number | undefined;
  return {
    seconds: () => moment,
    during<T>(seconds: number, work: () => T): T {
      const before = moment;
      moment = seconds;
      try {
        return work();
      } finally {
        moment = before;
      }
    },
  };
}

/** Signatures are always made at this time: receivers refuse old ones. */
export function realSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
