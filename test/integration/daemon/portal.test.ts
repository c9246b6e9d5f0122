/** POST /users/portal and /offerings: the ways to Stripe's own pages, with a sandbox for Stripe. */
import supertest from 'supertest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tell } from '../../support/caches.ts';
import { CHALLENGE_ID, openDaemon, openStripe, provision, type DaemonUnderTest, type StripeUnderTest } from '../../support/daemon.ts';
import { event, subscription } from '../../support/stripe-objects.ts';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

let stripe: StripeUnderTest;
let provisioned: Awaited<ReturnType<typeof provision>>;
let daemon: DaemonUnderTest;
let customer: string;
let cookie: string;
let people = 0;

beforeAll(async () => {
  stripe = await openStripe();
  provisioned = await provision(stripe.stripe);
});

afterAll(() => stripe.close());

beforeEach(async () => {
  daemon = await openDaemon({ stripeApiBase: stripe.url });
  await signUp();
});

afterEach(async () => {
  stripe.network = 'fine';
  await daemon.close();
});

async function signUp(): Promise<void> {
  people += 1;
  const answer = await supertest(daemon.url).post('/users').send({ email: `buyer-${people}@example.com`, password: 'correct horse' });
  customer = (answer.body as { id: string }).id;
  cookie = (answer.headers['set-cookie'] as unknown as string[])[0] ?? '';
}

/** Starts the daemon anew for another challenge id: one that nothing is provisioned for. */
async function reopenUnprovisioned(): Promise<void> {
  await daemon.close();
  daemon = await openDaemon({ stripeApiBase: stripe.url, challengeId: 'nothing-here' });
  await signUp();
}

function post(path: string, as: { cookie?: string; accept?: string } = {}) {
  return supertest(daemon.url).post(path).set('cookie', as.cookie ?? cookie).set('accept', as.accept ?? 'application/json');
}

