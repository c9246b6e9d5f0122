/** GET /users/me/live: the dashboard hears of a change the moment the cache has it, whoever wrote it. */
import { get, type IncomingMessage } from 'node:http';
import supertest from 'supertest';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { MeAnswer } from '../../../daemon/contract.ts';
import { tell } from '../../support/caches.ts';
import { openDaemon, openStripe, signed, type DaemonUnderTest, type StripeUnderTest } from '../../support/daemon.ts';
import { event, START, subscription } from '../../support/stripe-objects.ts';
import { waitFor } from '../../support/wait-for.ts';

const UPDATED = 'customer.subscription.updated';

let stripe: StripeUnderTest;
let daemon: DaemonUnderTest;
let customer: string;
let cookie: string;
let people = 0;

beforeAll(async () => {
  stripe = await openStripe();
});

afterAll(() => stripe.close());

beforeEach(async () => {
  daemon = await openDaemon({ stripeApiBase: stripe.url });
  await signUp();
});

afterEach(async () => {
  vi.useRealTimers();
  await daemon.close();
});

async function signUp(): Promise<void> {
  people += 1;
  const answer = await supertest(daemon.url).post('/users').send({ email: `listener-${people}@example.com`, password: 'correct horse' });
  customer = (answer.body as { id: string }).id;
  cookie = (answer.headers['set-cookie'] as unknown as string[])[0] ?? '';
}

interface Stream {
  headers: IncomingMessage['headers'];
  /** The users told so far. */
  users(): MeAnswer['user'][];
  ended(): boolean;
  close(): void;
}

async function listen(): Promise<Stream> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => get(`${daemon.url}/users/me/live`, { headers: { cookie } }, resolve).on('error', reject));
  let text = '';
  let ended = false;
  response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  response.on('close', () => (ended = true)).on('error', () => {});
  return {
    headers: response.headers,
    users: () => [...text.matchAll(/^event: user\ndata: (.*)\n\n/gm)].map(([, data]) => (JSON.parse(data ?? '') as MeAnswer).user),
    ended: () => ended,
    close: () => response.destroy(),
  };
}

const statuses = (stream: Stream) => stream.users().map((user) => user.subscription?.status ?? null);

test('tells how things are at once, as a stream that nothing holds back', async () => {
  const stream = await listen();
  expect(stream.headers).toMatchObject({ 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform' });
  await waitFor('the first word', () => stream.users().length === 1);
  expect(stream.users()[0]).toMatchObject({ id: customer, subscription: null, standing: { verdict: 'off' } });
  stream.close();
});

test('tells what the webhook brings', async () => {
  const stream = await listen();
  const body = JSON.stringify(event(UPDATED, subscription({ customer })));
  await supertest(daemon.url).post('/webhook').set('content-type', 'application/json').set('stripe-signature', signed(body)).send(body);
  await waitFor('the change', () => statuses(stream).join() === [null, 'active'].join());
  stream.close();
});

test('tells what another process writes into the cache', async () => {
  const stream = await listen();
  const other = await daemon.file.open();
  await tell(other, event(UPDATED, subscription({ customer, status: 'past_due' })));
  await waitFor('the change', () => statuses(stream).at(-1) === 'past_due');
  await tell(other, event(UPDATED, subscription({ customer, status: 'canceled', ended_at: START + 1 }), { created: START + 1 }));
  await waitFor('the end', () => stream.users().at(-1)?.standing.verdict === 'off');
  stream.close();
});

test("says nothing of other people's changes, nor the same twice", async () => {
  const stream = await listen();
  await tell(daemon.cache, event(UPDATED, subscription({ id: 'sub_other', customer: 'cus_other' })));
  await tell(daemon.cache, event(UPDATED, subscription({ customer })));
  await tell(daemon.cache, event('foo.bar', {}));
  await tell(daemon.cache, event(UPDATED, subscription({ customer, status: 'past_due' }), { created: START + 1 }));
  await waitFor('the last change', () => statuses(stream).at(-1) === 'past_due');
  expect(statuses(stream)).toEqual([null, 'active', 'past_due']);
  stream.close();
});

test('tells what the passing of time alone changes', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  await daemon.close();
  daemon = await openDaemon({ stripeApiBase: stripe.url });
  await signUp();
  await tell(daemon.cache, event(UPDATED, subscription({ customer })));
  await daemon.cache.bookSession({ customer, startsAt: Math.floor(Date.now() / 1000) + 3600 }, Date.now());
  const stream = await listen();
  await waitFor('the session', () => stream.users().at(-1)?.nextSession?.hasBegun === false);
  await stripe.advance(3600);
  await waitFor('its beginning', async () => {
    await vi.advanceTimersByTimeAsync(5_000);
    return stream.users().at(-1)?.nextSession?.hasBegun;
  });
  stream.close();
});

test('needs somebody who is signed in', async () => {
  expect((await supertest(daemon.url).get('/users/me/live')).status).toBe(401);
  expect((await supertest(daemon.url).get('/users/me/live?user_id=cus_unknown').set('cookie', cookie)).status).toBe(404);
});

test('ends when its listener signs out', async () => {
  const stream = await listen();
  await waitFor('the first word', () => stream.users().length === 1);
  await supertest(daemon.url).post('/logout').set('cookie', cookie);
  await waitFor('the end of the stream', () => stream.ended());
});

test('leaves nothing behind where the listener went away at once', async () => {
  const { cache } = daemon;
  const onChange = cache.onChange.bind(cache);
  const listening = new Set<() => void>();
  cache.onChange = (listener) => {
    const stop = onChange(listener);
    listening.add(listener);
    return () => (listening.delete(listener), stop());
  };
  await Promise.all(Array.from({ length: 50 }, goAwayAtOnce));
  const stream = await listen();
  await waitFor('the first word', () => stream.users().length === 1);
  await waitFor('one listener only', () => (listening.size === 1 ? true : Promise.reject(new Error(`${listening.size} listen`))));
  stream.close();
});

function goAwayAtOnce(): Promise<void> {
  return new Promise((resolve) => {
    const call = get(`${daemon.url}/users/me/live`, { headers: { cookie } });
    call.on('error', () => {}).on('close', resolve);
    call.on('finish', () => setImmediate(() => call.destroy()));
  });
}

test('does not keep the daemon from stopping', async () => {
  const stream = await listen();
  await daemon.close();
  await waitFor('the end of the stream', () => stream.ended());
  daemon = await openDaemon();
});
