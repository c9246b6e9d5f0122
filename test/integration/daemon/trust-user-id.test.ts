/** `devchat serve --trust-user-id`: the caller is who ?user_id= says, as the public challenge's own tests expect. */
import supertest from 'supertest';
import { DEFAULT_RULES } from '../../../core/billing/policy.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { realClock } from '../../../core/clock.ts';
import { startDaemon } from '../../../daemon/main.ts';
import { tell } from '../../support/caches.ts';
import { openDaemon, openStripe, provision, type DaemonUnderTest, type StripeUnderTest } from '../../support/daemon.ts';
import { event, subscription } from '../../support/stripe-objects.ts';

const BROWSER = 'text/html';

let stripe: StripeUnderTest;
let daemon: DaemonUnderTest;
let customer: string;
let configuration: string;

beforeAll(async () => {
  stripe = await openStripe();
  configuration = (await provision(stripe.stripe)).configuration;
  daemon = await openDaemon({ stripeApiBase: stripe.url, trustUserId: true });
  const answer = await supertest(daemon.url).post('/users').send({ email: 'ada@example.com' });
  expect(answer.status).toBe(201);
  customer = (answer.body as { id: string }).id;
});

afterAll(async () => {
  await daemon.close();
  await stripe.close();
});

test('a user is found by the customer id', async () => {
  await tell(daemon.cache, event('customer.subscription.updated', subscription({ customer })));
  const answer = await supertest(daemon.url).get('/users').query({ user_id: customer });
  expect(answer).toMatchObject({ status: 200, body: { user: { id: customer, email: 'ada@example.com', subscription: { status: 'active' } } } });
});

test.each(['', 'cus_unknown', 'cus_1&user_id=cus_2'])('user_id=%s: 404', async (id) => {
  const answer = await supertest(daemon.url).get(`/users?user_id=${id}`);
  expect(answer).toMatchObject({ status: 404, body: { error: { message: 'there is no such user' } } });
});

test('nobody named: 401', async () => {
  expect((await supertest(daemon.url).get('/users')).status).toBe(401);
});

test('the portal and the offer answer JSON, whatever is accepted', async () => {
  const portal = await supertest(daemon.url).post('/users/portal').query({ user_id: customer }).set('accept', BROWSER);
  expect(portal).toMatchObject({ status: 200, body: { url: expect.stringContaining('/p/session/') as string, configuration } });
  const missing = await supertest(daemon.url).post('/users/portal').query({ user_id: 'cus_unknown' }).set('accept', BROWSER);
  expect(missing).toMatchObject({ status: 404, type: 'application/json' });
});

test('the webhook words a bad signature as they expect', async () => {
  const answer = await supertest(daemon.url).post('/webhook').set('stripe-signature', 'incorrect_webhook_signature').send({ id: 'evt_1' });
  expect(answer).toMatchObject({ status: 400, body: { error: { message: 'Unable to extract timestamp and signatures from header' } } });
});

test('who signed up without a password cannot be signed in as', async () => {
  for (const password of ['', 'null', 'undefined']) {
    expect((await supertest(daemon.url).post('/login').send({ email: 'ada@example.com', password })).status).toBe(401);
  }
});

test.each([
  ['listens to other machines', { host: '0.0.0.0' }],
  ['has a live key', { stripeSecretKey: 'sk_live_123456789012' }],
])('is refused where the daemon %s', async (_what, settings) => {
  const { stripeSecretKey = 'sk_test_123456789012', host = '127.0.0.1' } = settings as { stripeSecretKey?: string; host?: string };
  await expect(startTrusting({ stripeSecretKey, host })).rejects.toMatchObject({ kind: 'usage', message: expect.stringContaining('--trust-user-id') as string });
});

test('without it ?user_id= is not believed, and there is no list of users', async () => {
  const careful = await openDaemon({ stripeApiBase: stripe.url });
  expect((await supertest(careful.url).get('/users').query({ user_id: customer })).status).toBe(404);
  expect((await supertest(careful.url).get('/users/me').query({ user_id: customer })).status).toBe(401);
  expect((await supertest(careful.url).post('/users/portal').query({ user_id: customer })).status).toBe(401);
  expect((await supertest(careful.url).post('/users').send({ email: 'bob@example.com' })).status).toBe(422);
  await careful.close();
});

function startTrusting(settings: { stripeSecretKey: string; host: string }): Promise<unknown> {
  return startDaemon({
    config: { ...settings, port: 0, challengeId: 'one', cache: '', configDir: '/nowhere', dataDir: '/nowhere', ...DEFAULT_RULES },
    stripe: stripe.stripe,
    cache: daemon.cache,
    clock: realClock,
    log: { plain: false, write: () => {} },
    trustUserId: true,
  });
}
