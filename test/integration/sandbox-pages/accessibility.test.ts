/** No hosted page has an accessibility violation, and none is wider than a phone. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect as seen, type Page } from '@playwright/test';
import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CARDS, closeBrowser, fillCheckout, hasBrowser, openShop, openVisitor, type Shop } from './open-shop.ts';

describe.skipIf(!hasBrowser)('accessibility', () => {
  let shop: Shop;
  let links: Links & Running;
  beforeAll(async () => {
    shop = await openShop();
    links = { ...(await pastDue(shop)), ...(await running(shop)) };
  });
  afterAll(async () => {
    await closeBrowser();
    await shop.close();
  });

  const PAGES: Record<string, () => string | Promise<string>> = {
    'the Checkout page': async () => (await shop.checkout()).url ?? '',
    'Checkout with every question': async () => (await shop.checkout(undefined, ASKS_EVERYTHING)).url ?? '',
    'Checkout for one payment': async () => (await shop.checkout(undefined, await onePayment(shop))).url ?? '',
    'Checkout that saves a card': async () => (await shop.checkout(undefined, { mode: 'setup', currency: 'usd', line_items: '' as never, subscription_data: '' as never })).url ?? '',
    'an expired Checkout page': async () => expiredCheckout(shop),
    'a page that is not there': () => `${shop.url}/c/pay/cs_test_nobody`,
    'the portal': () => links.portal,
    'the cancellation page': () => links.cancellation,
    'the page of the cards': () => `${links.portal}/payment-methods`,
    'the page of the billing information': () => `${links.portal}/customer`,
    'the page of a pause': () => `${links.running}/pause`,
    'the page of a resumption': () => `${links.paused}/resume`,
    'a cancellation with a credit': () => `${links.running}/cancel`,
    'the plans': () => `${links.task}/update`,
    'the confirmation of a plan': () => `${links.task}/update/confirm?quantity=2`,
    'a plan that is refused': () => `${links.task}/update/confirm?quantity=90`,
    'a portal without anything': async () => shop.portal(await shop.newCustomer(), { invoice_history: { enabled: true }, payment_method_update: { enabled: true } }),
    'a page of the portal that is switched off': async () => `${await shop.portal(await shop.newCustomer(), { invoice_history: { enabled: true } })}/customer`,
    'the login page': () => links.login,
    'an open invoice': () => links.invoice,
    'a receipt': () => links.receipt,
  };

  test.each(Object.keys(PAGES))('%s is accessible, and fits a phone', async (name) => {
    const { page, close } = await openVisitor();
    await page.goto((await PAGES[name]?.()) ?? '');
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await page.setViewportSize({ width: 320, height: 900 });
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await close();
  });

  test("the bank's question is accessible, and so is what follows a no", async () => {
    const { page, close } = await openVisitor();
    await page.goto((await shop.checkout(await shop.newCustomer(), { subscription_data: {} })).url ?? '');
    await fillCheckout(page, '4000002500003155');
    await page.getByTestId('hosted-payment-submit-button').click();
    await page.locator('#test-source-fail-3ds').waitFor();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await page.locator('#test-source-fail-3ds').click();
    await page.getByRole('alert').waitFor();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await close();
  });

  test('a cancellation works by keyboard alone, and the focus can be seen', async () => {
    const { page, close } = await openVisitor();
    const { portal } = await pastDue(shop);
    await page.goto(portal);
    await tabTo(page, 'Cancel subscription');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/cancel$/);
    await tabTo(page, 'Cancel subscription');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/reason$/);
    await tabTo(page, 'Submit');
    await page.keyboard.press('Enter');
    await seen(page.getByRole('alert'), 'what is wrong is read out').toBeFocused();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await tabTo(page, 'Submit');
    await page.keyboard.press('Enter');
    await seen(page.getByText('Your subscription has been canceled.')).toBeVisible();
    await close();
  });

  test('the errors of a form are accessible', async () => {
    const { page, close } = await openVisitor();
    await page.goto((await shop.checkout()).url ?? '');
    await fillCheckout(page, CARDS.refused);
    await page.locator('#billingName').fill('');
    await page.getByTestId('hosted-payment-submit-button').click();
    await page.getByRole('alert').first().waitFor();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await close();
  });

  test('the question why is accessible', async () => {
    const { page, close } = await openVisitor();
    await page.goto((await pastDue(shop)).cancellation);
    await page.getByTestId('confirm').click();
    await page.getByTestId('cancellation_reason_cancel').waitFor();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await close();
  });
});

const ASKS_EVERYTHING = {
  allow_promotion_codes: true,
  billing_address_collection: 'required',
  consent_collection: { terms_of_service: 'required' },
  subscription_data: {},
} as const;

async function onePayment({ stripe, price }: Shop): Promise<Partial<Stripe.Checkout.SessionCreateParams>> {
  const { product } = await stripe.prices.retrieve(price);
  const once = await stripe.prices.create({ product: product as string, currency: 'usd', unit_amount: 900 });
  // Sent empty, which means unset.
  return { mode: 'payment', line_items: [{ price: once.id, quantity: 1 }], subscription_data: '' as never };
}

async function expiredCheckout(shop: Shop): Promise<string> {
  const { id, url } = await shop.checkout();
  await shop.stripe.checkout.sessions.expire(id);
  return url ?? '';
}

/** Presses Tab until an element of this text has the focus, which must show. */
async function tabTo(page: Page, text: string): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    const focused = page.locator(':focus');
    if ((await focused.textContent())?.trim() !== text) continue;
    await seen(focused).toHaveCSS('outline-style', 'solid');
    return;
  }
  throw new Error(`Tab does not lead to ${text}`);
}

