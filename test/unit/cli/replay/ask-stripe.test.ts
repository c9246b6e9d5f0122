/** What replayed events could not tell is asked of Stripe, a few at once; what it does not tell is named in order. */
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { askStripe } from '../../../../cli/replay/ask-stripe.ts';
import type { Cache } from '../../../../core/cache/cache.ts';
import { createStripe } from '../../../../core/stripe.ts';
import { freshCacheFile, type CacheFile } from '../../../support/caches.ts';
import { startLocalServer, type LocalServer } from '../../../support/local-server.ts';
import { listOf, subscription } from '../../../support/stripe-objects.ts';

const AT_ONCE = 4;
const IDS = Array.from({ length: 12 }, (_, number) => `sub_${number}`);

let file: CacheFile;
let cache: Cache;
let server: LocalServer;
let held: Array<() => void>;
let mostHeld: number;
let answerTo: (id: string) => readonly [status: number, body: object];

/** Stripe tells of no subscription until it is asked about four. */
beforeEach(async () => {
  file = freshCacheFile();
  cache = await file.open();
  [held, mostHeld] = [[], 0];
  answerTo = (id) => [200, subscription({ id, latest_invoice: null })];
  server = await startLocalServer(({ url = '' }, response) => {
    const id = /^\/v1\/subscriptions\/(\w+)/.exec(url)?.[1];
    if (id === undefined) return answer(response, [200, listOf()]);
    held.unshift(() => answer(response, answerTo(id)));
    mostHeld = Math.max(mostHeld, held.length);
    if (held.length === AT_ONCE) held.splice(0).forEach((release) => release());
  });
});
afterEach(async () => {
  await server.close();
  await file.remove();
});

function answer(response: ServerResponse, [status, body]: readonly [number, object]): void {
  response.writeHead(status, { 'content-type': 'application/json', 'stripe-should-retry': 'false', date: new Date().toUTCString() }).end(JSON.stringify(body));
}

const ask = () => askStripe(IDS, () => Promise.resolve(createStripe({ stripeSecretKey: 'sk_test_123456789012', stripeApiBase: server.url }, { live: false })), cache);
const askedAbout = () => server.requests.filter(({ url }) => url?.startsWith('/v1/subscriptions/')).length;

test('four at once', async () => {
  expect(await ask()).toEqual([]);
  expect([mostHeld, askedAbout()]).toEqual([AT_ONCE, IDS.length]);
  expect(await cache.subscriptionIds()).toEqual(IDS.toSorted());
});

test('what Stripe does not tell of stops no other, and is named in the order in which it was asked', async () => {
  const odd = ['sub_1', 'sub_2', 'sub_9'];
  answerTo = (id) => (odd.includes(id) ? [200, { ...subscription({ id }), items: undefined }] : [200, subscription({ id, latest_invoice: null })]);
  expect(await ask()).toMatchObject(odd.map((id) => ({ subscription: id, kind: 'failed', reason: expect.stringContaining(`about ${id} cannot be read`) as string })));
  expect(await cache.subscriptionIds()).toHaveLength(IDS.length - odd.length);
});

test('where no other would fare better, no more is asked', async () => {
  answerTo = () => [401, { error: { type: 'invalid_request_error', message: 'Invalid API Key' } }];
  expect((await ask()).map(({ subscription: id, kind }) => [id, kind])).toEqual(IDS.map((id) => [id, 'key-refused']));
  expect(askedAbout()).toBe(AT_ONCE);
});
