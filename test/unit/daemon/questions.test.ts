import type { ServerResponse } from 'node:http';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Cache } from '../../../core/cache/cache.ts';
import { createStripe } from '../../../core/stripe.ts';
import { createLogger } from '../../../daemon/logger.ts';
import { questionTasks } from '../../../daemon/questions.ts';
import type { Tasks } from '../../../daemon/tasks.ts';
import { freshCacheFile, tell, type CacheFile } from '../../support/caches.ts';
import { startLocalServer, type LocalServer } from '../../support/local-server.ts';
import { event, listOf, START, subscription } from '../../support/stripe-objects.ts';
import { waitFor } from '../../support/wait-for.ts';

let file: CacheFile;
let cache: Cache;
let server: LocalServer;
let questions: Tasks;
let log: string[];
/** How Stripe answers about each subscription (0: never); unknown ones are missing. */
let known: Record<string, number>;
/** What it answers otherwise than a whole subscription. */
let shown: Record<string, object>;
let whileAnswering: () => Promise<void>;

beforeEach(async () => {
  file = freshCacheFile();
  cache = await file.open();
  [known, shown] = [{}, {}];
  log = [];
  whileAnswering = () => Promise.resolve();
  server = await startLocalServer(({ url = '' }, response) => {
    if (url.startsWith('/v1/invoices?')) answerWith(response, 200, listOf());
    else void whileAnswering().then(() => answer(response, /sub_\w+/.exec(url)?.[0] ?? ''));
  });
  const stripe = createStripe({ stripeSecretKey: 'sk_test_123456789012', stripeApiBase: server.url }, { live: false });
  questions = questionTasks(stripe, cache, createLogger({ plain: false, write: (line) => log.push(line) }));
});

afterEach(async () => {
  await questions.stop();
  await server.close();
  await file.remove();
});

function answer(response: ServerResponse, id: string): void {
  const status = known[id] ?? 404;
  if (status === 0) return;
  const error = { error: { type: 'invalid_request_error', code: status === 404 ? 'resource_missing' : 'other', message: 'no' } };
  const body = status === 200 ? { ...subscription({ id, latest_invoice: null }), ...shown[id] } : error;
  answerWith(response, status, body);
}

function answerWith(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'stripe-should-retry': 'false' }).end(JSON.stringify(body));
}

const askedAbout = () => server.requests.map(({ url }) => url?.split('?')[0]).filter((path) => path?.startsWith('/v1/subscriptions/'));

/** An event that only Stripe can explain. */
const puzzle = (id: string) => event('customer.subscription.updated', { id, object: 'subscription', customer: 'cus_1' }, { api_version: '2020-03-02' });

test('each is asked and stored; asked again meanwhile, once more and no oftener', async () => {
  known = { sub_1: 200, sub_2: 200 };
  for (const id of ['sub_1', 'sub_1', 'sub_2', 'sub_1', 'sub_2']) questions.add(id);
  await waitFor('both, twice', async () => (await cache.subscription('sub_1'))?.subscription.version === 2 && (await cache.subscription('sub_2'))?.subscription.version === 2);
  await questions.stop();
  expect(askedAbout().toSorted()).toEqual(['/v1/subscriptions/sub_1', '/v1/subscriptions/sub_1', '/v1/subscriptions/sub_2', '/v1/subscriptions/sub_2']);
});

test('what an earlier run left open is taken up', async () => {
  known = { sub_1: 200 };
  await tell(cache, puzzle('sub_1'));
  await questions.start();
  await waitFor('the answer', async () => (await cache.questions()).length === 0);
  expect((await cache.subscription('sub_1'))?.subscription.status).toBe('active');
});

test('what another process marks is taken up before long', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  await questions.start();
  known = { sub_1: 200 };
  await tell(await file.open(), puzzle('sub_1'));
  vi.advanceTimersByTime(30_000);
  await waitFor('the answer', async () => (await cache.questions()).length === 0);
  vi.useRealTimers();
});

test('each that fails has its own time to be tried again, and is tried at once when it is asked about', async () => {
  known = { sub_bad: 500, sub_late: 500 };
  questions.add('sub_bad');
  const triesOf = (id: string) => askedAbout().filter((path) => path?.endsWith(id)).length;
  await waitFor('its third try', () => triesOf('sub_bad') === 3);
  questions.add('sub_late');
  await waitFor('the second try of another', () => triesOf('sub_late') === 2);
  expect(triesOf('sub_bad')).toBe(3);
  known.sub_bad = 200;
  questions.add('sub_bad');
  await waitFor('the answer', async () => cache.subscription('sub_bad'), 1_000);
});

