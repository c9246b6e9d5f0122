/** Stripe's test clocks with the real SDK: a time of its own for a customer, and none of it for the others. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../../../sandbox/app.ts';
import { freshFolder } from '../../support/folders.ts';
import { waitFor } from '../../support/wait-for.ts';
import { connect, KEY } from './running-sandbox.ts';
import { hasStripeCli, stripePrograms } from '../stripe-cli/stripe-program.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
/** 2030-01-31 12:00:00 UTC */
const START = Date.UTC(2030, 0, 31, 12) / 1000;
const utc = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day, 12) / 1000;

let server: Server;
let sandbox: Sandbox;
let stripe: Stripe;
let url: string;
let price: string;

beforeEach(async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  url = `http://127.0.0.1:${port}`;
  sandbox = createSandbox({ server, baseUrl: url, defaultPortal: true });
  server.on('request', sandbox.app);
  stripe = connect(port);
  price = (await stripe.prices.create({ currency: 'usd', unit_amount: 6000, recurring: { interval: 'month' }, product_data: { name: 'Pair Coding' } })).id;
});
afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await sandbox.close();
});

const newClock = (params: Partial<Stripe.TestHelpers.TestClockCreateParams> = {}) => stripe.testHelpers.testClocks.create({ frozen_time: START, ...params });

const newCustomer = (test_clock: string | undefined, card = 'pm_card_visa') =>
  stripe.customers.create({ ...(test_clock === undefined ? {} : { test_clock }), payment_method: card, invoice_settings: { default_payment_method: card } });

const subscribe = (customer: string, params: Partial<Stripe.SubscriptionCreateParams> = {}) =>
  stripe.subscriptions.create({ customer, items: [{ price }], ...params });

async function advance(clock: string, frozen_time: number): Promise<void> {
  expect(await stripe.testHelpers.testClocks.advance(clock, { frozen_time })).toMatchObject({ status: 'advancing' });
  await waitFor('the clock to be ready', async () => (await stripe.testHelpers.testClocks.retrieve(clock)).status === 'ready');
}

