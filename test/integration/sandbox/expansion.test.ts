/** What `expand` makes of ids, of parts that are left out unless asked for, and of paths that lead nowhere. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSandbox, type SandboxUnderTest } from './running-sandbox.ts';

let sandbox: SandboxUnderTest;
let customer: string;
let subscription: string;
let price: string;
beforeAll(async () => {
  sandbox = await openSandbox();
  const { customers, products, subscriptions } = sandbox.stripe;
  const product = await products.create({ name: 'Pair Coding', default_price_data: { currency: 'usd', unit_amount: 6000, recurring: { interval: 'month' } }, expand: ['default_price'] });
  price = (product.default_price as { id: string }).id;
  customer = (await customers.create({ payment_method: 'pm_card_visa', invoice_settings: { default_payment_method: 'pm_card_visa' } })).id;
  subscription = (await subscriptions.create({ customer, items: [{ price }] })).id;
});
afterAll(() => sandbox.close());

test('goes four levels deep, in objects and in lists', async () => {
  const { data } = await sandbox.stripe.invoices.list({ customer, expand: ['data.payments.data.payment'] });
  const [invoice] = data;
  const paid = await sandbox.stripe.invoices.retrieve(invoice?.id ?? '', { expand: ['payments.data.payment.payment_intent'] });
  expect(paid.payments?.data[0]?.payment.payment_intent).toMatchObject({ object: 'payment_intent', status: 'succeeded' });
  const { data: subscriptions } = await sandbox.stripe.subscriptions.list({ customer, expand: ['data.latest_invoice.payments.data'] });
  expect(subscriptions[0]?.latest_invoice).toMatchObject({ payments: { data: [{ status: 'paid' }] } });
});

test.each(['a.b.c.d.e', 'payments.data.payment.payment_intent.latest_charge'])('does not go five levels deep: %s', async (path) => {
  const { data } = await sandbox.stripe.invoices.list({ customer });
  const message = `You cannot expand more than 4 levels of a property: ${path}`;
  await expect(sandbox.stripe.invoices.retrieve(data[0]?.id ?? '', { expand: [path] })).rejects.toMatchObject({ statusCode: 400, type: 'StripeInvalidRequestError', message });
});

test('is done in the answer to a POST, and a refused one leaves nothing', async () => {
  const created = await sandbox.stripe.subscriptions.create({ customer, items: [{ price }], expand: ['latest_invoice.payments', 'customer', 'items.data.price.product'] });
  expect(created).toMatchObject({
    customer: { id: customer },
    latest_invoice: { object: 'invoice', payments: { data: [{ object: 'invoice_payment' }] } },
    items: { data: [{ price: { product: { name: 'Pair Coding' } } }] },
  });
  const before = (await sandbox.stripe.customers.list({ limit: 100 })).data.length;
  await expect(sandbox.stripe.customers.create({ expand: ['nonsense'] })).rejects.toMatchObject({ statusCode: 400, message: 'This property cannot be expanded (nonsense).' });
  expect((await sandbox.stripe.customers.list({ limit: 100 })).data).toHaveLength(before);
});

describe('a path', () => {
  test('said twice, or in part and whole, is one', async () => {
    const expanded = await sandbox.stripe.subscriptions.retrieve(subscription, { expand: ['customer', 'customer', 'latest_invoice', 'latest_invoice.customer'] });
    expect(expanded).toMatchObject({ customer: { id: customer }, latest_invoice: { customer: { id: customer } } });
  });

  test('to nothing gives null', async () => {
    const expanded = await sandbox.stripe.subscriptions.retrieve(subscription, { expand: ['default_payment_method', 'schedule', 'pending_setup_intent.payment_method'] });
    expect(expanded).toMatchObject({ default_payment_method: null, schedule: null, pending_setup_intent: null });
  });

  test('to or through a deleted customer gives what is left of it', async () => {
    const gone = await sandbox.stripe.customers.create({ payment_method: 'pm_card_visa', invoice_settings: { default_payment_method: 'pm_card_visa' } });
    const { id } = await sandbox.stripe.subscriptions.create({ customer: gone.id, items: [{ price }] });
    await sandbox.stripe.customers.del(gone.id);
    const expanded = await sandbox.stripe.subscriptions.retrieve(id, { expand: ['customer'] });
    expect(expanded.customer).toEqual({ id: gone.id, object: 'customer', deleted: true });
    const deeper = 'customer.invoice_settings.default_payment_method';
    expect((await sandbox.stripe.subscriptions.retrieve(id, { expand: [deeper] })).customer).toEqual({ id: gone.id, object: 'customer', deleted: true });
    const { data } = await sandbox.stripe.subscriptions.list({ status: 'all', expand: [`data.${deeper}`] });
    const shown = new Map(data.map((each) => [each.id, each.customer]));
    expect(shown.get(id)).toEqual({ id: gone.id, object: 'customer', deleted: true });
    expect(shown.get(subscription)).toMatchObject({ invoice_settings: { default_payment_method: { object: 'payment_method' } } });
  });

  test.each(['id', 'metadata', 'status', 'customer.nonsense', 'nonsense.deeper', 'data.customer', 'items.data.id', 'customer..id', ' customer'])('to %j is refused', async (path) => {
    const refused = sandbox.stripe.subscriptions.retrieve(subscription, { expand: [path] });
    await expect(refused).rejects.toMatchObject({ statusCode: 400, message: expect.stringMatching(/^This property cannot be expanded \(.+\)\.$/) as string });
  });

  test('of a list begins at its data', async () => {
    await expect(sandbox.stripe.subscriptions.list({ expand: ['customer'] })).rejects.toThrow('This property cannot be expanded (customer).');
    await expect(sandbox.stripe.subscriptions.list({ expand: ['data.nonsense'] })).rejects.toThrow('This property cannot be expanded (data.nonsense).');
  });
});

test('parts that are left out come when they are asked for', async () => {
  const plain = await sandbox.stripe.customers.retrieve(customer);
  expect(plain).not.toHaveProperty('subscriptions');
  expect(await sandbox.stripe.customers.retrieve(customer, { expand: ['subscriptions'] })).toMatchObject({ subscriptions: { object: 'list', url: `/v1/customers/${customer}/subscriptions` } });
  const session = await sandbox.stripe.checkout.sessions.create({ mode: 'subscription', line_items: [{ price, quantity: 1 }], success_url: 'http://shop.test/' });
  expect(session).not.toHaveProperty('line_items');
  const { data } = await sandbox.stripe.checkout.sessions.list({ expand: ['data.line_items.data'] });
  expect(data[0]?.line_items?.data).toHaveLength(1);
});
