/** Coming back from Checkout before its events: GET /users/me?session_id= stores the subscription, if it is the caller's. */
import supertest from 'supertest';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { allSubscriptions } from '../../support/caches.ts';
import { openDaemon, type DaemonUnderTest } from '../../support/daemon.ts';
import { startLocalServer, type LocalServer } from '../../support/local-server.ts';
import { listOf, subscription } from '../../support/stripe-objects.ts';

const ANSWERS: Record<string, object> = {
  '/v1/customers': { id: 'cus_1', object: 'customer' },
  '/v1/checkout/sessions/cs_mine': { id: 'cs_mine', customer: 'cus_1', subscription: 'sub_1' },
  '/v1/checkout/sessions/cs_open': { id: 'cs_open', customer: 'cus_1', subscription: null },
  '/v1/checkout/sessions/cs_foreign': { id: 'cs_foreign', customer: 'cus_2', subscription: 'sub_2' },
  '/v1/checkout/sessions/cs_nobody': { id: 'cs_nobody', customer: null, subscription: 'sub_2' },
  '/v1/invoices': listOf(),
  '/v1/subscriptions/sub_1': subscription({ id: 'sub_1', status: 'trialing', latest_invoice: null }),
  '/v1/subscriptions/sub_2': subscription({ id: 'sub_2', customer: 'cus_2', latest_invoice: null }),
};

let stripe: LocalServer;
let daemon: DaemonUnderTest;
let cookie: string;

beforeEach(async () => {
  stripe = await startLocalServer(({ url = '' }, response) => url.endsWith('cs_hanging') || response.writeHead(200, { 'content-type': 'application/json', date: new Date().toUTCString() }).end(JSON.stringify(ANSWERS[url.split('?')[0] ?? ''] ?? {})));
  daemon = await openDaemon({ stripeApiBase: stripe.url });
  const answer = await supertest(daemon.url).post('/users').send({ email: 'ada@example.com', password: 'correct horse' });
  cookie = (answer.headers['set-cookie'] as unknown as string[])[0] ?? '';
});

afterEach(async () => {
  await daemon.close();
  await stripe.close();
});

const comeBack = (session: string) => supertest(daemon.url).get('/users/me').query({ session_id: session }).set('cookie', cookie);

test('with their own session: the subscription is seen at once', async () => {
  expect((await comeBack('cs_mine')).body).toMatchObject({ user: { subscription: { id: 'sub_1', status: 'trialing' } } });
  expect((await supertest(daemon.url).get('/users/me').set('cookie', cookie)).body).toMatchObject({ user: { subscription: { id: 'sub_1' } } });
});

test.each(['cs_open', 'cs_foreign', 'cs_nobody'])('with %s nothing is stored', async (session) => {
  expect((await comeBack(session)).body).toMatchObject({ user: { subscription: null } });
  expect(await allSubscriptions(daemon.cache)).toEqual([]);
});

test('while Stripe hangs: the dashboard comes within seconds, from the cache', async () => {
  const began = performance.now();
  expect(await comeBack('cs_hanging')).toMatchObject({ status: 200, body: { user: { subscription: null } } });
  expect(performance.now() - began).toBeLessThan(5_000);
});

test('without being signed in Stripe is not asked', async () => {
  const before = stripe.requests.length;
  expect((await supertest(daemon.url).get('/users/me').query({ session_id: 'cs_mine' })).status).toBe(401);
  expect(stripe.requests).toHaveLength(before);
});