test('a Stripe that hangs does not keep it from stopping; the question stays marked', async () => {
  known = { sub_hanging: 0 };
  await tell(cache, puzzle('sub_hanging'));
  questions.add('sub_hanging');
  await waitFor('the question', () => server.requests.length > 0);
  const began = performance.now();
  await questions.stop();
  expect(performance.now() - began).toBeLessThan(4_000);
  expect(await cache.questions()).toEqual(['sub_hanging']);
});

test('one that cannot be answered is tried again, and does not keep the others waiting', async () => {
  known = { sub_bad: 500, sub_good: 200 };
  await tell(cache, puzzle('sub_bad'));
  questions.add('sub_bad');
  questions.add('sub_good');
  await waitFor('the good one', async () => cache.subscription('sub_good'));
  expect(await cache.questions()).toEqual(['sub_bad']);
  known.sub_bad = 200;
  await waitFor('the bad one', async () => cache.subscription('sub_bad'));
});

describe('one that events overtake each time', () => {
  const OVERTAKEN = { level: 30, msg: 'overtaken by events, tried again soon', subject: 'sub_1', reason: 'sub_1 changed each time it was fetched' };
  const logged = () => log.map((line) => JSON.parse(line) as { subject?: string }).filter(({ subject }) => subject === 'sub_1');
  const overtake = (times: number) => {
    known = { sub_1: 200 };
    let asked = 0;
    whileAnswering = async () => {
      asked += 1;
      if (asked <= times) await tell(cache, event('customer.subscription.updated', subscription(), { created: START + asked }));
    };
  };

  test('is told as what it is, and asked again', async () => {
    await tell(cache, puzzle('sub_1'));
    overtake(3);
    questions.add('sub_1');
    await waitFor('the answer', async () => (await cache.questions()).length === 0);
    expect(logged()).toMatchObject([OVERTAKEN]);
    expect(askedAbout()).toHaveLength(4);
  });

  test('is warned of where that goes on', async () => {
    await tell(cache, puzzle('sub_1'));
    overtake(Infinity);
    for (let tries = 1; tries <= 9; tries += 1) {
      questions.add('sub_1');
      await waitFor(`try ${tries}`, () => logged().length === tries);
    }
    expect(logged().slice(-2)).toMatchObject([{ level: 40, msg: 'Stripe could not be asked' }, { level: 40, reason: OVERTAKEN.reason }]);
    expect(logged().slice(0, 5)).toMatchObject(Array.from({ length: 5 }, () => OVERTAKEN));
  });
});

test('one that Stripe does not know is dropped with one warning, and nothing is granted by it', async () => {
  await tell(cache, puzzle('sub_none'));
  questions.add('sub_none');
  await waitFor('its end', async () => (await cache.questions()).length === 0);
  await questions.stop();
  expect(log.map((line) => JSON.parse(line) as object)).toMatchObject([{ level: 40, subscription: 'sub_none', msg: 'Stripe does not know it' }]);
  expect(askedAbout()).toEqual(['/v1/subscriptions/sub_none']);
  expect(await cache.subscription('sub_none')).toBeUndefined();
});

test('one that is answered as nobody can read is warned of and stays marked; the others are answered', async () => {
  known = { sub_odd: 200, sub_good: 200 };
  shown = { sub_odd: { items: undefined } };
  for (const id of ['sub_odd', 'sub_good']) await tell(cache, puzzle(id));
  await questions.start();
  await waitFor('the other', async () => cache.subscription('sub_good'));
  await waitFor('the warning', () => log.some((line) => line.includes('what Stripe answers about sub_odd cannot be read: it is not a whole subscription')));
  expect(await cache.questions()).toEqual(['sub_odd']);
  shown = {};
  await waitFor('the answer', async () => cache.subscription('sub_odd'));
});

test('a cache that cannot be written just then does not end the asking', async () => {
  await tell(cache, puzzle('sub_none'));
  const other = new Database(file.path);
  other.exec('BEGIN IMMEDIATE');
  questions.add('sub_none');
  await waitFor('the vain try', () => log.some((line) => line.includes('is locked')));
  other.close();
  await waitFor('its end', async () => (await cache.questions()).length === 0);
});

test('after stopping nothing more is asked; it stays marked', async () => {
  known = { sub_bad: 500 };
  await tell(cache, puzzle('sub_bad'));
  questions.add('sub_bad');
  await waitFor('the first try', () => server.requests.length > 0);
  await questions.stop();
  const asked = server.requests.length;
  questions.add('sub_bad');
  await questions.stop();
  expect(server.requests).toHaveLength(asked);
  expect(await cache.questions()).toEqual(['sub_bad']);
});
