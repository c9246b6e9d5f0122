import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Cache } from '../../../../core/cache/cache.ts';
import { countChanges, freshCache, tell, type CacheFile } from '../../../support/caches.ts';
import { event } from '../../../support/stripe-objects.ts';
import { waitFor } from '../../../support/wait-for.ts';

let file: CacheFile;
let cache: Cache;
let other: Cache;

beforeEach(async () => {
  file = await freshCache();
  cache = await file.open();
  other = await file.open();
});

afterEach(() => file.remove());

test('its own writes are told when they resolve', async () => {
  const changes = await countChanges(cache);
  await tell(cache, event('foo.bar', {}));
  await waitFor('the change', () => changes.count > 0);
});

test('writes through another connection are told soon, with what they wrote to be read', async () => {
  let seen: number[] = [];
  cache.onChange(() => void cache.events({ limit: 10 }).then((events) => (seen = [...seen, events.length])));
  await tell(other, event('foo.bar', {}));
  await waitFor('the change', () => seen.includes(1));
});

test('every listener is told until it stops', async () => {
  const first = await countChanges(cache);
  const second = { count: 0, stop: cache.onChange(() => (second.count += 1)) };
  first.stop();
  await tell(other, event('foo.bar', {}));
  await waitFor('the change', () => second.count > 0);
  expect(first.count).toBe(0);
  second.stop();
  const again = await countChanges(cache);
  await tell(other, event('foo.bar', {}));
  await waitFor('the change after all had stopped', () => again.count > 0);
});
