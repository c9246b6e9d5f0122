/** The Customer Portal as its customer meets it, in a real browser: the configuration decides what there is. */
import { expect as seen } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CARDS, closeBrowser, fillPortalCard, hasBrowser, openShop, openVisitor, portalCard, type Shop } from './open-shop.ts';

const CANCEL_NOW = { subscription_cancel: { enabled: true, mode: 'immediately' } } as const;
const ALL = { ...CANCEL_NOW, invoice_history: { enabled: true }, payment_method_update: { enabled: true } } as const;

describe.skipIf(!hasBrowser)('the Customer Portal', () => {
  let shop: Shop;
  beforeAll(async () => void (shop = await openShop()));
  afterAll(async () => {
    await closeBrowser();
    await shop.close();
  });

  test('ends a subscription at once, and leads back to the shop', async () => {
    const { customer, subscription } = await shop.subscriber();
    const { page, close } = await openVisitor();
    await page.goto(await shop.portal(customer, ALL));
    await seen(page.getByRole('heading', { level: 2 })).toHaveText(['Current subscription', 'Payment method', 'Invoice history']);
    await seen(page.getByText(/^Your plan renews on /)).toBeVisible();

    await page.locator('[data-test="cancel-subscription"]').click();
    await seen(page).toHaveURL(new RegExp(`/subscriptions/${subscription}/cancel$`));
    await page.getByTestId('confirm').click();
    await seen(page.getByText('Your subscription has been canceled.')).toBeVisible();
    await seen(page.locator('[data-test="cancel-subscription"]')).toHaveCount(0);
    expect(await shop.stripe.subscriptions.retrieve(subscription)).toMatchObject({ status: 'canceled' });

    await page.getByTestId('return-to-business-link').click();
    await seen(page).toHaveURL(`${shop.home}/dashboard`);
    await close();
  });

  test('schedules the end, and takes it back', async () => {
    const { customer, subscription } = await shop.subscriber();
    const { page, close } = await openVisitor();
    await page.goto(await shop.portal(customer, { subscription_cancel: { enabled: true, mode: 'at_period_end' } }));
    await page.locator('[data-test="cancel-subscription"]').click();
    await seen(page.getByText(/stays available until \w+ \d+, \d{4}/)).toBeVisible();
    await page.getByTestId('confirm').click();
    await seen(page.getByText(/^Your plan will be canceled on /)).toBeVisible();
    expect((await shop.stripe.subscriptions.retrieve(subscription)).cancel_at).toBeTypeOf('number');

    await page.getByRole('button', { name: 'Keep subscription' }).click();
    await seen(page.getByText(/^Your plan renews on /)).toBeVisible();
    expect(await shop.stripe.subscriptions.retrieve(subscription)).toMatchObject({ status: 'trialing', cancel_at: null });
    await close();
  });

  test('asks why, when the configuration says so', async () => {
    const { customer, subscription } = await shop.subscriber();
    const cancellation_reason = { enabled: true, options: ['too_expensive', 'unused', 'other'] as ('too_expensive' | 'unused' | 'other')[] };
    const { page, close } = await openVisitor();
    await page.goto(await shop.portal(customer, { subscription_cancel: { enabled: true, mode: 'immediately', cancellation_reason } }));
    await page.locator('[data-test="cancel-subscription"]').click();
    await page.getByTestId('confirm').click();
    await page.getByTestId('cancellation_reason_submit').click();
    await seen(page.getByRole('alert')).toBeVisible();
    await page.locator('[data-test="cancel-reason-opt-unused"]').check();
    await page.getByTestId('cancellation_reason_submit').click();

    await seen(page.getByText('Your subscription has been canceled.')).toBeVisible();
    const { status, cancellation_details } = await shop.stripe.subscriptions.retrieve(subscription);
    expect([status, cancellation_details]).toMatchObject(['canceled', { feedback: 'unused', reason: 'cancellation_requested' }]);
    await close();
  });

  test('takes a new card for what is subscribed, and refuses a declined one', async () => {
    const { customer, subscription } = await shop.subscriber('pm_card_chargeCustomerFail');
    const { page, close } = await openVisitor();
    await page.goto(await shop.portal(customer, ALL));
    await seen(page.getByText('Visa •••• 0341')).toBeVisible();
    await page.getByTestId('add-payment-method').click();
    await fillPortalCard(page, CARDS.refused);
    await page.getByTestId('confirm').click();
    await seen(portalCard(page).getByRole('alert')).toHaveText('Your card was declined.');
    await seen(portalCard(page).locator('#number')).toBeFocused();

    await portalCard(page).locator('#number').fill(CARDS.good);
    await page.getByTestId('confirm').click();
    await seen(page.getByText('Your payment method has been updated.')).toBeVisible();
    await seen(page.locator('.Rows-item', { hasText: 'Visa •••• 4242' })).toContainText('Default');
    const { default_payment_method } = await shop.stripe.subscriptions.retrieve(subscription, { expand: ['default_payment_method'] });
    expect(default_payment_method).toMatchObject({ card: { last4: '4242' } });
    await close();
  });

  test('lets a saved card pay again', async () => {
    const { customer, subscription } = await shop.subscriber();
    const other = await shop.stripe.paymentMethods.attach('pm_card_mastercard', { customer });
    const { page, close } = await openVisitor();
    await page.goto(await shop.portal(customer, ALL));
    await page.getByTestId('add-payment-method').click();
    await page.getByLabel('Mastercard •••• 4444').check();
    await seen(portalCard(page).locator('#number')).toBeHidden();
    await page.getByTestId('confirm').click();
    await seen(page.locator('.Rows-item', { hasText: 'Mastercard' })).toContainText('Default');
    expect((await shop.stripe.subscriptions.retrieve(subscription)).default_payment_method).toBe(other.id);
    await close();
  });

  test('says what is owed after a failed payment, and takes the money', async () => {
    const { customer, subscription } = await shop.subscriber('pm_card_chargeCustomerFail');
    await shop.stripe.subscriptions.update(subscription, { trial_end: 'now' });
    const { page, close } = await openVisitor();
    await page.goto(await shop.portal(customer, ALL));
    await seen(page.getByText('Past due')).toBeVisible();
    await page.getByRole('link', { name: 'Pay now' }).click();
    await seen(page).toHaveURL(/\/i\/in_/);

    await page.getByLabel('Visa •••• 0341').check();
    await page.getByTestId('hosted-payment-submit-button').click();
    await seen(page.getByRole('alert')).toHaveText('Your card was declined.');

    await page.getByLabel('New card').check();
    await page.locator('#cardNumber').pressSequentially(CARDS.good);
    await page.locator('#cardExpiry').pressSequentially('1234');
    await page.locator('#cardCvc').pressSequentially('123');
    await page.getByTestId('hosted-payment-submit-button').click();
    await seen(page.getByTestId('invoice-status')).toHaveText(/^Paid on /);
    expect((await shop.stripe.subscriptions.retrieve(subscription)).status).toBe('active');
    await close();
  });

  test('corrects what the customer may correct, and nothing else', async () => {
    const { customer } = await shop.subscriber();
    const { page, close } = await openVisitor();
    await page.goto(await shop.portal(customer, { customer_update: { enabled: true, allowed_updates: ['name', 'address'] } }));
    await page.getByRole('link', { name: 'Update information' }).click();
    await seen(page.locator('#email')).toHaveCount(0);
    await page.getByLabel('Name').fill('<b>Grace</b> Hopper');
    await page.getByLabel('Address').fill('1 Navy Way');
    await page.getByTestId('confirm').click();
    await seen(page.getByText('<b>Grace</b> Hopper')).toBeVisible();
    expect(await shop.stripe.customers.retrieve(customer)).toMatchObject({
      name: '<b>Grace</b> Hopper',
      email: 'ada@example.com',
      address: { line1: '1 Navy Way', country: 'US' },
    });
    await close();
  });

  test('offers nothing that the configuration disables, to posts either', async () => {
    const { customer, subscription } = await shop.subscriber();
    const url = await shop.portal(customer, { invoice_history: { enabled: true } });
    const { page, close } = await openVisitor();
    await page.goto(url);
    await seen(page.getByRole('heading', { level: 2 })).toHaveText(['Current subscription', 'Invoice history']);
    await seen(page.locator('[data-test="cancel-subscription"]')).toHaveCount(0);

    const paths = [`subscriptions/${subscription}/cancel`, `subscriptions/${subscription}/keep`, 'payment-methods', 'customer'];
    for (const path of paths) {
      const answer = await fetch(`${url}/${path}`, { method: 'POST', body: new URLSearchParams({ name: 'Mallory' }) });
      expect([path, answer.status]).toEqual([path, 403]);
    }
    expect((await shop.stripe.subscriptions.retrieve(subscription)).status).toBe('trialing');
    await close();
  });

  test("never touches another customer's subscription", async () => {
    const mine = await shop.subscriber();
    const theirs = await shop.subscriber();
    const url = await shop.portal(mine.customer, ALL);
    const answer = await fetch(`${url}/subscriptions/${theirs.subscription}/cancel`, { method: 'POST' });
    expect(answer.status).toBe(404);
    expect((await shop.stripe.subscriptions.retrieve(theirs.subscription)).status).toBe('trialing');
  });

  test('a deep link goes straight to its task and then where it says', async () => {
    const { customer, subscription } = await shop.subscriber();
    const after_completion = { type: 'redirect', redirect: { return_url: `${shop.home}/goodbye` } } as const;
    const flow_data = { type: 'subscription_cancel', subscription_cancel: { subscription }, after_completion } as const;
    const { page, close } = await openVisitor();
    await page.goto(await shop.portal(customer, ALL, { flow_data }));
    await seen(page.getByRole('heading', { level: 1 })).toHaveText('Cancel your subscription');
    await page.getByTestId('confirm').click();
    await seen(page).toHaveURL(`${shop.home}/goodbye`);
    await close();
  });

  test('a deep link can end with a confirmation', async () => {
    const { customer } = await shop.subscriber();
    const after_completion = { type: 'hosted_confirmation', hosted_confirmation: { custom_message: 'See you on /dev/chat.' } } as const;
    const { page, close } = await openVisitor();
    await page.goto(await shop.portal(customer, ALL, { flow_data: { type: 'payment_method_update', after_completion } }));
    await fillPortalCard(page, CARDS.good);
    await page.getByTestId('confirm').click();
    await seen(page.getByText('See you on /dev/chat.')).toBeVisible();
    await close();
  });

  test('a link that is unknown gets a page that says so', async () => {
    const answer = await fetch(`${shop.url}/p/session/test_nobody`);
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('This link does not work')]);
  });
});
