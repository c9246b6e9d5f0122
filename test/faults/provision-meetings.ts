/** How several processes on one line meet: all have looked before any writes, or one call at a time in an order that chance draws. */
import type { Chance } from '../support/seeded.ts';
import type { Call, Manner } from '../support/stripe-line.ts';

export interface Meeting extends Manner {
  /** The process with this key has ended. */
  ended?(caller: string): void;
}

/** Holds every write until each of the callers has come to one. */
export function allHaveLooked(callers: readonly string[]): Meeting {
  const looking = new Set(callers);
  const waiting: (() => void)[] = [];
  return {
    before: async ({ isWrite, caller }) => {
      if (!isWrite) return;
      looking.delete(caller);
      await new Promise<void>((go) => {
        waiting.push(go);
        if (looking.size === 0) waiting.splice(0).forEach((each) => each());
      });
    },
  };
}

/** Once each of the callers has come to a call or has ended, one call goes on, and the next when that has its answer. */
export function oneAtATime(callers: readonly string[], random: Chance): Meeting {
  const waiting = new Map<string, (() => void)[]>(callers.map((caller) => [caller, []]));
  let isUnderWay = false;
  const next = (): void => {
    const queues = [...waiting.values()];
    if (isUnderWay || queues.length === 0 || queues.some(({ length }) => length === 0)) return;
    isUnderWay = true;
    random.oneOf(queues).shift()?.();
  };
  return {
    before: async ({ caller }: Call) => {
      await new Promise<void>((go) => {
        waiting.get(caller)?.push(go);
        next();
      });
    },
    after: () => {
      isUnderWay = false;
      next();
    },
    ended: (caller) => {
      waiting.delete(caller);
      next();
    },
  };
}