async function advanceSandbox(seconds: number): Promise<void> {
  const body = JSON.stringify({ seconds });
  const answer = await fetch(`${url}/_sandbox/advance`, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
  expect(answer.status).toBe(200);
}

const typesNow = async (): Promise<string[]> => (await stripe.events.list({ limit: 100 })).data.map(({ type }) => type).reverse();
const refusalOf = async (call: Promise<unknown>): Promise<unknown> => {
  const error = await call.then(() => undefined, (reason: unknown) => reason as Stripe.errors.StripeError);
  return error && { status: error.statusCode, code: error.code, param: error.param, message: error.message };
};

describe('a clock', () => {
  test('is made, read, listed and deleted, and tells of it', async () => {
    const clock = await newClock({ name: 'Ada' });
    const created = sandbox.world.now();
    expect(clock).toMatchObject({ object: 'test_helpers.test_clock', frozen_time: START, livemode: false, name: 'Ada', status: 'ready', status_details: {} });
    expect(clock.id).toMatch(/^clock_1\w{23}$/);
    expect(Math.abs(clock.created - created)).toBeLessThan(5);
    expect(clock.deletes_after - clock.created).toBe(30 * DAY);
    expect(await stripe.testHelpers.testClocks.retrieve(clock.id)).toEqual(clock);
    expect((await stripe.testHelpers.testClocks.list()).data).toEqual([clock]);
    expect(await stripe.testHelpers.testClocks.del(clock.id)).toEqual({ id: clock.id, object: 'test_helpers.test_clock', deleted: true });
    expect((await typesNow()).slice(-2)).toEqual(['test_helpers.test_clock.created', 'test_helpers.test_clock.deleted']);
    expect(await refusalOf(stripe.testHelpers.testClocks.retrieve(clock.id))).toMatchObject({ status: 404, code: 'resource_missing' });
  });

  test('needs a frozen_time', async () => {
    const nothing = {} as Stripe.TestHelpers.TestClockCreateParams;
    expect(await refusalOf(stripe.testHelpers.testClocks.create(nothing))).toMatchObject({ status: 400, code: 'parameter_missing', param: 'frozen_time' });
  });

  test('answers an advance before anything happened, and tells when it has arrived', async () => {
    const { id } = await newClock();
    const answered = await stripe.testHelpers.testClocks.advance(id, { frozen_time: START + DAY });
    expect(answered).toMatchObject({ frozen_time: START, status: 'advancing', status_details: { advancing: { target_frozen_time: START + DAY } } });
    await waitFor('ready', async () => (await typesNow()).includes('test_helpers.test_clock.ready'));
    expect(await stripe.testHelpers.testClocks.retrieve(id)).toMatchObject({ frozen_time: START + DAY, status: 'ready', status_details: {} });
    expect((await typesNow()).slice(-3)).toEqual(['created', 'advancing', 'ready'].map((word) => `test_helpers.test_clock.${word}`));
  });
});

describe('what belongs to a clock', () => {
  test('lives in its time: a trial on a dead card ends active with a draft, and is past due an hour later', async () => {
    const clock = await newClock();
    const customer = await newCustomer(clock.id, 'pm_card_chargeCustomerFail');
    const { id } = await subscribe(customer.id, { trial_period_days: 7 });
    const trial = await stripe.subscriptions.retrieve(id);
    expect([customer.created, trial.created, trial.trial_end]).toEqual([START, START, START + 7 * DAY]);

    await advance(clock.id, START + 7 * DAY);
    const ended = await stripe.subscriptions.retrieve(id, { expand: ['latest_invoice', 'test_clock'] });
    expect(ended).toMatchObject({ status: 'active', test_clock: { id: clock.id, frozen_time: START + 7 * DAY } });
    expect(ended.latest_invoice).toMatchObject({ status: 'draft', created: START + 7 * DAY, next_payment_attempt: START + 7 * DAY + HOUR, test_clock: clock.id });

    await advance(clock.id, START + 7 * DAY + HOUR);
    const failed = await stripe.subscriptions.retrieve(id, { expand: ['latest_invoice'] });
    expect(failed.status).toBe('past_due');
    expect(failed.latest_invoice).toMatchObject({ status: 'open', attempted: true, attempt_count: 1, next_payment_attempt: START + 7 * DAY + 34 * HOUR });
    expect(await typesNow()).toEqual(expect.arrayContaining(['customer.subscription.trial_will_end', 'invoice.payment_failed']));
  });

  test('has events that carry the sandbox\'s own time, and Stripe as their cause', async () => {
    const clock = await newClock();
    const { id } = await newCustomer(clock.id);
    await subscribe(id);
    await advance(clock.id, utc(2030, 2, 28) + 2 * HOUR);
    const { data } = await stripe.events.list({ limit: 100 });
    for (const { created } of data) expect(Math.abs(created - Date.now() / 1000)).toBeLessThan(120);
    const renewal = data.find(({ type }) => type === 'invoice.created')!;
    expect(renewal.data.object).toMatchObject({ created: utc(2030, 2, 28), billing_reason: 'subscription_cycle' });
    expect(renewal.request).toEqual({ id: null, idempotency_key: null });
  });

  test('is changed at the clock\'s moment, over the API and on a hosted page', async () => {
    const clock = await newClock();
    const customer = await newCustomer(clock.id);
    const { id } = await subscribe(customer.id);
    const item = await stripe.invoiceItems.create({ customer: customer.id, amount: 500, currency: 'usd' });
    expect(item).toMatchObject({ date: START, test_clock: clock.id });
    expect(await stripe.invoices.create({ customer: customer.id })).toMatchObject({ created: START, test_clock: clock.id });
    expect(await stripe.subscriptions.update(id, { cancel_at_period_end: true })).toMatchObject({ canceled_at: START, cancel_at: utc(2030, 2, 28) });
    expect(await stripe.subscriptions.update(id, { cancel_at_period_end: false })).toMatchObject({ canceled_at: null });

    await stripe.billingPortal.configurations.create({ features: { subscription_cancel: { enabled: true, mode: 'immediately' } } });
    const [configuration] = (await stripe.billingPortal.configurations.list({ limit: 1 })).data;
    const portal = await stripe.billingPortal.sessions.create({ customer: customer.id, configuration: configuration!.id, return_url: 'https://shop.example' });
    await fetch(`${portal.url}/subscriptions/${id}/cancel`, { method: 'POST' });
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'canceled', ended_at: START });
  });

  test('is changed item by item at the clock\'s moment, and prorated by it', async () => {
    const clock = await newClock();
    const { id: customer } = await newCustomer(clock.id);
    const subscription = await subscribe(customer);
    await advance(clock.id, START + 7 * DAY);
    await stripe.subscriptionItems.update(subscription.items.data[0]!.id, { quantity: 2 });
    const { data } = await stripe.invoiceItems.list({ customer });
    expect(data.map(({ amount, date }) => [amount, date])).toEqual([[9000, START + 7 * DAY], [-4500, START + 7 * DAY]]);
  });

  test('tells of its next invoice with the dates of the renewal', async () => {
    const clock = await newClock();
    const subscription = await subscribe((await newCustomer(clock.id)).id);
    const renewal = subscription.items.data[0]!.current_period_end;
    await advance(clock.id, renewal - 7 * DAY);
    const [upcoming] = (await stripe.events.list({ type: 'invoice.upcoming' })).data;
    expect(upcoming!.data.object).toMatchObject({ created: renewal, next_payment_attempt: renewal + HOUR, period_end: renewal });
  });

  test('is bought in the clock\'s time on the page of Checkout', async () => {
    const clock = await newClock();
    const { id: customer } = await newCustomer(clock.id);
    const session = await stripe.checkout.sessions.create({ mode: 'subscription', customer, line_items: [{ price, quantity: 1 }], success_url: 'https://shop.example' });
    expect([session.created, session.expires_at]).toEqual([START, START + DAY]);
    const card = new URLSearchParams({ cardNumber: '4242424242424242', cardExpiry: '12 / 34', cardCvc: '123', billingName: 'Ada', billingCountry: 'DE', email: 'ada@example.com' });
    const page = await fetch(session.url!, { method: 'POST', body: card });
    expect(page.status).toBe(200);
    const [subscription] = (await stripe.subscriptions.list({ customer })).data;
    expect(subscription).toMatchObject({ created: START, test_clock: clock.id });
  });

  test('is left alone by the sandbox\'s time, and leaves it alone', async () => {
    const clock = await newClock();
    const clocked = await subscribe((await newCustomer(clock.id)).id);
    const other = await subscribe((await newCustomer(undefined)).id);
    await advanceSandbox(29 * DAY);
    await advance(clock.id, utc(2030, 2, 28) + HOUR);
    const invoices = async (subscription: string) => (await stripe.invoices.list({ subscription })).data.length;
    expect([await invoices(clocked.id), await invoices(other.id)]).toEqual([2, 1]);
    await advanceSandbox(3 * DAY);
    expect(await invoices(other.id)).toBe(2);
  });

  test('is not in the plain lists', async () => {
    const clock = await newClock();
    const [clocked, other] = [await newCustomer(clock.id), await newCustomer(undefined)];
    const [theirs, others] = [await subscribe(clocked.id), await subscribe(other.id)];
    const customers = async (params: Stripe.CustomerListParams) => (await stripe.customers.list(params)).data.map(({ id }) => id);
    const subscriptions = async (params: Stripe.SubscriptionListParams) => (await stripe.subscriptions.list(params)).data.map(({ id }) => id);
    expect([await customers({}), await customers({ test_clock: clock.id })]).toEqual([[other.id], [clocked.id]]);
    expect([await subscriptions({}), await subscriptions({ test_clock: clock.id }), await subscriptions({ customer: clocked.id })]).toEqual([[others.id], [theirs.id], [theirs.id]]);
  });

  test('goes with the clock, which goes by itself after 30 days', async () => {
    const [first, second] = [await newClock(), await newClock()];
    const customers = [await newCustomer(first.id), await newCustomer(second.id)];
    const subscription = await subscribe(customers[0]!.id);
    await stripe.testHelpers.testClocks.del(first.id);
    expect(await stripe.customers.retrieve(customers[0]!.id)).toMatchObject({ deleted: true });
    expect(await stripe.subscriptions.retrieve(subscription.id)).toMatchObject({ status: 'canceled', ended_at: START });
    await advanceSandbox(30 * DAY - 100);
    expect((await stripe.testHelpers.testClocks.list()).data).toHaveLength(1);
    await advanceSandbox(200);
    expect((await stripe.testHelpers.testClocks.list()).data).toEqual([]);
    expect(await stripe.customers.retrieve(customers[1]!.id)).toMatchObject({ deleted: true });
  });

  test('can be a customer who was there before, with all subscriptions', async () => {
    const { id: customer } = await newCustomer(undefined);
    const subscription = await subscribe(customer);
    const period = subscription.items.data[0]!.current_period_end;
    const clock = await newClock({ frozen_time: subscription.created, customer });
    expect(await stripe.subscriptions.retrieve(subscription.id)).toMatchObject({ test_clock: clock.id });
    await advance(clock.id, period + HOUR);
    expect((await stripe.invoices.list({ subscription: subscription.id })).data.map((invoice) => [invoice.status, invoice.test_clock])).toEqual([['paid', clock.id], ['paid', clock.id]]);
    expect(await refusalOf(newClock({ customer }))).toMatchObject({ status: 400, param: 'customer', message: `The customer ${customer} is attached to the test clock ${clock.id} already.` });
  });
});

