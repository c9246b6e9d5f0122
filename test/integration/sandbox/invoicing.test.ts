/** Items, invoices and their payments over the API, as the real SDK asks for them. */
import Stripe from 'stripe';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSandbox, type SandboxUnderTest } from './running-sandbox.ts';

let sandbox: SandboxUnderTest;
let stripe: Stripe;

beforeEach(async () => {
  sandbox = await openSandbox();
  stripe = sandbox.stripe;
});
afterEach(() => sandbox.close());

async function newPrice(unit_amount: number): Promise<string> {
  const product = await stripe.products.create({ name: 'Pair Coding' });
  return (await stripe.prices.create({ product: product.id, currency: 'usd', unit_amount, recurring: { interval: 'month' } })).id;
}

async function newCustomer(): Promise<string> {
  return (await stripe.customers.create({ payment_method: 'pm_card_visa', invoice_settings: { default_payment_method: 'pm_card_visa' } })).id;
}

test('a subscription is changed item by item', async () => {
  const [one, other] = [await newPrice(6000), await newPrice(1000)];
  const subscription = await stripe.subscriptions.create({ customer: await newCustomer(), items: [{ price: one }] });
  const added = await stripe.subscriptionItems.create({ subscription: subscription.id, price: other, quantity: 2, proration_behavior: 'none' });
  expect(added).toMatchObject({ object: 'subscription_item', quantity: 2, subscription: subscription.id });
  expect(await stripe.subscriptionItems.update(added.id, { quantity: 3, proration_behavior: 'none' })).toMatchObject({ id: added.id, quantity: 3 });
  expect(await stripe.subscriptionItems.retrieve(added.id)).toMatchObject({ quantity: 3, price: { id: other } });
  const page = await stripe.subscriptionItems.list({ subscription: subscription.id, limit: 1 });
  expect(page).toMatchObject({ has_more: true, data: [{ price: { id: one } }] });
  expect(await stripe.subscriptionItems.del(added.id, { proration_behavior: 'none' })).toEqual(expect.objectContaining({ id: added.id, deleted: true }));
  await expect(stripe.subscriptionItems.retrieve(added.id)).rejects.toMatchObject({ statusCode: 404, code: 'resource_missing' });
  expect((await stripe.subscriptions.retrieve(subscription.id)).items.data).toHaveLength(1);
});

test('an invoice is sent, and paid in another way', async () => {
  const customer = await newCustomer();
  const draft = await stripe.invoices.create({ customer, collection_method: 'send_invoice', days_until_due: 30 });
  await stripe.invoiceItems.create({ customer, invoice: draft.id, amount: 2500, description: 'An extra hour' });
  const sent = await stripe.invoices.sendInvoice(draft.id);
  expect(sent).toMatchObject({ status: 'open', amount_due: 2500, next_payment_attempt: null, due_date: draft.created + 30 * 24 * 3600 });
  const paid = await stripe.invoices.pay(draft.id, { paid_out_of_band: true });
  expect(paid).toMatchObject({ status: 'paid', amount_paid: 2500, amount_paid_off_stripe: 2500, attempted: false });
  const types = (await stripe.events.list({ types: ['invoice.sent', 'invoice.paid', 'invoice.payment_succeeded', 'payment_intent.canceled'] })).data;
  expect(types.map(({ type }) => type).reverse()).toEqual(['invoice.sent', 'invoice.paid', 'payment_intent.canceled']);
});

test('a draft is edited and deleted; a finalized invoice is not', async () => {
  const customer = await newCustomer();
  const draft = await stripe.invoices.create({ customer, auto_advance: false });
  expect(await stripe.invoices.update(draft.id, { description: 'For you', auto_advance: true })).toMatchObject({ description: 'For you', auto_advance: true });
  expect(await stripe.invoices.del(draft.id)).toMatchObject({ deleted: true });
  const other = await stripe.invoices.create({ customer });
  await stripe.invoiceItems.create({ customer, invoice: other.id, amount: 2500 });
  await stripe.invoices.finalizeInvoice(other.id);
  await expect(stripe.invoices.update(other.id, { description: 'Late' })).rejects.toMatchObject({ code: 'invoice_not_editable' });
  await expect(stripe.invoices.del(other.id)).rejects.toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
  expect(await stripe.invoices.markUncollectible(other.id)).toMatchObject({ status: 'uncollectible' });
  expect(await stripe.invoices.voidInvoice(other.id)).toMatchObject({ status: 'void' });
});

test('a payment leads back to its invoice', async () => {
  const subscription = await stripe.subscriptions.create({ customer: await newCustomer(), items: [{ price: await newPrice(6000) }], expand: ['latest_invoice.payments'] });
  const invoice = subscription.latest_invoice as Stripe.Invoice;
  const payment_intent = invoice.payments?.data[0]?.payment.payment_intent as string;
  const { data } = await stripe.invoicePayments.list({ payment: { type: 'payment_intent', payment_intent } });
  expect(data).toMatchObject([{ invoice: invoice.id, status: 'paid', amount_paid: 6000 }]);
  expect(await stripe.invoicePayments.retrieve(data[0]!.id)).toMatchObject({ id: data[0]!.id });
  expect((await stripe.invoicePayments.list({ invoice: invoice.id, status: 'open' })).data).toEqual([]);
  expect((await stripe.invoices.listLineItems(invoice.id, { limit: 1 })).data).toMatchObject([{ amount: 6000 }]);
});

