/** Checkout Sessions through the real SDK: what they sell, what they refuse, how they end, how they are found. */
import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type SandboxUnderTest } from './running-sandbox.ts';

const MINUTE = 60;
const DAY = 86_400;

let sandbox: SandboxUnderTest;
let price: string;
beforeEach(async () => {
  sandbox = await openSandbox();
  const product = await sandbox.stripe.products.create({ name: 'Pair Coding' });
  price = (await sandbox.stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: 6000, recurring: { interval: 'month' } })).id;
});
afterEach(() => sandbox.close());

type Order = Stripe.Checkout.SessionCreateParams;
type Item = NonNullable<Order['line_items']>[number];
const idOf = (named: string | { id: string } | null | undefined): string => (typeof named === 'string' ? named : (named?.id ?? ''));
const SETUP_FEE = { price_data: { currency: 'usd', unit_amount: 1500, product_data: { name: 'Setup' } } };
const open = (order: Partial<Order> = {}) =>
  sandbox.stripe.checkout.sessions.create({ mode: 'subscription', line_items: [{ price, quantity: 1 }], success_url: 'http://shop.test/?id={CHECKOUT_SESSION_ID}', ...order });
const now = async (): Promise<number> => Date.parse(((await (await sandbox.call('/_sandbox')).json()) as { now: string }).now) / 1000;

/** Fills the hosted page in, as a customer does. */
async function complete(session: Stripe.Checkout.Session, fields: Record<string, string> = {}): Promise<Stripe.Checkout.Session> {
  const card = { cardNumber: '4242424242424242', cardExpiry: '1234', cardCvc: '123', billingName: 'Ada', billingCountry: 'GB', billingPostalCode: 'N1' };
  const body = new URLSearchParams({ ...card, email: 'ada@example.com', ...fields });
  const answer = await fetch(String(session.url), { method: 'POST', body, headers: { Origin: sandbox.url }, redirect: 'manual' });
  expect(answer.status, await answer.text()).toBe(200);
  return sandbox.stripe.checkout.sessions.retrieve(session.id);
}
const invoiceOf = async (session: Stripe.Checkout.Session): Promise<Stripe.Invoice> => sandbox.stripe.invoices.retrieve(idOf(session.invoice));
const linesOf = ({ lines }: Stripe.Invoice): [string | null, number][] => lines.data.map(({ description, amount }) => [description, amount]);

describe('an inline price', () => {
  test('is made with its product for the one session, and neither is for sale again', async () => {
    const data = { currency: 'usd', unit_amount: 900, recurring: { interval: 'week' }, product_data: { name: 'Inline', description: 'Made here', metadata: { a: '1' } } } as const;
    const session = await open({ line_items: [{ price_data: data, quantity: 2 }], expand: ['line_items.data.price.product'] });
    expect(session).toMatchObject({ amount_total: 1800, currency: 'usd' });
    const [item] = session.line_items?.data ?? [];
    expect(item).toMatchObject({
      description: 'Inline',
      quantity: 2,
      amount_total: 1800,
      price: { active: false, unit_amount: 900, recurring: { interval: 'week' }, product: { name: 'Inline', active: false, description: 'Made here', metadata: { a: '1' } } },
    });
    await expect(open({ line_items: [{ price: String(item?.price?.id), quantity: 1 }] })).rejects.toMatchObject({ param: 'line_items[0][price]', message: expect.stringContaining('inactive') as string });
    const { subscription } = await complete(session);
    expect(await sandbox.stripe.subscriptions.retrieve(idOf(subscription))).toMatchObject({ status: 'active', items: { data: [{ quantity: 2, price: { id: item?.price?.id } }] } });
  });

  test('can be of a product that is there, in the words of curl', async () => {
    const product = await sandbox.stripe.products.create({ name: 'Known' });
    const form = `mode=payment&success_url=http://shop.test/&line_items[][price_data][currency]=usd&line_items[][price_data][product]=${product.id}&line_items[][price_data][unit_amount]=700&line_items[][quantity]=3`;
    const response = await sandbox.call('/v1/checkout/sessions', { method: 'POST', body: new URLSearchParams(form) });
    expect(await response.json()).toMatchObject({ amount_total: 2100, mode: 'payment' });
  });

  test.each<[object, string]>([
    [{ quantity: 1 }, 'line_items[0][price]'],
    [{ price: 'price_1', price_data: { currency: 'usd', unit_amount: 1, product_data: { name: 'Both' } } }, 'line_items[0]'],
    [{ price_data: { currency: 'usd', unit_amount: 1 } }, 'line_items[0][price_data][product]'],
    [{ price_data: { currency: 'usd', unit_amount: 1, product: 'prod_gone' } }, 'line_items[0][price_data][product]'],
    [{ price_data: { currency: 'usd', product_data: { name: 'Priceless' } } }, 'line_items[0][price_data][unit_amount]'],
    [{ price_data: { currency: 'usd', unit_amount: 1, product_data: { description: 'Nameless' } } }, 'line_items[0][price_data][product_data][name]'],
  ])('%j is refused', async (item, param) => {
    const before = (await sandbox.stripe.products.list({ limit: 100 })).data.length;
    await expect(open({ line_items: [item as Item] })).rejects.toMatchObject({ statusCode: 400, param: expect.stringContaining(param) as string });
    expect((await sandbox.stripe.products.list({ limit: 100 })).data).toHaveLength(before);
  });
});

