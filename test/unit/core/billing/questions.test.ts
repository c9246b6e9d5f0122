/** Many questions to a Stripe that takes its time. */
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { settleQuestions } from '../../../../core/billing/reconcile.ts';
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
/** What has been asked and not answered. */
let held: Array<() => void>;
let mostHeld: number;

/** Stripe tells of no subscription until it is asked about four. */
beforeEach(async () => {
  file = freshCacheFile();
  cache = await file.open();
  [held, mostHeld] = [[], 0];
  server = await startLocalServer(({ url = '' }, response) => {
    const id = /^\/v1\/subscriptions\/(\w+)/.exec(url)?.[1];
    if (id === undefined) return answer(response, listOf());
    held.push(() => answer(response, subscription({ id, latest_invoice: null })));
    mostHeld = Math.max(mostHeld, held.length);
    if (held.length === AT_ONCE) held.splice(0).forEach((release) => release());
  });
  for (const id of IDS) await cache.ask(id);
});
afterEach(async () => {
  await server.close();
  await file.remove();
});

function answer(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json', date: new Date().toUTCString() }).end(JSON.stringify(body));
}

function settle(ongoing: Parameters<typeof settleQuestions>[3] = {}): ReturnType<typeof settleQuestions> {
  const stripe = createStripe({ stripeSecretKey: 'sk_test_123456789012', stripeApiBase: server.url }, { live: false });
  return settleQuestions(stripe, cache, IDS, ongoing);
}

test('they are asked four at once, and told how far it is', async () => {
  const told: number[] = [];
  expect(await settle({ progress: (count) => told.push(count) })).toEqual([]);
  expect(mostHeld).toBe(AT_ONCE);
  expect(told).toEqual(IDS.map((_, index) => index + 1));
  expect(await cache.questions()).toEqual([]);
});

test('an end in between leaves the others open', async () => {
  const stopping = new AbortController();
  await expect(settle({ signal: stopping.signal, progress: () => stopping.abort() })).rejects.toThrow('aborted');
  expect(await cache.questions()).toHaveLength(IDS.length - AT_ONCE);
});
