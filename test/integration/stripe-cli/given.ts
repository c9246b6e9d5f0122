/** What must be there before a command of the table is run; each answers the names that the command mentions. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type Stripe from 'stripe';

export type Names = Record<string, string>;
export type Given = (stripe: Stripe, folder: string) => Promise<Names>;

const card: Stripe.CustomerCreateParams = { payment_method: 'pm_card_visa', invoice_settings: { default_payment_method: 'pm_card_visa' } };
const MONTHLY = { currency: 'usd', unit_amount: 1500, recurring: { interval: 'month' } } as const;

export const customer: Given = async (stripe) => ({ CUSTOMER: (await stripe.customers.create(card)).id });

export const product: Given = async (stripe) => ({ PRODUCT: (await stripe.products.create({ name: 'Pair coding' })).id });

export const price: Given = async (stripe) => {
  const made = await stripe.prices.create({ ...MONTHLY, product_data: { name: 'Pair coding' } });
  return { PRICE: made.id };
};

export const buyer: Given = async (stripe, folder) => ({ ...(await customer(stripe, folder)), ...(await price(stripe, folder)) });

export const subscription: Given = async (stripe, folder) => {
  const { CUSTOMER = '', PRICE = '' } = await buyer(stripe, folder);
  const { id, latest_invoice } = await stripe.subscriptions.create({ customer: CUSTOMER, items: [{ price: PRICE }] });
  return { CUSTOMER, PRICE, SUBSCRIPTION: id, INVOICE: typeof latest_invoice === 'string' ? latest_invoice : '' };
};

export const pausedSubscription: Given = async (stripe, folder) => {
  const { PRICE = '' } = await price(stripe, folder);
  const { id: CUSTOMER } = await stripe.customers.create();
  const trial_settings = { end_behavior: { missing_payment_method: 'pause' } } as const;
  const { id } = await stripe.subscriptions.create({ customer: CUSTOMER, items: [{ price: PRICE }], trial_period_days: 7, trial_settings });
  await stripe.subscriptions.update(id, { trial_end: 'now' });
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: CUSTOMER });
  await stripe.customers.update(CUSTOMER, { invoice_settings: { default_payment_method: method.id } });
  return { SUBSCRIPTION: id };
};

export const draft: Given = async (stripe, folder) => {
  const { CUSTOMER = '' } = await customer(stripe, folder);
  await stripe.invoiceItems.create({ customer: CUSTOMER, amount: 2000, currency: 'usd' });
  const { id } = await stripe.invoices.create({ customer: CUSTOMER, pending_invoice_items_behavior: 'include' });
  return { CUSTOMER, INVOICE: id };
};

export const openInvoice: Given = async (stripe, folder) => {
  const made = await draft(stripe, folder);
  await stripe.invoices.finalizeInvoice(made.INVOICE ?? '');
  return made;
};

export const paymentMethod: Given = async (stripe, folder) => {
  const { CUSTOMER = '' } = await customer(stripe, folder);
  const { data } = await stripe.paymentMethods.list({ customer: CUSTOMER });
  return { CUSTOMER, PAYMENT_METHOD: data[0]?.id ?? '' };
};

export const paymentIntent: Given = async (stripe) => {
  const { id } = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd', payment_method: 'pm_card_visa' });
  return { PAYMENT_INTENT: id };
};

export const portalConfiguration: Given = async (stripe) => {
  const { id } = await stripe.billingPortal.configurations.create({ features: { invoice_history: { enabled: true } } });
  return { CONFIGURATION: id };
};

export const checkoutSession: Given = async (stripe, folder) => {
  const { PRICE = '' } = await price(stripe, folder);
  const { id } = await stripe.checkout.sessions.create({ mode: 'subscription', success_url: 'https://shop.example/', line_items: [{ price: PRICE, quantity: 1 }] });
  return { CHECKOUT: id };
};

export const webhookEndpoint: Given = async (stripe) => {
  const { id } = await stripe.webhookEndpoints.create({ url: 'https://shop.example/hooks', enabled_events: ['plan.deleted'] });
  return { ENDPOINT: id };
};

const MONTH_SECONDS = 2_592_000;

export const testClock: Given = async (stripe) => {
  const { id, frozen_time } = await stripe.testHelpers.testClocks.create({ frozen_time: Math.floor(Date.now() / 1000) });
  return { CLOCK: id, LATER: String(frozen_time + MONTH_SECONDS) };
};

/** An event that is older than the listener of the row. */
export const event: Given = async (stripe, folder) => {
  const { CUSTOMER = '' } = await customer(stripe, folder);
  const { data } = await stripe.events.list({ type: 'customer.created', limit: 10 });
  const found = data.find(({ data: { object } }) => 'id' in object && object.id === CUSTOMER);
  return { CUSTOMER, EVENT: found?.id ?? 'evt_none' };
};

/** A customer, a product and its price, one naming the other. */
export const fixtureFile: Given = (_, folder) => {
  const fixtures = [
    { name: 'product', path: '/v1/products', method: 'post', params: { name: 'Pair coding' } },
    { name: 'price', path: '/v1/prices', method: 'post', params: { ...MONTHLY, product: '${product:id}', nickname: '${.env:NICKNAME|monthly}' } },
  ];
  writeFileSync(join(folder, 'fixtures.json'), JSON.stringify({ _meta: { template_version: 0 }, fixtures }));
  return Promise.resolve({});
};
