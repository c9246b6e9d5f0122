/** What replayed events could not tell is asked of Stripe, a few at once; what it does not tell is named in order. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { askStripe } from '../../../../cli/replay/ask-stripe.ts';
import type { Cache } from '../../../../core/cache/cache.ts';
import { createStripe } from '../../../../core/stripe.ts';
import { freshCacheFile, type CacheFile } from '../../../support/caches.ts';
import { knows, startHoldingStripe, type HoldingStripe } from '../../../support/holding-stripe.ts';
import { subscription } from '../../../support/stripe-objects.ts';

const AT_ONCE = 4;
const IDS = Array.from({ length: 12 }, (_, number) => `sub_${number}`);

let file: CacheFile;
let cache: Cache;
let server: HoldingStripe;

beforeEach(async () => {
  file = freshCacheFile();
  cache = await file.open();
  server = await startHoldingStripe(AT_ONCE);
});
afterEach(async () => {
  await server.close();
  await file.remove();
});

const ask = () => askStripe(IDS, () => Promise.resolve(createStripe({ stripeSecretKey: 'sk_test_123456789012', stripeApiBase: server.url }, { live: false })), cache);
const askedAbout = () => server.requests.filter(({ url }) => url?.startsWith('/v1/subscriptions/')).length;

test('four at once', async () => {
  expect(await ask()).toEqual([]);
  expect([server.mostHeld(), askedAbout()]).toEqual([AT_ONCE, IDS.length]);
  expect(await cache.subscriptionIds()).toEqual(IDS.toSorted());
});

test('what Stripe does not tell of stops no other, and is named in the order in which it was asked', async () => {
  const odd = ['sub_1', 'sub_2', 'sub_9'];
  server.answerTo = (id) => (odd.includes(id) ? [200, { ...subscription({ id }), items: undefined }] : knows(id));
  expect(await ask()).toMatchObject(odd.map((id) => ({ subscription: id, kind: 'failed', reason: expect.stringContaining(`about ${id} cannot be read`) as string })));
  expect(await cache.subscriptionIds()).toHaveLength(IDS.length - odd.length);
});

test('where no other would fare better, no more is asked', async () => {
  server.answerTo = () => [401, { error: { type: 'invalid_request_error', message: 'Invalid API Key' } }];
  expect((await ask()).map(({ subscription: id, kind }) => [id, kind])).toEqual(IDS.map((id) => [id, 'key-refused']));
  expect(askedAbout()).toBe(AT_ONCE);
});
