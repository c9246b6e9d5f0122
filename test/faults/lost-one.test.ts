/** R45: any one event of a flow that nobody delivers: the next look of the daemon, which comes every 10 minutes, makes up for it. */
import type Stripe from 'stripe';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { backfillEvents } from '../../core/billing/backfill.ts';
import type { Cache } from '../../core/cache/cache.ts';
import { freshCacheFile, type CacheFile } from '../support/caches.ts';
import { chance } from '../support/seeded.ts';
import { liveFlows, LONG_FLOWS, SHORT_FLOWS, type Flow } from './order-flows.ts';
import { askIfAsked, differencesInTheEnd, renamed, tell, type Teller } from './order-told.ts';
import { tried } from './tried.ts';

let flows: Flow[];
let file: CacheFile;
let cache: Cache;

beforeAll(async () => {
  file = freshCacheFile();
  cache = await file.open();
  flows = await liveFlows({ ...SHORT_FLOWS, ...LONG_FLOWS });
});
afterAll(() => file.remove());

/** Tells all but one event as they happened, with each question answered at once; `looks` is what the daemon does every 10 minutes. */
async function without(flow: Flow, dropped: number, looks: (teller: Teller) => Promise<void>): Promise<string[]> {
  const own = renamed(flow, `${flow.name.replace(/\W/g, '')}_${dropped}_${looks.name}`);
  const teller: Teller = { cache, flow: own, chance: chance(dropped), told: 0, isAsked: false };
  let count = 0;
  for (const { events, truth } of own.stages) {
    for (const event of events) {
      if (count !== dropped) await tell(teller, event);
      count += 1;
    }
    await askIfAsked(teller, truth);
  }
  await looks(teller);
  return (await differencesInTheEnd(teller)).map((difference) => `${flow.name} without ${dropped}: ${difference}`);
}

/** Through the code of the daemon's own look, over a list of all events. */
async function backfills(teller: Teller): Promise<void> {
  const data = teller.flow.stages.flatMap(({ events }) => events).toReversed();
  const list = () => Promise.resolve({ data, has_more: false });
  const stripe = { events: { list } } as unknown as Stripe;
  const before = (await cache.questions()).length;
  const { fresh, failed } = await backfillEvents(stripe, cache, { since: 0, until: data[0]!.created, now: () => 0 });
  expect([fresh, failed], 'the one that was missing').toEqual([1, []]);
  teller.isAsked ||= (await cache.questions()).length > before;
}

const looksAway = (): Promise<void> => Promise.resolve();

const many = (flow: Flow): number => renamed(flow, 'count').stages.flatMap(({ events }) => events).length;

test.for([...Object.keys(SHORT_FLOWS), ...Object.keys(LONG_FLOWS)])('%s', async (name) => {
  const flow = flows.find((each) => each.name === name)!;
  const wrong: string[] = [];
  for (let dropped = 0; dropped < many(flow); dropped += 1) wrong.push(...(await without(flow, dropped, backfills)));
  expect(wrong).toEqual([]);
  tried('R45', { cases: many(flow), events: many(flow) ** 2 });
});

test('a devchat that never looks is found out', async () => {
  const flow = flows.find(({ name }) => name === 'subscribe, fail, recover, cancel')!;
  const missed: string[] = [];
  for (let dropped = 0; dropped < many(flow); dropped += 1) missed.push(...(await without(flow, dropped, looksAway)));
  expect(missed).not.toEqual([]);
  tried('R45', { wrong: 1 });
});
