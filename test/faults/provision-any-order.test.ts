/** R20: three `devchat provision` whose calls go on one at a time, in an order that chance draws; also where one of them is killed. */
import { expect, test } from 'vitest';
import { eachAtOnce } from '../../core/at-once.ts';
import { chance } from '../support/seeded.ts';
import { failures } from './provision-judge.ts';
import { oneAtATime } from './provision-meetings.ts';
import { keysOf, racersOf, run, unclear, wrongsAfterOneMore, type Race, type Racer } from './provision-race.ts';
import { inScene, type Scene } from './provision-scene.ts';
import { tried } from './tried.ts';

const THREE = 3;
const LATEST_KILL = 12;
const SEEDS = Array.from({ length: 10 }, (_, index) => index + 1);
/** Seeds at once. */
const AT_ONCE = 2;

/** Three, whose calls go on one at a time in an order that chance draws. */
async function wrongsOfThree(seed: number, race: Race): Promise<string[]> {
  return inScene(async (scene) => {
    const racers = racersOf(THREE, race);
    const finished = await run(race, scene, racers, oneAtATime(keysOf(racers), chance(seed)));
    const wrongs = race.isOfTwoVersions ? unclear(finished) : [...failures(...finished), ...(await wrongsNowhere(scene, racers))];
    return [...wrongs, ...(await wrongsAfterOneMore(scene, race))].map((what) => `seed ${seed}: ${what}`);
  });
}

/** The first of three is killed somewhere; the others succeed, and one more run leaves one of each. */
async function wrongsWithOneKilled(seed: number, race: Race): Promise<string[]> {
  return inScene(async (scene) => {
    const random = chance(seed);
    const racers = racersOf(THREE, race);
    const killedAfter = 1 + random.number(LATEST_KILL);
    const [killed, ...others] = await run({ ...race, killedAfter }, scene, racers, oneAtATime(keysOf(racers), random));
    const survived = killed?.code === null ? [] : ['none was killed'];
    return [...survived, ...failures(...others), ...(await wrongsAfterOneMore(scene, race))].map((what) => `seed ${seed}: ${what}`);
  });
}

async function wrongsWithEachSeed(race: Race, wrongsOf: (seed: number, race: Race) => Promise<string[]>): Promise<string[]> {
  const wrongs: string[] = [];
  await eachAtOnce(AT_ONCE, SEEDS, async (seed) => wrongs.push(...(await wrongsOf(seed, race))));
  return wrongs;
}

test.for<[string, Race]>([
  ['on machines of their own', { isApart: true }],
  ['on one machine', {}],
])('R20: three %s, the first of which is killed at any call: the others succeed, and one more run leaves one of each', async ([, race]) => {
  expect(await wrongsWithEachSeed(race, wrongsWithOneKilled)).toEqual([]);
  tried('R20', { seeds: SEEDS.length, kills: SEEDS.length });
});

/** What every machine finds wrong: nothing where one of them does not. A later one cannot know the secret that an earlier one was told. */
async function wrongsNowhere(scene: Scene, racers: readonly Racer[]): Promise<string[]> {
  const found = await Promise.all(racers.map(({ machine }) => scene.wrongs(machine)));
  return found.some(({ length }) => length === 0) ? [] : found.flat();
}

test.for<[string, Race]>([
  ['on machines of their own', { isApart: true }],
  ['whose keys are of no help', { isWithoutKeys: true }],
  ['of two versions', { isOfTwoVersions: true }],
  ['of two versions, whose keys are of no help', { isWithoutKeys: true, isOfTwoVersions: true }],
])('R20: three %s, whose calls go one at a time in any order', async ([, race]) => {
  expect(await wrongsWithEachSeed(race, wrongsOfThree)).toEqual([]);
  tried('R20', { seeds: SEEDS.length });
});
