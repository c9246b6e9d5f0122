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