describe('beside a recurring price', () => {
  test('what is paid once goes on the first invoice alone', async () => {
    const session = await complete(await open({ line_items: [{ price, quantity: 1 }, { ...SETUP_FEE, quantity: 2 }] }));
    expect(session).toMatchObject({ amount_total: 9000, payment_status: 'paid' });
    const first = await invoiceOf(session);
    expect(first).toMatchObject({ amount_paid: 9000, status: 'paid', billing_reason: 'subscription_create' });
    expect(linesOf(first)).toEqual([['Setup', 3000], ['1 × Pair Coding (at $60.00 / month)', 6000]]);
    await sandbox.advance(32 * DAY);
    const subscription = await sandbox.stripe.subscriptions.retrieve(idOf(session.subscription), { expand: ['latest_invoice'] });
    expect(subscription.items.data).toHaveLength(1);
    expect(subscription.latest_invoice).toMatchObject({ billing_reason: 'subscription_cycle', amount_paid: 6000 });
  });

  test('a trial leaves only that to pay', async () => {
    const started = await open({ line_items: [{ price, quantity: 1 }, { ...SETUP_FEE, quantity: 1 }], subscription_data: { trial_period_days: 3 } });
    expect(started.amount_total).toBe(1500);
    const page = await (await fetch(String(started.url))).text();
    expect(page).toContain('<dd>$15.00</dd>');
    expect(page).toContain('Then $60.00 per month');
    const session = await complete(started);
    expect(session).toMatchObject({ payment_status: 'paid' });
    expect(await sandbox.stripe.subscriptions.retrieve(idOf(session.subscription))).toMatchObject({ status: 'trialing' });
    expect(await invoiceOf(session)).toMatchObject({ amount_paid: 1500, status: 'paid' });
    const types = (await sandbox.stripe.events.list({ limit: 100 })).data.map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['charge.succeeded', 'payment_intent.succeeded', 'invoice_payment.paid', 'customer.subscription.trial_will_end']));
  });

  test.each<[string, () => Promise<Item[]>, string]>([
    ['nothing recurring', () => Promise.resolve([{ ...SETUP_FEE, quantity: 1 }]), 'You must provide at least one recurring price in `subscription` mode when using prices.'],
    ['another currency', () => Promise.resolve([{ price, quantity: 1 }, { price_data: { ...SETUP_FEE.price_data, currency: 'eur' }, quantity: 1 }]), 'All line items of a Checkout Session must have the same currency.'],
  ])('%s is refused', async (_case, items, message) => {
    await expect(open({ line_items: await items() })).rejects.toMatchObject({ statusCode: 400, message });
  });

  test('a price of an archived product is refused', async () => {
    const product = await sandbox.stripe.products.create({ name: 'Old', default_price_data: { currency: 'usd', unit_amount: 100, recurring: { interval: 'month' } } });
    await sandbox.stripe.products.update(product.id, { active: false });
    await expect(open({ line_items: [{ price: idOf(product.default_price), quantity: 1 }] })).rejects.toMatchObject({
      message: `Price \`${idOf(product.default_price)}\` is not available to be purchased because its product is not active.`,
    });
  });
});

describe('payment_method_collection: if_required', () => {
  test('asks for no card in a trial', async () => {
    const started = await open({ payment_method_collection: 'if_required', subscription_data: { trial_period_days: 7, trial_settings: { end_behavior: { missing_payment_method: 'cancel' } } } });
    const page = await (await fetch(String(started.url))).text();
    expect(page).toContain('id="email"');
    expect(page).not.toContain('cardNumber');
    const session = await complete(started);
    expect(session).toMatchObject({ status: 'complete', payment_status: 'no_payment_required', setup_intent: null, customer_details: { email: 'ada@example.com' } });
    const subscription = await sandbox.stripe.subscriptions.retrieve(idOf(session.subscription));
    expect(subscription).toMatchObject({ status: 'trialing', default_payment_method: null, customer: session.customer });
    expect((await sandbox.stripe.setupIntents.list()).data).toEqual([]);
    await sandbox.advance(8 * DAY);
    expect(await sandbox.stripe.subscriptions.retrieve(subscription.id)).toMatchObject({ status: 'canceled' });
  });

  test('asks for one where something is due, and belongs to subscriptions', async () => {
    const started = await open({ payment_method_collection: 'if_required' });
    expect(await (await fetch(String(started.url))).text()).toContain('cardNumber');
    const order: Partial<Order> = { mode: 'payment', line_items: [{ ...SETUP_FEE, quantity: 1 }], payment_method_collection: 'if_required' };
    await expect(open(order)).rejects.toMatchObject({ param: 'payment_method_collection' });
  });
});