test('a preview stores nothing, and a subscription that will not renew has none', async () => {
  const [customer, price] = [await newCustomer(), await newPrice(6000)];
  const first = await stripe.invoices.createPreview({ customer, subscription_details: { items: [{ price, quantity: 2 }] } });
  expect(first).toMatchObject({ total: 12_000, status: 'draft' });
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price }] });
  expect(await stripe.invoices.createPreview({ subscription: subscription.id })).toMatchObject({ total: 6000, billing_reason: 'upcoming' });
  expect((await stripe.invoices.list({ customer })).data).toHaveLength(1);
  await stripe.subscriptions.update(subscription.id, { cancel_at: 'min_period_end' });
  await expect(stripe.invoices.createPreview({ subscription: subscription.id })).rejects.toMatchObject({ statusCode: 404, code: 'invoice_upcoming_none' });
});

test('a subscription is paused and resumed with a payment', async () => {
  const subscription = await stripe.subscriptions.create({ customer: await newCustomer(), items: [{ price: await newPrice(6000) }] });
  const paused = await stripe.subscriptions.pause(subscription.id, { bill_for: { unused_time_from: { type: 'none' } } });
  expect(paused).toMatchObject({ status: 'paused', status_details: { paused: { subscription: { type: 'pause_requested' } } } });
  await sandbox.advance(10 * 24 * 3600);
  expect(await stripe.subscriptions.resume(subscription.id, { payment_behavior: 'resume_on_payment_success' })).toMatchObject({ status: 'active' });
  const classic = await stripe.subscriptions.create({ customer: await newCustomer(), items: [{ price: await newPrice(6000) }], billing_mode: { type: 'classic' } });
  await expect(stripe.subscriptions.pause(classic.id)).rejects.toMatchObject({ statusCode: 400, message: expect.stringContaining('flexible') as string });
});

test('what the sandbox does not bill is refused by its name', async () => {
  const subscription = await stripe.subscriptions.create({ customer: await newCustomer(), items: [{ price: await newPrice(6000) }] });
  const refusals: [() => Promise<unknown>, string][] = [
    [() => stripe.subscriptions.update(subscription.id, { payment_behavior: 'pending_if_incomplete' }), 'payment_behavior'],
    [() => stripe.subscriptions.update(subscription.id, { add_invoice_items: [{ price: 'price_1' }] }), 'add_invoice_items'],
    [() => stripe.subscriptions.update(subscription.id, { trial_settings: { end_behavior: { billing_cycle_anchor: 'unchanged', missing_payment_method: 'pause' } } }), 'trial_settings[end_behavior][billing_cycle_anchor]'],
    [() => stripe.invoices.pay(subscription.latest_invoice as string, { forgive: true }), 'forgive'],
    [() => stripe.invoices.createPreview({ subscription: subscription.id, discounts: [{ coupon: 'x' }] }), 'discounts'],
  ];
  for (const [call, param] of refusals) await expect(call()).rejects.toMatchObject({ statusCode: 400, param });
});

test('the payment intent of an invoice, or of a Checkout Session, is changed by nobody else', async () => {
  const price = await newPrice(6000);
  const { latest_invoice } = await stripe.subscriptions.create({ customer: await newCustomer(), items: [{ price }], payment_behavior: 'default_incomplete', expand: ['latest_invoice.payments'] });
  const invoice = latest_invoice as Stripe.Invoice;
  const intent = invoice.payments!.data[0]!.payment.payment_intent as string;
  await expect(stripe.paymentIntents.update(intent, { amount: 100 })).rejects.toMatchObject({ statusCode: 400, message: expect.stringContaining(invoice.id) as string });
  await expect(stripe.paymentIntents.cancel(intent)).rejects.toMatchObject({ statusCode: 400, message: expect.stringContaining('void the invoice') as string });
  expect(await stripe.paymentIntents.update(intent, { metadata: { a: '1' } })).toMatchObject({ amount: 6000, metadata: { a: '1' } });

  const once = await stripe.prices.create({ currency: 'usd', unit_amount: 900, product_data: { name: 'An hour' } });
  const session = await stripe.checkout.sessions.create({ mode: 'payment', line_items: [{ price: once.id, quantity: 1 }], success_url: 'https://shop.example' });
  const declined = { cardNumber: '4000000000000002', cardExpiry: '12 / 34', cardCvc: '123', billingName: 'Ada', billingCountry: 'DE', email: 'ada@example.com' };
  await fetch(session.url!, { method: 'POST', body: new URLSearchParams(declined) });
  const { payment_intent } = await stripe.checkout.sessions.retrieve(session.id);
  await expect(stripe.paymentIntents.cancel(payment_intent as string)).rejects.toMatchObject({ statusCode: 400, message: expect.stringContaining('expire the session') as string });
});
