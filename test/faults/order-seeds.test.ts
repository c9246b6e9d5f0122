/** R05: seeds mix up the events of long flows, with duplicates, delays and gaps: the cache ends in what Stripe holds. */
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Cache } from '../../core/cache/cache.ts';
import { freshCacheFile, type CacheFile } from '../support/caches.ts';
import { overlaid } from '../support/overlaid.ts';
import { chance } from '../support/seeded.ts';
import { liveFlows, LONG_FLOWS, SHORT_FLOWS, type Flow } from './order-flows.ts';
import { differencesInTheEnd, renamed, tellAll, tellMixedUp, type Travelling } from './order-told.ts';
import { CARDS_BY_ARRIVAL, WRONG_CACHES } from './order-wrong.ts';
import { tried } from './tried.ts';

/** Of each flow. */
const SEEDS = 200;
const AT_ONCE = 20;

/** An end would heal what was wrong before: nothing comes after it, whichever cache is asked to store it. */
const GOES_ON = 'subscribe, fail, recover, renew, schedule the end, take it back';

const WITHOUT_GAPS: Travelling = { late: 30, twice: 30, twin: 15, dropped: 0, asked: 30 };
const WITH_GAPS: Travelling = { ...WITHOUT_GAPS, dropped: 20 };

let flows: Flow[];
let file: CacheFile;

beforeAll(async () => {
  flows = await liveFlows({ ...LONG_FLOWS, ...SHORT_FLOWS });
});
beforeEach(() => {
  file = freshCacheFile();
});
afterEach(() => file.remove());

interface Run {
  told: number;
  wrong: string[];
}

/** Half of the seeds have gaps, which a backfill closes. */
async function run(cache: Cache, flow: Flow, seed: number, isBackfilled = true): Promise<Run> {
  const hasGaps = seed % 2 === 0;
  const teller = { cache, flow: renamed(flow, String(seed)), chance: chance(seed), told: 0, isAsked: false };
  await tellMixedUp(teller, hasGaps ? WITH_GAPS : WITHOUT_GAPS);
  if (hasGaps && isBackfilled) await tellAll(teller);
  const wrong = await differencesInTheEnd(teller);
  return { told: teller.told, wrong: wrong.map((difference) => `${flow.name}, seed ${seed}: ${difference}`) };
}

async function runAll(cache: Cache, flow: Flow, seeds: number, isBackfilled?: boolean): Promise<Run> {
  const sum: Run = { told: 0, wrong: [] };
  for (let first = 1; first <= seeds; first += AT_ONCE) {
    const runs = await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => run(cache, flow, first + index, isBackfilled)));
    for (const { told, wrong } of runs) {
      sum.told += told;
      sum.wrong.push(...wrong);
    }
  }
  return sum;
}

test.for([...Object.keys(LONG_FLOWS), ...Object.keys(SHORT_FLOWS)])('%s', async (name) => {
  const cache = await file.open();
  const { told, wrong } = await runAll(cache, flows.find((flow) => flow.name === name)!, SEEDS);
  expect(wrong).toEqual([]);
  expect(await cache.questions(), 'nothing is left to ask').toEqual([]);
  tried('R05', { seeds: SEEDS, events: told });
});

test.for(Object.entries(WRONG_CACHES))('a cache that is wrong is found out: %s', async ([, wrong]) => {
  const cache = overlaid(await file.open(), wrong);
  expect((await runAll(cache, flows.find(({ name }) => name === GOES_ON)!, AT_ONCE)).wrong).not.toEqual([]);
  tried('R05', { wrong: 1 });
});

test('a cache in which of cards what is heard last holds is found out', async () => {
  const flow = flows.find(({ name }) => name === 'subscribe, renew the card again and again, choose another')!;
  expect((await runAll(overlaid(await file.open(), CARDS_BY_ARRIVAL), flow, AT_ONCE)).wrong.join('\n')).toMatch(/charged to/);
  tried('R05', { wrong: 1 });
});

test('a devchat that never backfills is found out', async () => {
  expect((await runAll(await file.open(), flows[0]!, AT_ONCE, false)).wrong).not.toEqual([]);
  tried('R05', { wrong: 1 });
});
