/** Pausing in the portal, coming back, and a cancellation that gives unused time back, in the time of a test clock. */
import { expect as seen } from '@playwright/test';
import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitFor } from '../../support/wait-for.ts';
import { closeBrowser, hasBrowser, openShop, openVisitor, type Shop } from './open-shop.ts';

type Duration = Stripe.BillingPortal.ConfigurationCreateParams.Features.SubscriptionPause.Duration;

const JANUARY_1 = Date.UTC(2027, 0, 1) / 1000;
const DAY = 86_400;

describe.skipIf(!hasBrowser)('pauses in the portal', () => {
  let shop: Shop;
  beforeAll(async () => void (shop = await openShop()));
  afterAll(async () => {
    await closeBrowser();
    await shop.close();
  });

  const pausing = (duration?: Duration) => ({ subscription_pause: { enabled: true, ...(duration ? { duration } : {}) } });
  const PRESETS: Duration = { type: 'interval_options', interval_options: [{ interval: 'month' }, { interval: 'week', interval_count: 6 }] };

  /** A customer who paid $60.00 on January 1, 2027, for a month. */
  async function payer(card = 'pm_card_visa') {
    const { id: clock } = await shop.stripe.testHelpers.testClocks.create({ frozen_time: JANUARY_1 });
    const { id: customer } = await shop.stripe.customers.create({ email: 'ada@example.com', test_clock: clock });
    const { id } = await shop.stripe.paymentMethods.attach(card, { customer });
    const order = { customer, items: [{ price: shop.price }], default_payment_method: id };
    const { id: subscription } = await shop.stripe.subscriptions.create(order);
    return { clock, customer, subscription, days: (count: number) => passTo(clock, JANUARY_1 + count * DAY) };
  }

  async function passTo(clock: string, frozen_time: number): Promise<void> {
    await shop.stripe.testHelpers.testClocks.advance(clock, { frozen_time });
    await waitFor('the clock', async () => (await shop.stripe.testHelpers.testClocks.retrieve(clock)).status === 'ready');
  }

  test('pauses for a preset time, gives the rest of the month back, and resumes by itself', async () => {
    const { customer, subscription, days } = await payer();
    await days(15.5);
    const { page, close } = await openVisitor();
    await page.goto(await shop.portal(customer, pausing(PRESETS)));
    await page.getByTestId('pause-subscription').click();
    await seen(page.getByRole('radio')).toHaveCount(2);
    await seen(page.getByLabel('1 month')).toBeChecked();
    await seen(page.getByTestId('credit')).toHaveText('$30.00 for unused time is taken off your next invoice.');
    expect((await shop.stripe.subscriptions.retrieve(subscription)).status, 'a look changes nothing').toBe('active');
    await page.getByLabel('6 weeks').check();
    await page.getByTestId('confirm').click();
    await seen(page.getByText('Your subscription is paused.', { exact: true })).toBeVisible();
    await seen(page.getByText('Your plan is paused until February 27, 2027.')).toBeVisible();
    await seen(page.getByTestId('pause-subscription')).toHaveCount(0);
    expect(await shop.stripe.subscriptions.retrieve(subscription)).toMatchObject({
      status: 'paused',
      status_details: { paused: { subscription: { type: 'pause_requested' } } },
    });
    await close();

    await days(50);
    expect((await shop.stripe.subscriptions.retrieve(subscription)).status).toBe('paused');
    await days(58);
    const resumed = await shop.stripe.subscriptions.retrieve(subscription, { expand: ['latest_invoice'] });
    expect(resumed).toMatchObject({ status: 'active', latest_invoice: { status: 'paid', amount_paid: 3000 } });
    expect(resumed.items.data[0]?.current_period_start).toBe(JANUARY_1 + 57.5 * DAY);
  });

  test('pauses without an end, and resumes at a click after saying what it costs', async () => {
    const { customer, subscription, days } = await payer();
    await days(15.5);
    const { page, close } = await openVisitor();
    const flow_data = { type: 'subscription_pause', subscription_pause: { subscription } } as const;
    await page.goto(await shop.portal(customer, pausing({ type: 'indefinite' }), { flow_data }));
    await seen(page.getByRole('heading', { level: 1 })).toHaveText('Pause your subscription');
    await seen(page.getByRole('radio')).toHaveCount(0);
    await page.getByTestId('confirm').click();
    await seen(page.getByText('Your plan is paused.', { exact: true })).toBeVisible();

    await page.getByTestId('resume-subscription').click();
    await seen(page.getByText('Amount due today')).toBeVisible();
    await seen(page.locator('dl').getByText('$30.00')).toBeVisible();
    await page.getByTestId('confirm').click();
    await seen(page.getByText('Your subscription is active again.')).toBeVisible();
    expect((await shop.stripe.subscriptions.retrieve(subscription)).status).toBe('active');
    await close();
  });

  test('stays paused when the payment fails, and says how to pay', async () => {
    const { customer, subscription } = await payer();
    const { page, close } = await openVisitor();
    const portal = await shop.portal(customer, pausing({ type: 'indefinite' }));
    await shop.stripe.subscriptions.pause(subscription, { bill_for: { unused_time_from: { type: 'none' } } });
    const { id: dead } = await shop.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
    await shop.stripe.subscriptions.update(subscription, { default_payment_method: dead });
    await page.goto(`${portal}/subscriptions/${subscription}/resume`);
    await page.getByTestId('confirm').click();
    await seen(page.getByText('Your last payment of $60.00 failed.')).toBeVisible();
    await seen(page.getByTestId('resume-subscription')).toHaveCount(0);
    await page.getByRole('link', { name: 'Pay now' }).click();
    await page.locator('#cardNumber').pressSequentially('4242424242424242');
    await page.locator('#cardExpiry').pressSequentially('1234');
    await page.locator('#cardCvc').pressSequentially('123');
    await page.getByTestId('hosted-payment-submit-button').click();
    await seen(page.getByTestId('invoice-status')).toHaveText(/^Paid on /);
    expect((await shop.stripe.subscriptions.retrieve(subscription)).status).toBe('active');
    await close();
  });

  test('refuses what the configuration or the subscription does not allow, to posts as well', async () => {
    const { customer, subscription } = await payer();
    const path = `subscriptions/${subscription}/pause`;
    const post = async (portal: string, form: Record<string, string> = {}) =>
      (await fetch(`${portal}/${path}`, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' })).status;
    expect(await post(await shop.portal(customer, { invoice_history: { enabled: true } }), { duration: '0' })).toBe(403);
    const portal = await shop.portal(customer, pausing(PRESETS));
    expect(await post(portal, { duration: '7' })).toBe(422);
    expect(await post(portal)).toBe(422);
    expect((await fetch(`${portal}/subscriptions/${subscription}/resume`, { method: 'POST' })).status).toBe(409);
    expect(await post(portal, { duration: '1' })).toBe(303);
    expect(await post(portal, { duration: '1' })).toBe(409);
    const flow_data = { type: 'subscription_pause', subscription_pause: { subscription } } as const;
    await expect(shop.portal(customer, pausing(), { flow_data })).rejects.toMatchObject({ param: 'flow_data[subscription_pause][subscription]' });
  });

  test.each([
    ['no durations', { type: 'interval_options' } as const, 'features[subscription_pause][duration][interval_options]'],
    ['more than three years', { type: 'interval_options', interval_options: [{ interval: 'month', interval_count: 37 }] } as const, 'features[subscription_pause][duration][interval_options][0][interval_count]'],
  ])('a configuration with %s is refused', async (_, duration, param) => {
    await expect(shop.portal(await shop.newCustomer(), pausing(duration as Duration))).rejects.toMatchObject({ type: 'StripeInvalidRequestError', param });
  });

  test('a configuration keeps durations as Stripe does', async () => {
    const { id, features } = await shop.stripe.billingPortal.configurations.create({ features: pausing(PRESETS) });
    expect(features.subscription_pause.duration.interval_options).toEqual([{ interval: 'month', interval_count: 1 }, { interval: 'week', interval_count: 6 }]);
    const updated = await shop.stripe.billingPortal.configurations.update(id, { features: pausing({ type: 'indefinite' }) });
    expect(updated.features.subscription_pause).toEqual({ duration: { interval_options: [], type: 'indefinite' }, enabled: true });
  });

  test('a cancellation with prorations says what it gives back, and gives it', async () => {
    const { customer, subscription, days } = await payer();
    await days(15.5);
    const { page, close } = await openVisitor();
    const subscription_cancel = { enabled: true, mode: 'immediately', proration_behavior: 'create_prorations' } as const;
    await page.goto(`${await shop.portal(customer, { subscription_cancel })}/subscriptions/${subscription}/cancel`);
    const preview = await shop.stripe.invoices.createPreview({ subscription, subscription_details: { cancel_now: true } });
    expect(preview.total).toBe(-3000);
    await seen(page.getByTestId('credit')).toHaveText('$30.00 for unused time is credited to your next invoice.');
    await page.getByTestId('confirm').click();
    await seen(page.getByText('Your subscription has been canceled.')).toBeVisible();
    const { data } = await shop.stripe.invoiceItems.list({ customer, pending: true });
    expect(data.map(({ amount, proration }) => [amount, proration])).toEqual([[-3000, true]]);
    await close();
  });

  test('a cancellation without prorations promises no credit, and gives none', async () => {
    const { customer, subscription } = await payer();
    const portal = await shop.portal(customer, { subscription_cancel: { enabled: true, mode: 'immediately' } });
    const url = `${portal}/subscriptions/${subscription}/cancel`;
    expect(await (await fetch(url)).text()).not.toContain('data-testid="credit"');
    await fetch(url, { method: 'POST', redirect: 'manual' });
    expect((await shop.stripe.subscriptions.retrieve(subscription)).status).toBe('canceled');
    expect((await shop.stripe.invoiceItems.list({ customer })).data).toEqual([]);
  });

  test('a paused subscription ends at once, whatever the configuration says', async () => {
    const { customer, subscription } = await payer();
    await shop.stripe.subscriptions.pause(subscription);
    const url = `${await shop.portal(customer, { subscription_cancel: { enabled: true, mode: 'at_period_end' } })}/subscriptions/${subscription}/cancel`;
    expect(await (await fetch(url)).text()).toContain('ends at once');
    expect((await fetch(url, { method: 'POST', redirect: 'manual' })).status).toBe(303);
    expect((await shop.stripe.subscriptions.retrieve(subscription)).status).toBe('canceled');
  });
});
