/** Into which caches is copied: those that hold nothing that the copy would not bring along. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { copyCache } from '../../../../core/cache/copy.ts';
import { rowsIn } from '../../../support/beside.ts';
import { freshCache, tell, type CacheFile } from '../../../support/caches.ts';
import { event, START, subscription, SUBSCRIPTION } from '../../../support/stripe-objects.ts';

let from: CacheFile;
let to: CacheFile;
beforeEach(async () => {
  [from, to] = [await freshCache(), await freshCache()];
  const source = await from.open({ livemode: false, noticeTargets: ['command'] });
  await tell(source, event('customer.subscription.created', subscription()));
  await source.setBackfilledUntil(START);
});
afterEach(async () => {
  for (const each of [from, to]) await each.remove();
});

const about = (cache: CacheFile) => rowsIn(cache.path, `SELECT name, value FROM about ORDER BY name`);

test('one that holds only its mode, its mark and where notices go: it gets those of the copy', async () => {
  const target = await to.open({ livemode: false, noticeTargets: ['address'] });
  await target.setBackfilledUntil(START + 1);
  const copied = await copyCache(from.path, to.path);
  expect(copied).toContainEqual({ table: 'subscriptions', rows: 1 });
  expect(await about(to)).toEqual(await about(from));
  expect(await target.backfilledUntil()).toBe(START);
  expect(await target.subscription(SUBSCRIPTION)).toBeDefined();
});

describe('not', () => {
  test('one of the other mode', async () => {
    await to.open({ livemode: true });
    const before = await about(to);
    await expect(copyCache(from.path, to.path)).rejects.toMatchObject({ kind: 'conflict', message: expect.stringMatching(/ belongs to live mode, and .* to test mode$/) as string });
    expect(await about(to)).toEqual(before);
  });

  test('one that is claimed, where the copy is not: the claim would be lost', async () => {
    const unclaimed = await freshCache();
    await unclaimed.open({});
    await to.open({ livemode: true });
    await expect(copyCache(unclaimed.path, to.path)).rejects.toMatchObject({ kind: 'conflict', message: expect.stringMatching(/ belongs to live mode, and .* to none$/) as string });
    await unclaimed.remove();
  });

  test('one that holds anything else, be it an open question', async () => {
    await (await to.open()).ask('sub_other');
    await expect(copyCache(from.path, to.path)).rejects.toMatchObject({ kind: 'conflict', message: expect.stringMatching(/ is not empty$/) as string });
  });
});
