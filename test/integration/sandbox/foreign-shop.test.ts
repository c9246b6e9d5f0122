/** The sandbox as the Stripe of somebody else's shop: its name, its orders, and what Stripe refuses of them. */
import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type SandboxUnderTest } from './running-sandbox.ts';

let sandbox: SandboxUnderTest;
let stripe: Stripe;
let price: string;
beforeEach(async () => {
  sandbox = await openSandbox();
  stripe = sandbox.stripe;
  const product = await stripe.products.create({ name: 'Coffee' });
  price = (await stripe.prices.create({ product: product.id, currency: 'eur', unit_amount: 900, recurring: { interval: 'month' } })).id;
});
afterEach(() => sandbox.close());

type Order = Stripe.Checkout.SessionCreateParams;
const open = (order: Partial<Order> = {}) =>
  stripe.checkout.sessions.create({ mode: 'subscription', line_items: [{ price, quantity: 1 }], success_url: 'http://shop.test/', cancel_url: 'http://shop.test/no', ...order });
const pageOf = async (url: string | null): Promise<string> => (await fetch(url ?? '')).text();

describe('the name of the business', () => {
  beforeEach(async () => {
    const body = JSON.stringify({ business_name: 'Beans & Co' });
    await sandbox.call('/_sandbox/switches', { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
  });

  test('stands in the account and on the pages', async () => {
    expect((await stripe.accounts.retrieveCurrent()).settings?.dashboard.display_name).toBe('Beans & Co');
    const session = await open();
    expect(session.branding_settings?.display_name).toBe('Beans & Co');
    const page = await pageOf(session.url);
    expect(page).toContain('Back to Beans &amp; Co');
    expect(page).not.toContain('/dev/chat');
    const customer = await stripe.customers.create();
    const { url } = await stripe.billingPortal.sessions.create({ customer: customer.id, return_url: 'http://shop.test/' });
    expect(await pageOf(url)).toContain('Beans &amp; Co');
  });

  test('is the one that a Checkout Session gives itself', async () => {
    const session = await open({ branding_settings: { display_name: 'Beans for Two' } });
    expect(session.branding_settings?.display_name).toBe('Beans for Two');
    expect(await pageOf(session.url)).toContain('Back to Beans for Two');
    await expect(open({ branding_settings: { button_color: '#000000' } })).rejects.toMatchObject({ param: 'branding_settings[button_color]' });
  });
});

test.each<[string, Partial<Order>, object]>([
  ['a line item without a quantity', { line_items: [{}] }, { code: 'parameter_missing', param: 'line_items[0][quantity]', message: 'Quantity is required. Add `quantity` to `line_items[0]`' }],
  ['a success_url that is no URL', { success_url: 'done' }, { code: 'url_invalid', param: 'success_url', message: 'Not a valid URL' }],
  ['a cancel_url without a scheme', { cancel_url: 'localhost:3000/no' }, { code: 'url_invalid', param: 'cancel_url' }],
  ['an e-mail address without @', { customer_email: 'notanemail' }, { code: 'email_invalid', param: 'customer_email', message: 'Invalid email address: notanemail' }],
  ['another ui_mode', { ui_mode: 'embedded_page', return_url: 'http://shop.test/' }, { param: 'ui_mode', message: expect.stringContaining('hosted page only') as string }],
  ['a return_url', { return_url: 'http://shop.test/' }, { param: 'return_url' }],
])('Checkout refuses %s', async (_what, order, refusal) => {
  const line_items = order.line_items && [{ price }];
  await expect(open({ ...order, ...(line_items && { line_items }) })).rejects.toMatchObject(refusal);
});

test('Checkout takes every locale of Stripe', async () => {
  expect((await open({ locale: 'de' })).locale).toBe('de');
});

test('an e-mail address without @, an unknown currency and an unknown event are refused', async () => {
  await expect(stripe.customers.create({ email: 'notanemail' })).rejects.toMatchObject({ code: 'email_invalid', param: 'email' });
  const unknown = stripe.prices.create({ currency: 'xyz', unit_amount: 100, product_data: { name: 'Odd' } });
  await expect(unknown).rejects.toMatchObject({ param: 'currency', message: expect.stringMatching(/^Invalid currency: xyz\. Stripe currently supports/) as string });
  const endpoint = { url: 'https://shop.test/hook' };
  await expect(stripe.webhookEndpoints.create({ ...endpoint, enabled_events: ['invoice.payed' as 'invoice.paid'] })).rejects.toMatchObject({ param: 'enabled_events[0]' });
  const old = stripe.webhookEndpoints.create({ ...endpoint, enabled_events: ['*'], api_version: '2022-11-15' });
  await expect(old).rejects.toMatchObject({ param: 'api_version', message: expect.stringContaining('2026-10-28.endive, 2025-02-24.acacia, 2020-03-02') as string });
});

describe('a subscription', () => {
  let customer: string;
  beforeEach(async () => {
    customer = (await stripe.customers.create({ email: 'ada@example.com', payment_method: 'pm_card_visa' })).id;
    const [card] = (await stripe.customers.listPaymentMethods(customer)).data;
    await stripe.customers.update(customer, { invoice_settings: { default_payment_method: String(card?.id) } });
  });

  test('has each price once', async () => {
    await expect(stripe.subscriptions.create({ customer, items: [{ price }, { price }] })).rejects.toMatchObject({ message: expect.stringContaining('same plan') as string });
    const { id } = await stripe.subscriptions.create({ customer, items: [{ price }] });
    await expect(stripe.subscriptions.update(id, { items: [{ price }] })).rejects.toMatchObject({ message: expect.stringContaining('same plan') as string });
  });

  test('is in the currency of the other ones that run', async () => {
    const first = await stripe.subscriptions.create({ customer, items: [{ price }] });
    const dollars = await stripe.prices.create({ product_data: { name: 'Tea' }, currency: 'usd', unit_amount: 900, recurring: { interval: 'month' } });
    const second = () => stripe.subscriptions.create({ customer, items: [{ price: dollars.id }] });
    await expect(second()).rejects.toMatchObject({ message: expect.stringContaining('cannot combine currencies') as string });
    await expect(open({ customer, line_items: [{ price: dollars.id, quantity: 1 }] })).rejects.toMatchObject({ message: expect.stringContaining('with currency eur') as string });
    await stripe.subscriptions.cancel(first.id);
    expect((await second()).currency).toBe('usd');
  });

  test('that waits for its first payment gives the secret that pays it in the browser', async () => {
    const order = { customer, payment_behavior: 'default_incomplete' } as const;
    const { latest_invoice, status } = await stripe.subscriptions.create({ ...order, items: [{ price }], expand: ['latest_invoice.confirmation_secret'] });
    expect(status).toBe('incomplete');
    const secret = (latest_invoice as Stripe.Invoice).confirmation_secret;
    expect(secret).toEqual({ client_secret: expect.stringMatching(/^pi_\w+_secret_\w+$/) as string, type: 'payment_intent' });
    const [intent] = (await stripe.paymentIntents.list({ customer })).data;
    expect(secret?.client_secret).toBe(intent?.client_secret);
    expect(await stripe.invoices.retrieve((latest_invoice as Stripe.Invoice).id)).not.toHaveProperty('confirmation_secret');
  });

  test.each(['charge_automatically', 'send_invoice'] as const)('an invoice of nothing is paid when it is finalized: %s', async (collection_method) => {
    const draft = await stripe.invoices.create({ customer, collection_method, ...(collection_method === 'send_invoice' && { days_until_due: 7 }) });
    expect(await stripe.invoices.finalizeInvoice(draft.id)).toMatchObject({ status: 'paid', amount_due: 0, status_transitions: { paid_at: expect.any(Number) as number } });
    const told = (await stripe.events.list({ type: 'invoice.*' })).data.map(({ type }) => type).toReversed();
    expect(told).toEqual(['invoice.created', 'invoice.finalized', 'invoice.updated', 'invoice.paid', 'invoice.payment_succeeded']);
  });

  test('a refund of too much tells its own currency', async () => {
    const intent = await stripe.paymentIntents.create({ amount: 900, currency: 'eur', customer, payment_method: 'pm_card_visa', confirm: true, return_url: 'http://shop.test/' });
    const refund = stripe.refunds.create({ payment_intent: intent.id, amount: 1000 });
    await expect(refund).rejects.toMatchObject({ message: 'Refund amount (€10.00) is greater than unrefunded amount on charge (€9.00)' });
  });
});

test('what is typed in Checkout goes to the new customer and to the invoice', async () => {
  const { id, url } = await open({ billing_address_collection: 'required' });
  const card = { email: 'ada@example.com', cardNumber: '4242424242424242', cardExpiry: '1234', cardCvc: '123', billingName: 'Ada' };
  const address = { billingCountry: 'GB', billingPostalCode: 'N1', billingAddressLine1: '1 Road', billingLocality: 'London' };
  await fetch(String(url), { method: 'POST', body: new URLSearchParams({ ...card, ...address }), headers: { Origin: sandbox.url } });
  const { customer, invoice } = await stripe.checkout.sessions.retrieve(id, { expand: ['customer', 'invoice'] });
  const typed = { city: 'London', country: 'GB', line1: '1 Road', line2: null, postal_code: 'N1', state: null };
  expect(customer).toMatchObject({ email: 'ada@example.com', name: 'Ada', address: typed });
  expect(invoice).toMatchObject({ customer_email: 'ada@example.com', customer_name: 'Ada', customer_address: typed });
});

test('pages tell a quantity once, and the prices of one product apart', async () => {
  const customer = (await stripe.customers.create({ email: 'ada@example.com' })).id;
  const { id, latest_invoice } = await stripe.subscriptions.create({ customer, items: [{ price, quantity: 2 }], collection_method: 'send_invoice', days_until_due: 7 });
  const { hosted_invoice_url, lines } = await stripe.invoices.finalizeInvoice(latest_invoice as string);
  expect(lines.data[0]?.description).toBe('2 × Coffee (at €9.00 / month)');
  const invoice = await pageOf(hosted_invoice_url ?? null);
  expect(invoice).toContain('<td>Coffee (at €9.00 / month)</td><td>2</td>');

  const product = lines.data[0]?.pricing?.price_details?.product ?? '';
  const yearly = await stripe.prices.create({ product, currency: 'eur', unit_amount: 9000, recurring: { interval: 'year' } });
  const features = { subscription_update: { enabled: true, default_allowed_updates: ['price' as const], products: [{ product, prices: [price, yearly.id] }] } };
  const configuration = await stripe.billingPortal.configurations.create({ features });
  const portal = await stripe.billingPortal.sessions.create({ customer, configuration: configuration.id, return_url: 'http://shop.test/' });
  const plans = await pageOf(`${portal.url}/subscriptions/${id}/update`);
  expect(plans).toContain('Billed monthly');
  expect(plans).toContain('Billed yearly');
});