test('a session keeps what its shop tells it, and gives it on', async () => {
  const said = { client_reference_id: 'user-1', metadata: { cart: '7' }, allow_promotion_codes: true, customer_email: 'ada@example.com' };
  const started = await open({ ...said, subscription_data: { metadata: { plan: 'paircode' }, description: 'Pairing' } });
  expect(started).toMatchObject({ ...said, success_url: 'http://shop.test/?id={CHECKOUT_SESSION_ID}', customer_details: { email: 'ada@example.com' } });
  const session = await complete(started);
  expect(session).toMatchObject({ ...said, status: 'complete', url: null });
  expect(await sandbox.stripe.subscriptions.retrieve(idOf(session.subscription))).toMatchObject({ metadata: { plan: 'paircode' }, description: 'Pairing' });
});

test.each([
  ['free', 0, 'no_payment_required'],
  ['full', 6000, 'paid'],
])('the switch trial_checkout: %s', async (reading, amount_total, payment_status) => {
  const headers = { 'Content-Type': 'application/json' };
  await sandbox.call('/_sandbox/switches', { method: 'POST', body: JSON.stringify({ trial_checkout: reading }), headers });
  const started = await open({ subscription_data: { trial_period_days: 3 }, expand: ['line_items'] });
  expect(started).toMatchObject({ amount_total, amount_subtotal: amount_total, line_items: { data: [{ amount_total }] } });
  const session = await complete(started);
  expect(session).toMatchObject({ amount_total, payment_status, payment_intent: null });
  expect(await sandbox.stripe.subscriptions.retrieve(idOf(session.subscription))).toMatchObject({ status: 'trialing' });
  expect(await invoiceOf(session)).toMatchObject({ total: 0, status: 'paid' });
  expect((await sandbox.stripe.charges.list()).data).toEqual([]);
});

describe('the end of a session', () => {
  test('can be brought about once, and stands in its event', async () => {
    const session = await open();
    expect(await sandbox.stripe.checkout.sessions.expire(session.id)).toMatchObject({ status: 'expired', url: null });
    const [event] = (await sandbox.stripe.events.list({ type: 'checkout.session.expired' })).data;
    expect(event?.data.object).toMatchObject({ id: session.id, status: 'expired' });
    await expect(sandbox.stripe.checkout.sessions.expire(session.id)).rejects.toMatchObject({
      statusCode: 400,
      message: 'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of expired.',
    });
  });

  test.each([
    [29 * MINUTE, false],
    [31 * MINUTE, true],
    [DAY - MINUTE, true],
    [DAY + MINUTE, false],
  ])('may be %i seconds ahead: %s', async (seconds, isTaken) => {
    const expires_at = (await now()) + seconds;
    const opened = open({ expires_at });
    if (isTaken) expect((await opened).expires_at).toBe(expires_at);
    else await expect(opened).rejects.toMatchObject({ statusCode: 400, param: 'expires_at' });
  });
});

test('sessions are found by what they are about', async () => {
  const customer = await sandbox.stripe.customers.create({ email: 'own@example.com' });
  const paid = await complete(await open({ mode: 'payment', line_items: [{ ...SETUP_FEE, quantity: 1 }] }));
  const subscribed = await complete(await open({ customer: customer.id }));
  const waiting = await open();
  const ids = async (filter: Stripe.Checkout.SessionListParams): Promise<string[]> => (await sandbox.stripe.checkout.sessions.list(filter)).data.map(({ id }) => id);
  expect(await ids({ customer: customer.id })).toEqual([subscribed.id]);
  expect(await ids({ subscription: idOf(subscribed.subscription) })).toEqual([subscribed.id]);
  expect(await ids({ payment_intent: idOf(paid.payment_intent) })).toEqual([paid.id]);
  expect(await ids({ status: 'open' })).toEqual([waiting.id]);
  expect(await ids({ status: 'complete' })).toEqual([subscribed.id, paid.id]);
  expect(await ids({ customer_details: { email: 'own@example.com' } })).toEqual([subscribed.id]);
});

test('line items are listed page by page', async () => {
  const items = ['A', 'B', 'C'].map((name) => ({ price_data: { currency: 'usd', unit_amount: 100, product_data: { name } }, quantity: 1 }));
  const { id } = await open({ mode: 'payment', line_items: items });
  const first = await sandbox.stripe.checkout.sessions.listLineItems(id, { limit: 2 });
  expect([first.data.map(({ description }) => description), first.has_more]).toEqual([['A', 'B'], true]);
  const rest = await sandbox.stripe.checkout.sessions.listLineItems(id, { starting_after: first.data[1]!.id });
  expect([rest.data.map(({ description }) => description), rest.has_more]).toEqual([['C'], false]);
});
