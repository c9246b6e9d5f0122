import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../../../../sandbox/app.ts';
import { completeCheckout } from '../../../../sandbox/billing/checkout.ts';
import { GOOD_CARD } from './billing-world.ts';

let stripe: Stripe;
let sandbox: Sandbox;
const server = createServer();

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  sandbox = createSandbox({ server, baseUrl: `http://127.0.0.1:${port}`, defaultPortal: true });
  server.on('request', sandbox.app);
  stripe = new Stripe('sk_test_1234567890abcdef', { host: '127.0.0.1', port, protocol: 'http', maxNetworkRetries: 0 });
});

afterAll(async () => {
  await sandbox.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function monthlyPrice(): Promise<string> {
  const product = await stripe.products.create({ name: 'Pair Coding' });
  const price = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 6000,
    recurring: { interval: 'month' },
  });
  return price.id;
}

async function customerWith(card: string): Promise<string> {
  const customer = await stripe.customers.create({
    email: 'ada@example.com',
    payment_method: card,
    invoice_settings: { default_payment_method: card },
  });
  return customer.id;
}

test('subscribe, cancel at the period’s end, take it back, cancel now', async () => {
  const created = await stripe.subscriptions.create({
    customer: await customerWith('pm_card_visa'),
    items: [{ price: await monthlyPrice() }],
    expand: ['latest_invoice.payments', 'customer'],
  });
  expect(created.status).toBe('active');
  const invoice = created.latest_invoice as Stripe.Invoice;
  expect(invoice.payments?.data).toMatchObject([{ status: 'paid', amount_paid: 6000, payment: { type: 'payment_intent' } }]);

  const scheduled = await stripe.subscriptions.update(created.id, { cancel_at_period_end: true });
  expect(scheduled.cancel_at).toBe(created.items.data[0]?.current_period_end);
  const kept = await stripe.subscriptions.update(created.id, { cancel_at_period_end: false });
  expect(kept).toMatchObject({ cancel_at: null, canceled_at: null, cancel_at_period_end: false });

  const canceled = await stripe.subscriptions.cancel(created.id, { cancellation_details: { comment: 'bye' } });
  expect(canceled).toMatchObject({ status: 'canceled', cancellation_details: { comment: 'bye', reason: 'cancellation_requested' } });
  await expect(stripe.subscriptions.cancel(created.id)).rejects.toMatchObject({ statusCode: 404, code: 'resource_missing' });

  const customer = (created.customer as Stripe.Customer).id;
  const statuses = async (status?: Stripe.SubscriptionListParams.Status): Promise<string[]> =>
    (await stripe.subscriptions.list({ customer, ...(status ? { status } : {}) })).data.map((one) => one.status);
  expect(await statuses()).toEqual([]);
  expect(await statuses('all')).toEqual(['canceled']);
  expect(await statuses('ended')).toEqual(['canceled']);
});

test('a card that fails leaves its traces: incomplete, an open invoice, a failed charge', async () => {
  const customer = await customerWith('pm_card_chargeCustomerFail');
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: await monthlyPrice() }] });
  expect(subscription.status).toBe('incomplete');
  const [invoice] = (await stripe.invoices.list({ subscription: subscription.id, status: 'open' })).data;
  expect(invoice?.id).toBe(subscription.latest_invoice);

  await expect(stripe.invoices.pay(invoice?.id ?? '')).rejects.toMatchObject({
    type: 'StripeCardError',
    statusCode: 402,
    code: 'card_declined',
    decline_code: 'generic_decline',
    message: 'Your card was declined.',
  });
  const charges = await stripe.charges.list({ customer });
  expect(charges.data.map((charge) => charge.status)).toEqual(['failed', 'failed']);
  const payments = await stripe.invoicePayments.list({ invoice: invoice?.id ?? '' });
  expect(payments.data).toMatchObject([{ status: 'open', amount_requested: 6000 }]);

  const card = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  const paid = await stripe.invoices.pay(invoice?.id ?? '', { payment_method: card.id });
  expect(paid).toMatchObject({ status: 'paid', amount_remaining: 0 });
  expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active');
});