describe('the limits', () => {
  const tooFar = (seconds: number, limit: string) => ({
    status: 400,
    param: 'frozen_time',
    message: `A test clock moves by up to ${limit} at once: the frozen_time can be ${seconds} at most.`,
  });
  const advanceTo = (clock: string, frozen_time: number) => refusalOf(stripe.testHelpers.testClocks.advance(clock, { frozen_time }));

  test('two years without a subscription, and never backwards', async () => {
    const { id } = await newClock();
    expect(await advanceTo(id, START)).toMatchObject({ status: 400, param: 'frozen_time', message: `The frozen_time must be after the test clock's current frozen_time, which is ${START}.` });
    expect(await advanceTo(id, utc(2032, 1, 31) + 1)).toMatchObject(tooFar(utc(2032, 1, 31), 'two years'));
    await advance(id, utc(2032, 1, 31));
  });

  test('two intervals of the shortest subscription', async () => {
    const { id } = await newClock();
    const { id: customer } = await newCustomer(id);
    const weekly = await stripe.prices.create({ currency: 'usd', unit_amount: 100, recurring: { interval: 'week' }, product_data: { name: 'Weekly' } });
    await subscribe(customer);
    expect(await advanceTo(id, utc(2030, 3, 31) + 1)).toMatchObject(tooFar(utc(2030, 3, 31), 'two intervals of its shortest subscription'));
    const short = await subscribe(customer, { items: [{ price: weekly.id }] });
    expect(await advanceTo(id, START + 14 * DAY + 1)).toMatchObject(tooFar(START + 14 * DAY, 'two intervals of its shortest subscription'));
    await stripe.subscriptions.cancel(short.id);
    await advance(id, utc(2030, 3, 31));
  });

  test('three customers, and three subscriptions each', async () => {
    const { id } = await newClock();
    const customers = [await newCustomer(id), await newCustomer(id), await newCustomer(id)];
    expect(await refusalOf(newCustomer(id))).toEqual({ status: 400, code: undefined, param: 'test_clock', message: `A test clock can have up to 3 customers; ${id} has them.` });
    const customer = customers[0]!.id;
    for (let count = 0; count < 3; count += 1) await subscribe(customer);
    expect(await refusalOf(subscribe(customer))).toEqual({ status: 400, code: undefined, param: 'customer', message: `A customer of a test clock can have up to 3 subscriptions; ${customer} has them.` });
  });

  test('a clock that is not there', async () => {
    expect(await refusalOf(newCustomer('clock_gone'))).toMatchObject({ status: 400, code: 'resource_missing', param: 'test_clock', message: "No such test clock: 'clock_gone'" });
  });
});

