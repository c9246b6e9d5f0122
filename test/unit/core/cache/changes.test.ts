import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Cache } from '../../../../core/cache/cache.ts';
import { freshCacheFile, tell, type CacheFile } from '../../../support/caches.ts';
import { event } from '../../../support/stripe-objects.ts';
import { waitFor } from '../../../support/wait-for.ts';

let file: CacheFile;
let cache: Cache;
let other: Cache;

beforeEach(async () => {
  file = freshCacheFile();
  cache = await file.open();
  other = await file.open();
});

afterEach(() => file.remove());

function countChanges(): { count: number; stop: () => void } {
  const changes = { count: 0, stop: cache.onChange(() => (changes.count += 1)) };
  return changes;
}

test('its own writes are told when they resolve', async () => {
  const changes = countChanges();
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
  const first = countChanges();
  const second = countChanges();
  first.stop();
  await tell(other, event('foo.bar', {}));
  await waitFor('the change', () => second.count > 0);
  expect(first.count).toBe(0);
  second.stop();
  const again = countChanges();
  await tell(other, event('foo.bar', {}));
  await waitFor('the change after all had stopped', () => again.count > 0);
});

test('a file that is damaged meanwhile is looked at without harm', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const changes = countChanges();
  await tell(other, event('foo.bar', {}));
  for (const part of ['', '-wal', '-shm']) writeFileSync(`${file.path}${part}`, 'no database'.repeat(4000));
  vi.advanceTimersByTime(1000);
  changes.stop();
  vi.useRealTimers();
  expect(changes.count).toBe(0);
});
