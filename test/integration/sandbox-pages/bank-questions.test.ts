/** The bank's question to a card's holder, from the portal and from an invoice; and the set-up that a new card is kept by. */
import { expect as seen, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CARDS, closeBrowser, fillPortalCard, hasBrowser, openShop, openVisitor, portalCard, type Shop } from './open-shop.ts';

const ASKS = '4000002500003155';
const NOT_AUTHENTICATED = 'We are unable to authenticate your payment method. Please choose a different payment method and try again.';
const CARD_FEATURE = { payment_method_update: { enabled: true } } as const;

describe.skipIf(!hasBrowser)("the bank's question", () => {
  let shop: Shop;
  beforeAll(async () => void (shop = await openShop()));
  afterAll(async () => {
    await closeBrowser();
    await shop.close();
  });

  const cardOf = async (subscription: string) => {
    const { default_payment_method: card } = await shop.stripe.subscriptions.retrieve(subscription, { expand: ['default_payment_method'] });
    return typeof card === 'object' ? card?.card?.last4 : card;
  };
  const setupsOf = async (customer: string) => (await shop.stripe.setupIntents.list({ customer })).data.map(({ status }) => status);
  const eventsOf = async (customer: string) => {
    const { data } = await shop.stripe.events.list({ types: ['setup_intent.created', 'setup_intent.requires_action', 'setup_intent.setup_failed', 'setup_intent.succeeded', 'payment_method.attached', 'customer.updated'], limit: 100 });
    return data.filter(({ data: { object } }) => [(object as { customer?: string }).customer, (object as { id?: string }).id].includes(customer)).map(({ type }) => type).reverse();
  };

  async function answer(page: Page, id: 'authorize' | 'fail'): Promise<void> {
    await page.locator(`#test-source-${id}-3ds`).click();
  }

  test('the page of the cards opens a set-up, and the card is kept by it', async () => {
    const customer = await shop.newCustomer();
    const { page, close } = await openVisitor();
    await page.goto(`${await shop.portal(customer, CARD_FEATURE)}/payment-methods`);
    expect(await eventsOf(customer)).toEqual(['setup_intent.created']);
    expect(await setupsOf(customer)).toEqual(['requires_payment_method']);
    await fillPortalCard(page, CARDS.refused);
    await page.getByTestId('confirm').click();
    await seen(portalCard(page).getByRole('alert')).toHaveText('Your card was declined.');
    await portalCard(page).locator('#number').fill(CARDS.good);
    await page.getByTestId('confirm').click();
    await seen(page.getByText('Your payment method has been updated.')).toBeVisible();
    expect(await setupsOf(customer)).toEqual(['succeeded']);
    expect(await eventsOf(customer)).toEqual([
      'setup_intent.created',
      'setup_intent.setup_failed',
      'payment_method.attached',
      'setup_intent.succeeded',
      'customer.updated',
    ]);
    await close();
  });

  test('from the portal: a no keeps the old card, a yes makes the new one pay', async () => {
    const { customer, subscription } = await shop.subscriber();
    const { page, close } = await openVisitor();
    await page.goto(await shop.portal(customer, CARD_FEATURE));
    await page.getByTestId('add-payment-method').click();
    await fillPortalCard(page, ASKS);
    await page.getByTestId('confirm').click();
    await seen(page.getByText('wants to save this card')).toBeVisible();
    await answer(page, 'fail');
    await seen(portalCard(page).getByRole('alert')).toHaveText(NOT_AUTHENTICATED);
    expect(await cardOf(subscription)).toBe('4242');

    await fillPortalCard(page, ASKS);
    await page.getByTestId('confirm').click();
    const question = page.url();
    await answer(page, 'authorize');
    await seen(page.getByText('Your payment method has been updated.')).toBeVisible();
    await seen(page.locator('.Rows-item', { hasText: '3155' })).toContainText('Default');
    expect(await cardOf(subscription)).toBe('3155');
    expect((await page.goto(question))?.status()).toBe(409);
    await close();
  });

  test('from a deep link: goes on where the shop wants its customer', async () => {
    const { customer, subscription } = await shop.subscriber();
    const after_completion = { type: 'redirect', redirect: { return_url: `${shop.home}/thanks` } } as const;
    const { page, close } = await openVisitor();
    await page.goto(await shop.portal(customer, CARD_FEATURE, { flow_data: { type: 'payment_method_update', after_completion } }));
    await fillPortalCard(page, ASKS);
    await page.getByTestId('confirm').click();
    await answer(page, 'authorize');
    await seen(page).toHaveURL(`${shop.home}/thanks`);
    expect(await cardOf(subscription)).toBe('3155');
    await close();
  });

  test('no event tells the link of the portal', async () => {
    const { customer } = await shop.subscriber();
    const portal = await shop.portal(customer, CARD_FEATURE);
    const form = new URLSearchParams({ number: ASKS, expiry: '12 / 34', cvc: '123' });
    const { headers } = await fetch(`${portal}/payment-methods`, { method: 'POST', body: form, redirect: 'manual' });
    expect(headers.get('location')).toMatch(/^\/authenticate\/seti_/);
    const { data } = await shop.stripe.events.list({ types: ['setup_intent.created', 'setup_intent.requires_action'], limit: 10 });
    expect(JSON.stringify(data)).not.toContain(new URL(portal).pathname);
  });

  test('from an invoice: a no says so there, a yes pays it', async () => {
    const { customer, subscription } = await shop.subscriber('pm_card_chargeCustomerFail');
    await shop.stripe.subscriptions.update(subscription, { trial_end: 'now' });
    const [invoice] = (await shop.stripe.invoices.list({ customer, status: 'open' })).data;
    const { page, close } = await openVisitor();
    await page.goto(invoice?.hosted_invoice_url ?? '');
    const pay = async () => {
      await page.locator('#cardNumber').pressSequentially(ASKS);
      await page.locator('#cardExpiry').pressSequentially('1234');
      await page.locator('#cardCvc').pressSequentially('123');
      await page.getByTestId('hosted-payment-submit-button').click();
    };
    await pay();
    await seen(page.getByText('wants to charge $60.00')).toBeVisible();
    await answer(page, 'fail');
    await seen(page.getByRole('alert')).toHaveText(NOT_AUTHENTICATED);
    await seen(page.getByTestId('invoice-status')).toHaveText('Due');
    await pay();
    await answer(page, 'authorize');
    await seen(page.getByTestId('invoice-status')).toHaveText(/^Paid on /);
    expect((await shop.stripe.subscriptions.retrieve(subscription)).status).toBe('active');
    await close();
  });
});
