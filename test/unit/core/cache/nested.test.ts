/** An event that is nested deeper than anything of Stripe's: it is journaled as one that cannot be read, and stands in the way of nothing. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type Stripe from 'stripe';
import type { Cache, ReceivedEvent } from '../../../../core/cache/cache.ts';
import { copyCache } from '../../../../core/cache/copy.ts';
import { UPDATED } from '../../../support/bookings.ts';
import { freshCache, received, tell, type CacheFile } from '../../../support/caches.ts';
import { event, START, subscription } from '../../../support/stripe-objects.ts';

let file: CacheFile;
let copy: CacheFile;
let cache: Cache;

beforeEach(async () => {
  [file, copy] = [await freshCache(), await freshCache()];
  cache = await file.open();
});

afterEach(async () => {
  await file.remove();
  await copy.remove();
});

const PLACES = { 'the object': '"metadata":', 'what it changed': '"previous_attributes":' } as const;

/** The same event, with lists in lists at this place. */
function nested(told: Stripe.Event, place: keyof typeof PLACES, levels: number): ReceivedEvent {
  const name = PLACES[place];
  const payload = JSON.stringify(told).replace(`${name}{}`, `${name}${'['.repeat(levels)}${']'.repeat(levels)}`);
  return { ...received(told), event: JSON.parse(payload) as Stripe.Event, payload };
}

const rebuild = (dryRun = false) => cache.rebuild({ version: '1', now: START * 1000, dryRun });
const FAILED = { outcome: 'failed', reason: 'its object cannot be read: it is nested deeper than 100 levels' };

test.each([200, 1_100, 10_000, 200_000].flatMap((levels) => (Object.keys(PLACES) as Array<keyof typeof PLACES>).map((place) => [levels, place] as const)))('%i levels in %s', async (levels, place) => {
  await tell(cache, event(UPDATED, subscription({ id: 'sub_2' })));
  const told = event(UPDATED, subscription(), { id: 'evt_nested', previous: {} });
  expect(await cache.recordEvent(nested(told, place, levels))).toMatchObject(FAILED);
  for (const dryRun of [true, false]) expect(await rebuild(dryRun)).toMatchObject({ differing: 0, objects: { subscription: 1 } });
  expect(await cache.replayEvent('evt_nested', 0)).toMatchObject(FAILED);
  expect(await cache.events({ outcome: 'failed', limit: 10 })).toMatchObject([{ id: 'evt_nested', subscription: 'sub_1' }]);
  expect(await cache.subscription('sub_1')).toBeUndefined();
  const copied = await copy.open();
  await copyCache(file.path, copy.path);
  expect((await copied.event('evt_nested'))?.event).toMatchObject(FAILED);
  await tell(cache, event(UPDATED, subscription()));
  expect(await rebuild()).toMatchObject({ differing: 0, objects: { subscription: 2 } });
});
