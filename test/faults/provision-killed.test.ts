/** R19: `devchat provision` that is killed before or after any of its calls; the next run finishes what it left. */
import { expect, test } from 'vitest';
import { eachAtOnce } from '../../core/at-once.ts';
import { chance } from '../support/seeded.ts';
import type { Call } from '../support/stripe-line.ts';
import type { Build } from './provision-builds.ts';
import { failures } from './provision-judge.ts';
import { openScene, type Scene } from './provision-scene.ts';
import { STORIES, type Story } from './provision-stories.ts';
import { tried } from './tried.ts';

/** Runs at once: most of their time is their start. */
const AT_ONCE = 4;
const KILLS_IN_A_ROW = 4;
const SEEDS = 8;
const LATEST_CALL = 20;
const NOT_HIT = 'not hit';

interface Moment {
  /** Which calls are counted. */
  counts(call: Call): boolean;
  /** Before the call reaches Stripe, or after Stripe did what it asks for and before the answer comes. */
  when: 'before' | 'after';
  /** What becomes of the idempotency keys of the next run. */
  key(key: string): string;
}

const sameDay = (key: string): string => key;
/** Stripe has forgotten the old ones. */
const nextDay = (key: string): string => `${key}-next-day`;

const MOMENTS = {
  'before any call': { counts: () => true, when: 'before', key: sameDay },
  'after any call': { counts: () => true, when: 'after', key: sameDay },
  'after any write, a day before the next run': { counts: ({ isWrite }) => isWrite, when: 'after', key: nextDay },
} satisfies Record<string, Moment>;

type Killed = Story & { moment: Moment; build?: Build };

/** What is wrong after a run was killed at the call of that number, and another has ended. */
async function killedAt(number: number, { moment, prepare, args, build }: Killed): Promise<string[] | typeof NOT_HIT> {
  const scene = await openScene();
  await prepare(scene);
  const isHit = await startAndKill(scene, number, { moment, args, build });
  scene.line.manner = { idempotencyKey: moment.key };
  const wrongs = isHit ? await wrongsAfterAnother(scene, args, build) : [];
  await scene.close();
  return isHit ? wrongs.map((what) => `killed at call ${number}: ${what}`) : NOT_HIT;
}

/** Whether it came to the call of that number. */
async function startAndKill({ line, start }: Scene, number: number, { moment, args, build }: Omit<Killed, 'prepare'>): Promise<boolean> {
  const child = start(args, { build });
  let left = number;
  const kill = async (call: Call) => {
    if (moment.counts(call)) left -= 1;
    if (left > 0) return undefined;
    await child.kill();
    return 'lost';
  };
  line.manner = { [moment.when]: kill };
  return (await child.ended()).code === null;
}

async function wrongsAfterAnother({ run, wrongs }: Scene, args: readonly string[], build?: Build): Promise<string[]> {
  return [...failures(await run(args, { build })), ...(await wrongs())];
}

/** Kills at call 1, 2, 3 …, until a run is not hit any more, or something is wrong. */
async function killAtEachCall(killed: Killed): Promise<{ kills: number; wrongs: string[] }> {
  for (let first = 1; ; first += AT_ONCE) {
    const found = await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => killedAt(first + index, killed)));
    const hits = found.filter((each) => each !== NOT_HIT);
    const kills = first - 1 + hits.length;
    if (hits.flat().length > 0 || hits.length < AT_ONCE) return { kills, wrongs: hits.flat() };
  }
}

const EVERY = Object.entries(STORIES).flatMap(([account, story]) => Object.entries(MOMENTS).map(([when, moment]) => ({ account, when, ...story, moment })));

test.for(EVERY)('R19: $account: killed $when, the next run leaves one of each', async (killed) => {
  const { kills, wrongs } = await killAtEachCall(killed);
  expect(wrongs).toEqual([]);
  expect(kills).toBeGreaterThan(3);
  tried('R19', { kills });
});

/** Killed so many times at calls that chance draws; the last run is let be. */
async function killedAgainAndAgain(seed: number): Promise<{ kills: number; wrongs: string[] }> {
  const random = chance(seed);
  const { prepare, args } = random.oneOf<Story>(Object.values(STORIES));
  const scene = await openScene();
  await prepare(scene);
  let kills = 0;
  for (let run = 0; run < KILLS_IN_A_ROW; run += 1) {
    const moment = random.oneOf<Moment>(Object.values(MOMENTS));
    if (await startAndKill(scene, 1 + random.number(LATEST_CALL), { moment, args })) kills += 1;
  }
  scene.line.manner = {};
  const wrongs = await wrongsAfterAnother(scene, args);
  await scene.close();
  return { kills, wrongs: wrongs.map((what) => `seed ${seed}: ${what}`) };
}

test('R19: killed again and again, the last run leaves one of each', async () => {
  const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1);
  const results: Awaited<ReturnType<typeof killedAgainAndAgain>>[] = [];
  await eachAtOnce(AT_ONCE, seeds, async (seed) => results.push(await killedAgainAndAgain(seed)));
  expect(results.flatMap(({ wrongs }) => wrongs)).toEqual([]);
  tried('R19', { seeds: SEEDS, kills: results.reduce((sum, { kills }) => sum + kills, 0) });
});

test.for<[Build, keyof typeof STORIES, keyof typeof MOMENTS]>([
  ['keeps what a cut run left behind', 'a price to be replaced and a lost endpoint secret', 'after any call'],
  ['finds a product by the id that it remembers', 'an empty account', 'after any write, a day before the next run'],
  ['takes a repeated answer for the object', 'an empty account', 'after any call'],
])('R19: a devchat that %s is caught', async ([build, account, when]) => {
  const { kills, wrongs } = await killAtEachCall({ ...STORIES[account], moment: MOMENTS[when], build });
  expect(wrongs).not.toEqual([]);
  tried('R19', { kills, wrong: 1 });
});