interface Running {
  /** Where the tasks about a paid subscription begin, and those about a paused one. */
  running: string;
  paused: string;
}

async function running(shop: Shop): Promise<Running> {
  const addresses = [false, true].map(async (isPaused) => {
    const { customer, subscription } = await shop.subscriber();
    await shop.stripe.subscriptions.update(subscription, { trial_end: 'now' });
    if (isPaused) await shop.stripe.subscriptions.pause(subscription);
    const portal = await shop.portal(customer, {
      subscription_cancel: { enabled: true, mode: 'immediately', proration_behavior: 'create_prorations' },
      subscription_pause: { enabled: true },
    });
    return `${portal}/subscriptions/${subscription}`;
  });
  const [first = '', second = ''] = await Promise.all(addresses);
  return { running: first, paused: second };
}

interface Links {
  portal: string;
  /** Where the tasks about the subscription begin. */
  task: string;
  login: string;
  receipt: string;
  cancellation: string;
  invoice: string;
}

/** A customer whose card failed, with every feature of the portal. */
async function pastDue(shop: Shop): Promise<Links> {
  const { customer, subscription } = await shop.subscriber('pm_card_chargeCustomerFail');
  const updated = await shop.stripe.subscriptions.update(subscription, { trial_end: 'now', expand: ['latest_invoice'] });
  const invoice = updated.latest_invoice;
  const { product } = await shop.stripe.prices.retrieve(shop.price);
  const cancellation_reason = { enabled: true, options: ['too_expensive' as const, 'other' as const] };
  const portal = await shop.portal(customer, {
    customer_update: { enabled: true, allowed_updates: ['name', 'email', 'phone', 'address'] },
    invoice_history: { enabled: true },
    payment_method_update: { enabled: true },
    subscription_cancel: { enabled: true, mode: 'immediately', cancellation_reason },
    subscription_update: { enabled: true, default_allowed_updates: ['quantity'], proration_behavior: 'none', products: [{ product: product as string, prices: [shop.price] }] },
  });
  const { login_page } = await shop.stripe.billingPortal.configurations.create({ features: { invoice_history: { enabled: true } }, login_page: { enabled: true } });
  const [paid] = (await shop.stripe.invoices.list({ customer, status: 'paid' })).data;
  const task = `${portal}/subscriptions/${subscription}`;
  const url = typeof invoice === 'object' && invoice !== null ? invoice.hosted_invoice_url : null;
  return { portal, task, login: login_page.url ?? '', receipt: `${paid?.hosted_invoice_url}/receipt`, cancellation: `${task}/cancel`, invoice: url ?? '' };
}
