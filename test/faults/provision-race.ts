/** Several `devchat provision` on one line at the same moment. */
import type { Finished } from '../support/processes.ts';
import type { Manner } from '../support/stripe-line.ts';
import type { Build } from './provision-builds.ts';
import { failures } from './provision-judge.ts';
import { keyOf, type Process } from './provision-machines.ts';
import type { Meeting } from './provision-meetings.ts';
import type { Scene } from './provision-scene.ts';

const LIMIT_MILLISECONDS = 60_000;

/** Languages that sort letters in different ways. */
const LANGUAGES = ['en_US', 'da_DK', 'et_EE', 'lt_LT', 'cs_CZ', 'sv_SE', 'tr_TR', 'cy_GB'];

export interface Race {
  /** `provision` where not told. */
  args?: readonly string[];
  /** Whether each has a machine of its own, which alone knows the secrets that it was told; else all share one. */
  isApart?: boolean;
  /** Whether the idempotency keys of each are its own, as if Stripe had forgotten those of the others. */
  isWithoutKeys?: boolean;
  /** Every other one is that of another version. */
  isOfTwoVersions?: boolean;
  /** The first one is killed when Stripe has done what it asked for so many times. */
  killedAfter?: number;
  build?: Build;
}

export type Racer = Process & { caller: string };

export function racersOf(many: number, { isApart, isOfTwoVersions, build }: Race): Racer[] {
  return Array.from({ length: many }, (_, index) => ({
    caller: `racer${index}`,
    env: { LC_ALL: `${LANGUAGES[index % LANGUAGES.length]}.UTF-8` },
    build: isOfTwoVersions && index % 2 === 1 ? 'is another version' : build,
    ...(isApart ? { machine: `machine${index}` } : {}),
  }));
}

/** The Stripe keys that they show. */
export function keysOf(racers: readonly Racer[]): string[] {
  return racers.map(({ caller }) => keyOf(caller));
}

const KEYS_OF_THEIR_OWN: Manner = { idempotencyKey: (key, { caller }) => `${key}-${caller}` };

/** Runs them all at once, as they meet. */
export async function run({ args = ['provision'], isWithoutKeys, killedAfter = Infinity }: Race, scene: Scene, racers: readonly Racer[], { ended, after, ...manner }: Meeting): Promise<Finished[]> {
  const running = racers.map((racer) => ({ key: keyOf(racer.caller), child: scene.start(args, racer) }));
  let left = killedAfter;
  const killing: Manner['after'] = async (call) => {
    const [first] = running;
    if (call.caller === first?.key) left -= 1;
    if (left === 0) await first?.child.kill();
    return after?.(call);
  };
  scene.line.manner = { ...manner, after: killing, ...(isWithoutKeys ? KEYS_OF_THEIR_OWN : {}) };
  const finished = running.map(async ({ key, child }) => {
    const outcome = await child.ended(LIMIT_MILLISECONDS);
    ended?.(key);
    return outcome;
  });
  return Promise.all(finished).finally(() => (scene.line.manner = {}));
}

/** Whoever gives up says that others are at work. */
export function unclear(finished: readonly Finished[]): string[] {
  return failures(...finished).filter((failure) => !/^ended with 1: [^]*error not converged: /.test(failure));
}

/** What is wrong after one more run, on the first machine. */
export async function wrongsAfterOneMore(scene: Scene, race: Race): Promise<string[]> {
  const [{ machine }] = racersOf(1, race) as [Racer];
  return [...failures(await scene.run(['provision'], { machine })), ...(await scene.wrongs(machine))];
}