test('a Checkout Session lists what it sells, and shows what was sold', async () => {
  const customer = await customerWith('pm_card_visa');
  const session = await stripe.checkout.sessions.create({
    mode: 'subscription',
    customer,
    line_items: [{ price: await monthlyPrice(), quantity: 1 }],
    subscription_data: { trial_period_days: 3 },
    success_url: 'http://shop.test/?session_id={CHECKOUT_SESSION_ID}',
  });
  expect(session).toMatchObject({ status: 'open', mode: 'subscription', subscription: null, payment_status: 'unpaid' });
  expect(session).not.toHaveProperty('_subscription_data');
  const items = await stripe.checkout.sessions.listLineItems(session.id);
  expect(items.data).toMatchObject([{ description: 'Pair Coding', quantity: 1, price: { unit_amount: 6000 } }]);

  completeCheckout(sandbox.world, session.id, GOOD_CARD);
  const complete = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription', 'line_items'] });
  expect(complete).toMatchObject({ status: 'complete', url: null, subscription: { status: 'trialing' }, line_items: { data: [{ quantity: 1 }] } });
  await expect(stripe.checkout.sessions.expire(session.id)).rejects.toMatchObject({ statusCode: 400 });
});

test.each([
  ['a recurring price as a payment', { mode: 'payment' }, 'line_items[0][price]'],
  ['a price that does not exist', { line_items: [{ price: 'price_none', quantity: 1 }] }, 'line_items[0][price]'],
  ['an unknown customer', { customer: 'cus_none' }, 'customer'],
  ['a trial that is almost over', { subscription_data: { trial_end: Math.floor(Date.now() / 1000) + 3600 } }, 'subscription_data[trial_end]'],
] as const)('Checkout refuses %s', async (_case, wrong, param) => {
  const session = stripe.checkout.sessions.create({
    mode: 'subscription',
    line_items: [{ price: await monthlyPrice(), quantity: 1 }],
    success_url: 'http://shop.test/',
    ...wrong,
  } as Stripe.Checkout.SessionCreateParams);
  await expect(session).rejects.toMatchObject({ statusCode: 400, param });
});

test('cards by number and token, detached and gone from their customer', async () => {
  const customer = await customerWith('pm_card_visa');
  const typed = await stripe.paymentMethods.create({
    type: 'card',
    card: { number: '5555555555554444', exp_month: 12, exp_year: 2040, cvc: '123' },
    billing_details: { name: 'Ada', address: { country: 'GB' } },
  });
  expect(typed).toMatchObject({ customer: null, card: { brand: 'mastercard', last4: '4444' }, billing_details: { name: 'Ada' } });
  await stripe.paymentMethods.attach(typed.id, { customer });
  const listed = await stripe.customers.listPaymentMethods(customer);
  expect(listed.data.map((one) => one.card?.last4)).toEqual(['4444', '4242']);
  await stripe.paymentMethods.detach(typed.id);
  expect((await stripe.customers.listPaymentMethods(customer)).data).toHaveLength(1);
  await expect(stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_none' } })).rejects.toMatchObject({ statusCode: 400 });
});

test('an invoice by hand: items, finalize, void', async () => {
  const customer = await customerWith('pm_card_visa');
  await stripe.invoiceItems.create({ customer, amount: 2000, currency: 'usd', description: 'An extra hour' });
  const draft = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' });
  expect(draft).toMatchObject({ status: 'draft', total: 2000, billing_reason: 'manual', parent: null, number: null });
  expect(draft.lines.data).toMatchObject([{ description: 'An extra hour', amount: 2000 }]);
  const open = await stripe.invoices.finalizeInvoice(draft.id);
  expect(open).toMatchObject({ status: 'open', next_payment_attempt: null });
  expect(open.number).toMatch(/^[0-9A-Z]{8}-0001$/);
  await expect(stripe.invoices.finalizeInvoice(draft.id)).rejects.toMatchObject({ statusCode: 400 });
  expect((await stripe.invoices.voidInvoice(draft.id)).status).toBe('void');
});
