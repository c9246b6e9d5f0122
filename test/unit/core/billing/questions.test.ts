/** Many questions to a Stripe that takes its time. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { settleQuestions } from '../../../../core/billing/reconcile.ts';
import type { Cache } from '../../../../core/cache/cache.ts';
import { createStripe } from '../../../../core/stripe.ts';
import { freshCacheFile, type CacheFile } from '../../../support/caches.ts';
import { startHoldingStripe, type HoldingStripe } from '../../../support/holding-stripe.ts';

const AT_ONCE = 4;
const IDS = Array.from({ length: 12 }, (_, number) => `sub_${number}`);

let file: CacheFile;
let cache: Cache;
let server: HoldingStripe;

beforeEach(async () => {
  file = freshCacheFile();
  cache = await file.open();
  server = await startHoldingStripe(AT_ONCE);
  for (const id of IDS) await cache.ask(id);
});
afterEach(async () => {
  await server.close();
  await file.remove();
});

function settle(ongoing: Parameters<typeof settleQuestions>[3] = {}): ReturnType<typeof settleQuestions> {
  const stripe = createStripe({ stripeSecretKey: 'sk_test_123456789012', stripeApiBase: server.url }, { live: false });
  return settleQuestions(stripe, cache, IDS, ongoing);
}

test('they are asked four at once, and told how far it is', async () => {
  const told: number[] = [];
  expect(await settle({ progress: (count) => told.push(count) })).toEqual([]);
  expect(server.mostHeld()).toBe(AT_ONCE);
  expect(told).toEqual(IDS.map((_, index) => index + 1));
  expect(await cache.questions()).toEqual([]);
});

test('an end in between leaves the others open', async () => {
  const stopping = new AbortController();
  await expect(settle({ signal: stopping.signal, progress: () => stopping.abort() })).rejects.toThrow('aborted');
  expect(await cache.questions()).toHaveLength(IDS.length - AT_ONCE);
});