describe('while a clock is advancing', () => {
  async function advancingCustomer(): Promise<string> {
    const clock = await newClock();
    const { id } = await newCustomer(clock.id);
    const { world } = sandbox;
    world.store.save({ ...clock, object: 'test_helpers.test_clock', status: 'advancing' });
    return id;
  }

  test('writes on what belongs to it are refused as locked, to be tried again', async () => {
    const id = await advancingCustomer();
    const answer = await fetch(`${url}/v1/customers/${id}`, { method: 'POST', body: 'name=Ada', headers: { Authorization: `Bearer ${KEY}`, 'Idempotency-Key': 'once' } });
    expect([answer.status, answer.headers.get('stripe-should-retry')]).toEqual([429, 'true']);
    expect(await answer.json()).toMatchObject({ error: { type: 'invalid_request_error', code: 'lock_timeout', message: expect.stringMatching(/^This object cannot be accessed right now/) as string } });
    expect(await stripe.customers.retrieve(id)).toMatchObject({ id, name: null });
    expect((await newCustomer(undefined)).id).toMatch(/^cus_/);
    const { id: clock } = (await stripe.testHelpers.testClocks.list()).data[0]!;
    sandbox.world.store.save({ ...(await stripe.testHelpers.testClocks.retrieve(clock)), status: 'ready' });
    expect(await stripe.customers.update(id, { name: 'Ada' }, { idempotencyKey: 'once' })).toMatchObject({ name: 'Ada' });
  });

  test('or as a wrong request, by the switch', async () => {
    const id = await advancingCustomer();
    sandbox.world.switches.set({ advancing_clock_error: 'invalid_request' });
    expect(await refusalOf(stripe.customers.update(id, { name: 'Ada' }))).toMatchObject({ status: 400, message: expect.stringMatching(/^The test clock clock_\w+ is advancing/) as string });
  });

  test('a hosted page is shown, and takes nothing', async () => {
    const clock = await newClock();
    const { id: customer } = await newCustomer(clock.id);
    const { url: portal } = await stripe.billingPortal.sessions.create({ customer, return_url: 'https://shop.example' });
    sandbox.world.store.save({ ...clock, status: 'advancing' });
    expect((await fetch(portal)).status).toBe(200);
    expect((await fetch(`${portal}/payment-methods`, { method: 'POST' })).status).toBe(429);
  });
});

describe.skipIf(!hasStripeCli)('the Stripe CLI', { timeout: 60_000 }, () => {
  test('triggers the events of clocks, and advances one', async () => {
    const folder = freshFolder();
    const programs = stripePrograms(url, folder.path);
    for (const word of ['created', 'advancing', 'ready', 'deleted']) {
      const trigger = programs.run('trigger', `test_helpers.test_clock.${word}`);
      expect([await trigger.ended, trigger.output()]).toEqual([0, expect.stringContaining('Trigger succeeded')]);
      await waitFor(word, async () => (await typesNow()).includes(`test_helpers.test_clock.${word}`));
    }
    const { id } = await newClock();
    const advancing = programs.run('test_helpers', 'test_clocks', 'advance', id, '--frozen-time', String(START + DAY));
    expect([await advancing.ended, advancing.output()]).toEqual([0, expect.stringContaining('"status": "advancing"')]);
    await waitFor('ready', async () => (await stripe.testHelpers.testClocks.retrieve(id)).frozen_time === START + DAY);
    programs.stop();
    folder.remove();
  });
});