describe('POST /users/portal', () => {
  test('leads a browser to the portal of the caller, and is never kept', async () => {
    const answer = await post('/users/portal', { accept: BROWSER });
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toMatch(/\/p\/session\//);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test('tells a program the address and the configuration, and is never kept', async () => {
    const answer = await post('/users/portal');
    expect(answer).toMatchObject({ status: 200, body: { url: expect.stringMatching(/\/p\/session\//) as string, configuration: provisioned.configuration } });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test('each time a fresh one', async () => {
    const urls = [await post('/users/portal'), await post('/users/portal')].map(({ body }) => (body as { url: string }).url);
    expect(new Set(urls).size).toBe(2);
  });

  test('leads back to the dashboard, and is made for the caller alone', async () => {
    await post('/users/portal');
    const [made] = (await stripe.stripe.events.list({ type: 'billing_portal.session.created', limit: 1 })).data;
    expect(made?.data.object).toMatchObject({ customer, return_url: `${daemon.url}/dashboard`, configuration: provisioned.configuration });
  });

  test.each([
    ['a form', (flow: string) => post('/users/portal', { accept: BROWSER }).set('origin', daemon.url).type('form').send({ flow })],
    ['JSON', (flow: string) => post('/users/portal').send({ flow })],
  ])('straight to the card, and back when it is done, where %s asks for it', async (_what, ask) => {
    expect([200, 303]).toContain((await ask('payment_method_update')).status);
    const [made] = (await stripe.stripe.events.list({ type: 'billing_portal.session.created', limit: 1 })).data;
    const redirect = { return_url: `${daemon.url}/dashboard` };
    expect(made?.data.object).toMatchObject({ customer, configuration: provisioned.configuration, flow: { type: 'payment_method_update', after_completion: { type: 'redirect', redirect } } });
  });

  test('no task where none is asked for', async () => {
    await post('/users/portal').send({});
    const [made] = (await stripe.stripe.events.list({ type: 'billing_portal.session.created', limit: 1 })).data;
    expect(made?.data.object).toMatchObject({ flow: null });
  });

  test.each([
    ['another task of the portal', { flow: 'subscription_cancel' }],
    ['nothing', { flow: '' }],
    ['null', { flow: null }],
    ['a number', { flow: 1 }],
    ['a list', { flow: ['payment_method_update'] }],
    ['an object', { flow: { type: 'payment_method_update' } }],
    ['an inherited name', { flow: 'constructor' }],
  ])('%s as the task: 422 that names the field, and Stripe is not asked', async (_what, body) => {
    const before = apiCalls().length;
    const message = 'is not payment_method_update';
    expect(await post('/users/portal').send(body)).toMatchObject({ status: 422, body: { error: { code: 'unprocessable', message: `flow ${message}`, fields: { flow: message } } } });
    expect(apiCalls()).toHaveLength(before);
  });

  test('a task asked for twice by a form: 422, as a page', async () => {
    const answer = await post('/users/portal', { accept: BROWSER }).set('origin', daemon.url).type('form').send('flow=payment_method_update&flow=payment_method_update');
    expect(answer).toMatchObject({ status: 422, type: 'text/html' });
    expect(answer.text).toContain('Flow is not payment_method_update.');
  });

  /** The daemon asks the sandbox for its time every half second, whatever anybody does. */
  const apiCalls = (): string[] => stripe.calls().filter((call) => !call.endsWith(' /_sandbox'));

  test('without being signed in: 401, and Stripe is not asked', async () => {
    const before = apiCalls().length;
    expect(await post('/users/portal', { cookie: 'devchat_login=forged' })).toMatchObject({ status: 401, body: { error: { code: 'not_signed_in' } } });
    expect((await post('/users/portal', { cookie: '', accept: BROWSER })).text).toContain('Nobody is signed in.');
    expect(apiCalls()).toHaveLength(before);
  });

  test("for another's id or an unknown one: the same 404, and Stripe is not asked", async () => {
    const foreign = customer;
    await signUp();
    const before = apiCalls().length;
    const answers = [await post(`/users/portal?user_id=${foreign}`), await post('/users/portal?user_id=cus_unknown')];
    expect(answers.map(({ status, text }) => [status, text])).toEqual([
      [404, answers[0]?.text],
      [404, answers[0]?.text],
    ]);
    expect(apiCalls()).toHaveLength(before);
  });

  test.each(['application/json', BROWSER])('not provisioned: 503 and the command, for %s', async (accept) => {
    await reopenUnprovisioned();
    const answer = await post('/users/portal', { accept });
    expect(answer.status).toBe(503);
    expect(answer.text.toLowerCase()).toContain('the customer portal is not provisioned');
    expect(answer.text.toLowerCase()).toContain('run devchat provision portal');
    expect(answer.type).toBe(accept === BROWSER ? 'text/html' : 'application/json');
  });

  test('a configuration is found behind a hundred newer ones', async () => {
    await Promise.all(Array.from({ length: 101 }, () => stripe.stripe.billingPortal.configurations.create({ features: { invoice_history: { enabled: true } } })));
    expect((await post('/users/portal')).body).toMatchObject({ configuration: provisioned.configuration });
  });

  test('an inactive configuration does not count', async () => {
    const inactive = await stripe.stripe.billingPortal.configurations.create({ features: { invoice_history: { enabled: true } }, metadata: { challenge_id: 'inactive-one' } });
    await stripe.stripe.billingPortal.configurations.update(inactive.id, { active: false });
    await daemon.close();
    daemon = await openDaemon({ stripeApiBase: stripe.url, challengeId: 'inactive-one' });
    await signUp();
    expect((await post('/users/portal')).status).toBe(503);
  });

  test.each(['application/json', BROWSER])('Stripe down: 503 within seconds, with what to do, for %s', async (accept) => {
    stripe.network = 'down';
    const began = performance.now();
    const answer = await post('/users/portal', { accept });
    expect(answer.status).toBe(503);
    expect(answer.text).toMatch(/check the network/i);
    expect(answer.type).toBe(accept === BROWSER ? 'text/html' : 'application/json');
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test('the address, which opens the portal to anybody, stays out of the log', async () => {
    const { url } = (await post('/users/portal')).body as { url: string };
    expect(daemon.log.join('')).not.toContain(url);
  });
});

describe('GET /offerings', () => {
  test('what can be bought, for anybody', async () => {
    expect((await supertest(daemon.url).get('/offerings')).body).toEqual({
      offerings: [
        {
          id: 'paircode',
          name: '/dev/chat Pair Coding',
          price: provisioned.price,
          amount: { amount: 6000, currency: 'usd' },
          interval: 'month',
          trialDays: 3,
        },
      ],
    });
  });

  test('not provisioned: 503 and the command', async () => {
    await reopenUnprovisioned();
    expect(await supertest(daemon.url).get('/offerings')).toMatchObject({
      status: 503,
      body: { error: { code: 'not_configured', hint: 'run devchat provision catalog' } },
    });
  });

  test('many visitors at once ask Stripe once', async () => {
    const asked = () => stripe.calls().filter((call) => call === 'GET /v1/prices').length;
    const before = asked();
    const answers = await Promise.all(Array.from({ length: 20 }, () => supertest(daemon.url).get('/offerings')));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(asked() - before).toBe(1);
  });

  test('after Stripe was down it is asked again', async () => {
    stripe.network = 'down';
    expect((await supertest(daemon.url).get('/offerings')).status).toBe(503);
    stripe.network = 'fine';
    expect((await supertest(daemon.url).get('/offerings')).status).toBe(200);
  });
});

describe('POST /offerings/paircode', () => {
  const openSessions = async () => (await stripe.stripe.checkout.sessions.list({ customer, status: 'open', limit: 100 })).data;

  test('leads a browser to Checkout: one monthly plan, a trial of 3 days, a card required', async () => {
    const answer = await post('/offerings/paircode', { accept: BROWSER });
    const [session] = await openSessions();
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe(session?.url);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(session).toMatchObject({
      mode: 'subscription',
      customer,
      payment_method_collection: 'always',
      success_url: `${daemon.url}/dashboard?session_id={CHECKOUT_SESSION_ID}`,
      cancel_url: `${daemon.url}/`,
      amount_total: 0,
    });
    const items = await stripe.stripe.checkout.sessions.listLineItems(session?.id ?? '');
    expect(items.data).toMatchObject([{ quantity: 1, price: { id: provisioned.price } }]);
  });

  test('again, in another tab, leads to the same one', async () => {
    const first = await post('/offerings/paircode');
    const second = await post('/offerings/paircode');
    expect(second.body).toEqual(first.body);
    expect(await openSessions()).toHaveLength(1);
  });

  test('twenty clicks at once open one', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => post('/offerings/paircode')));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(await openSessions()).toHaveLength(1);
  });

  test('who is subscribed already: 409; who was, may subscribe again', async () => {
    const id = `sub_of_${customer}`;
    await tell(daemon.cache, event('customer.subscription.updated', subscription({ id, customer, status: 'past_due' })));
    expect(await post('/offerings/paircode')).toMatchObject({ status: 409, body: { error: { code: 'conflict', message: 'you are subscribed already' } } });
    expect(await openSessions()).toHaveLength(0);
    await tell(daemon.cache, event('customer.subscription.deleted', subscription({ id, customer, status: 'canceled' })));
    expect((await post('/offerings/paircode')).status).toBe(200);
  });

  test('a finished or expired session is not used again', async () => {
    const first = await post('/offerings/paircode');
    const [open] = await openSessions();
    await stripe.stripe.checkout.sessions.expire(open?.id ?? '');
    const second = await post('/offerings/paircode');
    expect(second.status).toBe(200);
    expect(second.body).not.toEqual(first.body);
    expect(await openSessions()).toHaveLength(1);
  });

  test('who bought one of which no event has come yet: 409, and the dashboard shows it', async () => {
    const { id } = await stripe.stripe.subscriptions.create({ customer, items: [{ price: provisioned.price }], trial_period_days: 3 });
    expect(await post('/offerings/paircode')).toMatchObject({ status: 409, body: { error: { code: 'conflict', message: 'you are subscribed already' } } });
    expect(await openSessions()).toHaveLength(0);
    expect((await daemon.cache.subscriptionOfCustomer(customer))?.subscription).toMatchObject({ id, status: 'trialing' });
  });

  test('an open session of another return address or price can no longer be paid', async () => {
    const line_items = [{ price: provisioned.price, quantity: 1 }];
    const passedOver = await stripe.stripe.checkout.sessions.create({ mode: 'subscription', customer, line_items, success_url: 'https://old.example.com/', cancel_url: 'https://old.example.com/' });
    const answers = await Promise.all([post('/offerings/paircode'), post('/offerings/paircode')]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect((await stripe.stripe.checkout.sessions.retrieve(passedOver.id)).status).toBe('expired');
    expect((await openSessions()).map(({ url }) => url)).toEqual([(answers[0]?.body as { url: string }).url]);
  });

  test('not signed in: 401', async () => {
    expect((await post('/offerings/paircode', { cookie: '' })).status).toBe(401);
  });
});

test(`everything here belongs to ${CHALLENGE_ID}: another challenge of the same account is not touched`, async () => {
  await stripe.stripe.billingPortal.configurations.create({ features: { invoice_history: { enabled: true } }, metadata: { challenge_id: 'somebody-else' } });
  expect((await post('/users/portal')).body).toMatchObject({ configuration: provisioned.configuration });
});
