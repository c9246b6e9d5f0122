/** Has the sandbox say what the other tests do not: every object read and listed, every id expanded, the rarer events. */
import type Stripe from 'stripe';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitFor } from '../../support/wait-for.ts';
import { openSandbox, type SandboxUnderTest } from './running-sandbox.ts';

const DAY_SECONDS = 24 * 3600;

let sandbox: SandboxUnderTest;
let stripe: Stripe;
let price: string;

beforeAll(async () => {
  sandbox = await openSandbox();
  stripe = sandbox.stripe;
  const product = await stripe.products.create({ name: 'Pair Coding', default_price_data: { currency: 'usd', unit_amount: 6000, recurring: { interval: 'month' } } });
  price = product.default_price as string;
});
afterAll(() => sandbox.close());

async function customerWith(card: string): Promise<string> {
  const { id } = await stripe.customers.create({ email: 'ada@example.com', payment_method: card, invoice_settings: { default_payment_method: card } });
  return id;
}

async function typesAbout(id: string): Promise<string[]> {
  const { data } = await stripe.events.list({ limit: 100 });
  return data.filter((event) => JSON.stringify(event.data.object).includes(id)).map(({ type }) => type);
}

test('the account and its balance are read', async () => {
  expect(await stripe.accounts.retrieveCurrent()).toMatchObject({ object: 'account' });
  expect(await stripe.balance.retrieve()).toMatchObject({ object: 'balance', livemode: false });
});

test('a trial without a card pauses, and resumes with one', async () => {
  const { id: customer } = await stripe.customers.create();
  const { id } = await stripe.subscriptions.create({
    customer,
    items: [{ price }],
    trial_period_days: 5,
    trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
  });
  await sandbox.advance(6 * DAY_SECONDS);
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'paused' });
  const card = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  await stripe.subscriptions.update(id, { default_payment_method: card.id });
  const { latest_invoice: invoice } = await stripe.subscriptions.resume(id);
  await stripe.invoices.pay(invoice as string);
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' });
  expect(await typesAbout(id)).toEqual(expect.arrayContaining(['customer.subscription.paused', 'customer.subscription.resumed']));
});

test('a card that must be confirmed leaves the first invoice open', async () => {
  const customer = await customerWith('pm_card_authenticationRequired');
  const { id, status } = await stripe.subscriptions.create({ customer, items: [{ price }] });
  expect(status).toBe('incomplete');
  expect(await typesAbout(customer)).toEqual(expect.arrayContaining(['invoice.payment_action_required', 'payment_intent.requires_action']));
  await sandbox.advance(DAY_SECONDS);
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'incomplete_expired' });
});

test('a renewal that fails until the end of dunning', async () => {
  const customer = await customerWith('pm_card_visa');
  const { id } = await stripe.subscriptions.create({ customer, items: [{ price }], billing_mode: { type: 'classic' }, metadata: { plan: 'solo' } });
  const dead = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: dead.id }, name: 'Ada', metadata: { plan: 'solo' } });
  await stripe.subscriptions.update(id, { metadata: { plan: '', seats: '1' } });
  await sandbox.advance(60 * DAY_SECONDS);
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'canceled', cancellation_details: { reason: 'payment_failed' } });
});

test('a Checkout page sells to somebody new, and another one expires', async () => {
  const order: Stripe.Checkout.SessionCreateParams = {
    mode: 'subscription',
    line_items: [{ price, quantity: 1 }],
    success_url: 'http://shop.test/',
    subscription_data: { trial_period_days: 3 },
  };
  const bought = await stripe.checkout.sessions.create(order);
  const card = { email: 'grace@example.com', cardNumber: '4242 4242 4242 4242', cardExpiry: '12 / 34', cardCvc: '123', billingName: 'Grace', billingCountry: 'GB', billingPostalCode: 'SW1A 1AA' };
  expect((await fetch(bought.url!, { method: 'POST', body: new URLSearchParams(card) })).status).toBe(200);
  const expand = ['customer', 'invoice', 'setup_intent', 'subscription.default_payment_method', 'line_items.data.price.product'];
  expect(await stripe.checkout.sessions.retrieve(bought.id, { expand })).toMatchObject({ status: 'complete', customer: { email: 'grace@example.com' } });
  const left = await stripe.checkout.sessions.create({ ...order, metadata: { plan: 'solo' } });
  expect(await stripe.checkout.sessions.expire(left.id)).toMatchObject({ status: 'expired' });
});

test('a subscription is scheduled to end, paused in its collection, and taken back', async () => {
  const customer = await customerWith('pm_card_visa');
  const { id } = await stripe.subscriptions.create({ customer, items: [{ price, quantity: 2 }], expand: ['items.data.price.product'] });
  await stripe.subscriptions.update(id, { cancel_at_period_end: true, cancellation_details: { feedback: 'unused' } });
  expect(await stripe.subscriptions.update(id, { cancel_at_period_end: false })).toMatchObject({ cancel_at: null });
  await stripe.subscriptions.update(id, { pause_collection: { behavior: 'void' } });
  expect(await stripe.subscriptions.update(id, { pause_collection: '' })).toMatchObject({ pause_collection: null, status: 'active' });
});

