/** Other plans, quantities, cards and invoices in the portal: what the configuration offers, and what becomes of it. */
import { expect as seen } from '@playwright/test';
import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeBrowser, hasBrowser, openShop, openVisitor, type Shop } from './open-shop.ts';

type Update = Stripe.BillingPortal.ConfigurationCreateParams.Features.SubscriptionUpdate;

describe.skipIf(!hasBrowser)('plans in the portal', () => {
  let shop: Shop;
  let team: string;
  let products: NonNullable<Exclude<Update['products'], ''>>;
  beforeAll(async () => {
    shop = await openShop();
    const { product } = await shop.stripe.prices.retrieve(shop.price);
    const { id } = await shop.stripe.products.create({ name: 'Team plan' });
    team = (await shop.stripe.prices.create({ product: id, currency: 'usd', unit_amount: 10_000, recurring: { interval: 'month' } })).id;
    products = [
      { product: product as string, prices: [shop.price], adjustable_quantity: { enabled: true, minimum: 1, maximum: 5 } },
      { product: id, prices: [team] },
    ];
  });
  afterAll(async () => {
    await closeBrowser();
    await shop.close();
  });

  const offering = (changes: Partial<Update> = {}) => ({
    subscription_update: { enabled: true, default_allowed_updates: ['price' as const, 'quantity' as const], products, ...changes },
  });

  test('switches the plan after showing what it costs, and keeps the trial where it may go on', async () => {
    const { customer, subscription } = await shop.subscriber();
    const { page, close } = await openVisitor();
    await page.goto(await shop.portal(customer, offering({ trial_update_behavior: 'continue_trial' })));
    await page.locator('[data-test="update-subscription"]').click();
    await page.getByTestId('pricing-table-card').filter({ hasText: 'Team plan' }).getByRole('radio').check();
    await page.getByTestId('continue-button').click();
    await seen(page.getByText('Amount due today')).toBeVisible();
    await seen(page.getByText('$0.00')).toBeVisible();
    expect((await shop.stripe.subscriptions.retrieve(subscription)).items.data[0]?.price.id, 'a preview changes nothing').toBe(shop.price);
    await page.getByTestId('confirm').click();
    await seen(page.getByText('Your subscription has been updated.')).toBeVisible();
    const { status, items } = await shop.stripe.subscriptions.retrieve(subscription);
    expect([status, items.data[0]?.price.id]).toEqual(['trialing', team]);
    await close();
  });

  test('ends the trial where the configuration says so, and charges at once', async () => {
    const { customer, subscription } = await shop.subscriber();
    const { page, close } = await openVisitor();
    await page.goto(`${await shop.portal(customer, offering())}/subscriptions/${subscription}/update`);
    await page.getByTestId('portal-quantity-editor').fill('9');
    await page.getByTestId('continue-button').click();
    await seen(page.getByRole('spinbutton')).toHaveJSProperty('validity.rangeOverflow', true);
    await page.getByTestId('portal-quantity-editor').fill('3');
    await page.getByTestId('continue-button').click();
    await seen(page.locator('dl').getByText('$180.00').first()).toBeVisible();
    await seen(page.getByText('Your free trial ends with this change.')).toBeVisible();
    await page.getByTestId('confirm').click();
    await seen(page.getByText('Your subscription has been updated.')).toBeVisible();
    const { status, items, latest_invoice } = await shop.stripe.subscriptions.retrieve(subscription, { expand: ['latest_invoice'] });
    expect([status, items.data[0]?.quantity, latest_invoice]).toMatchObject(['active', 3, { amount_paid: 18_000 }]);
    await close();
  });

  test.each([
    ['a price that is not offered', { default_allowed_updates: ['quantity' as const] }, { price: 'team' }],
    ['a quantity that is too high', {}, { quantity: '6' }],
    ['a quantity where it is fixed', { default_allowed_updates: ['price' as const] }, { quantity: '2' }],
    ['no change at all', {}, {}],
  ])('refuses %s, typed by hand', async (_, changes, wanted: Record<string, string>) => {
    const { customer, subscription } = await shop.subscriber();
    const url = `${await shop.portal(customer, offering(changes))}/subscriptions/${subscription}/update/confirm`;
    const form = new URLSearchParams({ ...wanted, ...(wanted.price ? { price: team } : {}) });
    expect((await fetch(url, { method: 'POST', body: form, redirect: 'manual' })).status).toBe(422);
    expect((await shop.stripe.subscriptions.retrieve(subscription)).items.data[0]).toMatchObject({ price: { id: shop.price }, quantity: 1 });
  });

  test('removes a card that pays for nothing, and no other', async () => {
    const { customer } = await shop.subscriber();
    const spare = await shop.stripe.paymentMethods.attach('pm_card_mastercard', { customer });
    const paying = (await shop.stripe.paymentMethods.list({ customer })).data.find(({ id }) => id !== spare.id);
    const portal = await shop.portal(customer, { payment_method_update: { enabled: true } });
    const { page, close } = await openVisitor();
    await page.goto(portal);
    await page.getByRole('link', { name: 'Remove Mastercard •••• 4444' }).click();
    await page.getByTestId('confirm').click();
    await seen(page.getByText('Your payment method has been removed.')).toBeVisible();
    await seen(page.getByText('Mastercard')).toHaveCount(0);
    expect((await fetch(`${portal}/payment-methods/${paying?.id ?? ''}/remove`, { method: 'POST' })).status).toBe(409);
    await close();
  });

  test('lists invoices page by page, each with its page and its receipt', async () => {
    const { customer } = await shop.subscriber();
    for (let count = 0; count < 12; count += 1) {
      await shop.stripe.invoiceItems.create({ customer, amount: 500, currency: 'usd', description: `Extra session ${count}` });
      const { id } = await shop.stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' });
      await shop.stripe.invoices.pay(id ?? '', { payment_method: 'pm_card_visa' });
    }
    const { page, close } = await openVisitor();
    await page.goto(await shop.portal(customer, { invoice_history: { enabled: true } }));
    await seen(page.locator('tbody tr')).toHaveCount(10);
    await page.getByRole('link', { name: 'Older invoices' }).click();
    await seen(page.locator('tbody tr')).toHaveCount(3);
    await page.getByRole('link', { name: 'Newest invoices' }).click();
    await page.getByRole('link', { name: /^Receipt for invoice/ }).first().click();
    await seen(page.getByText('Visa •••• 4242')).toBeVisible();
    await seen(page.getByText('Extra session 11')).toBeVisible();
    await page.getByRole('link', { name: 'View the invoice' }).click();
    await seen(page.getByTestId('invoice-status')).toHaveText(/^Paid on /);
    await close();
  });

  test('lets a customer in by the login page, and tells strangers nothing', async () => {
    await shop.subscriber();
    const { login_page } = await shop.stripe.billingPortal.configurations.create({ features: { invoice_history: { enabled: true } }, login_page: { enabled: true } });
    const { page, close } = await openVisitor();
    await page.goto(login_page.url ?? '');
    await page.getByLabel('Email').fill('stranger@example.com');
    await page.getByTestId('login-submit-button').click();
    await seen(page.getByRole('heading', { name: 'Check your email' })).toBeVisible();
    await seen(page.getByRole('link', { name: 'Open the portal' })).toHaveCount(0);
    await page.goto(login_page.url ?? '');
    await page.getByLabel('Email').fill('ada@example.com');
    await page.getByTestId('login-submit-button').click();
    await page.getByRole('link', { name: 'Open the portal' }).click();
    await seen(page.getByRole('heading', { name: 'Invoice history' })).toBeVisible();
    await close();
  });
});