test('an invoice by hand is thrown away, written off, paid', async () => {
  const customer = await customerWith('pm_card_visa');
  const order = { customer, amount: 2000, currency: 'usd' };
  const item = await stripe.invoiceItems.create(order);
  expect(await stripe.invoiceItems.del(item.id)).toMatchObject({ deleted: true });
  const draft = async (): Promise<string> => {
    await stripe.invoiceItems.create(order);
    return (await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include', metadata: { by: 'hand' } })).id;
  };
  const [away, off, paid] = [await draft(), await draft(), await draft()];
  expect(await stripe.invoices.del(away)).toMatchObject({ deleted: true });
  await stripe.invoices.finalizeInvoice(off);
  expect(await stripe.invoices.markUncollectible(off)).toMatchObject({ status: 'uncollectible' });
  await stripe.invoices.finalizeInvoice(paid);
  expect(await stripe.invoices.pay(paid)).toMatchObject({ status: 'paid' });
});

test('what is kept changes, and tells what it was', async () => {
  const customer = await customerWith('pm_card_visa');
  const [card] = (await stripe.customers.listPaymentMethods(customer)).data;
  await stripe.paymentMethods.update(card!.id, { billing_details: { name: 'Ada', address: { city: 'London' } }, metadata: { kept: 'yes' } });
  const [told] = (await stripe.events.list({ type: 'payment_method.updated' })).data;
  expect(told?.data.previous_attributes).toEqual({ billing_details: { name: null, address: { city: null } }, metadata: { kept: null } });
});

test('a charge is described anew, refunded, and tells what it was', async () => {
  const customer = await customerWith('pm_card_visa');
  await stripe.subscriptions.create({ customer, items: [{ price }] });
  const [charge] = (await stripe.charges.list({ customer })).data;
  await stripe.charges.update(charge!.id, { description: 'The first month' });
  expect(await stripe.refunds.create({ charge: charge!.id, amount: 1000 })).toMatchObject({ amount: 1000, status: 'succeeded' });
  expect(await typesAbout(charge!.id)).toEqual(expect.arrayContaining(['charge.updated', 'charge.refunded']));
});

test('a test clock moves its customers, and takes them along when it goes', async () => {
  const frozen_time = Math.floor(Date.now() / 1000);
  const { id } = await stripe.testHelpers.testClocks.create({ frozen_time, name: 'A month' });
  const customer = await stripe.customers.create({ test_clock: id });
  await stripe.subscriptions.create({ customer: customer.id, items: [{ price }], trial_period_days: 7 });
  await stripe.testHelpers.testClocks.advance(id, { frozen_time: frozen_time + 5 * DAY_SECONDS });
  await waitFor('the clock to arrive', async () => (await stripe.testHelpers.testClocks.retrieve(id)).status === 'ready');
  expect((await stripe.testHelpers.testClocks.list()).data).toMatchObject([{ id, frozen_time: frozen_time + 5 * DAY_SECONDS }]);
  expect(await stripe.testHelpers.testClocks.del(id)).toMatchObject({ id, deleted: true });
  expect(await typesAbout(id)).toContain('test_helpers.test_clock.deleted');
});

test('plans and the lines of an invoice are listed', async () => {
  expect((await stripe.plans.list()).data).toContainEqual(expect.objectContaining({ id: price, object: 'plan' }));
  const [invoice] = (await stripe.invoices.list()).data;
  expect((await stripe.invoices.listLineItems(invoice!.id)).data).toMatchObject([{ object: 'line_item' }]);
});

/** Where objects are listed. */
const LISTS = [
  'balance_transactions',
  'billing_portal/configurations',
  'charges',
  'checkout/sessions',
  'customers',
  'events',
  'invoiceitems',
  'invoice_payments',
  'invoices',
  'payment_intents',
  'plans',
  'prices',
  'products',
  'refunds',
  'setup_intents',
  'subscriptions?status=all',
] as const;

const EXPAND_DEPTH_MAX = 4;

interface Page {
  data: ({ id: string } & Record<string, unknown>)[];
}

test.each(LISTS)('every object of /v1/%s is read, and whatever it names is expanded or refused', async (list) => {
  const [path, query = ''] = list.split('?');
  const page = (await (await sandbox.call(`/v1/${path}?limit=100&${query}`)).json()) as Page;
  expect(page.data).not.toEqual([]);
  const asked = new Set<string>();
  for (const object of page.data) {
    const names = idsIn(object).filter((name) => !asked.has(name));
    for (const name of ['', ...names]) {
      asked.add(name);
      const response = await sandbox.call(`/v1/${path}/${object.id}${name === '' ? '' : `?expand[]=${name}`}`);
      expect([200, 400], `${list} ${name}`).toContain(response.status);
    }
  }
});

/** The places of everything that looks like an id, as `expand` names them. */
function idsIn(value: unknown, at: readonly string[] = []): string[] {
  if (typeof value === 'string') return /^[a-z]+_\w{14,}$/.test(value) && at.length <= EXPAND_DEPTH_MAX ? [at.join('.')] : [];
  if (Array.isArray(value)) return [...new Set(value.flatMap((item) => idsIn(item, at)))];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => idsIn(inner, [...at, key]));
}

test('an invoice that was sent falls overdue', async () => {
  const { id: customer } = await stripe.customers.create({ email: 'ada@example.com' });
  await stripe.invoiceItems.create({ customer, amount: 2000, currency: 'usd' });
  const draft = { customer, collection_method: 'send_invoice', days_until_due: 1, pending_invoice_items_behavior: 'include', auto_advance: true } as const;
  const { id } = await stripe.invoices.create(draft);
  await stripe.invoices.sendInvoice(id);
  await sandbox.advance(2 * DAY_SECONDS);
  expect(await typesAbout(id)).toEqual(expect.arrayContaining(['invoice.sent', 'invoice.overdue']));
});
