/** One Checkout Session under impatient hands: two tabs, a double click, a pasted card, a keyboard alone. */
import { expect as seen, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CARDS, closeBrowser, fillCheckout, hasBrowser, openShop, openVisitor, type Shop } from './open-shop.ts';

const PAID = { subscription_data: {} } as const;

describe.skipIf(!hasBrowser)('one Checkout Session', () => {
  let shop: Shop;
  beforeAll(async () => void (shop = await openShop()));
  afterAll(async () => {
    await closeBrowser();
    await shop.close();
  });

  const boughtBy = async (customer: string) => ({
    subscriptions: (await shop.stripe.subscriptions.list({ customer, status: 'all' })).data.length,
    charges: (await shop.stripe.charges.list({ customer })).data.map(({ amount }) => amount),
    cards: (await shop.stripe.paymentMethods.list({ customer })).data.length,
  });
  const ONE_SALE = { subscriptions: 1, charges: [6000], cards: 1 };

  test('in two tabs sells once, and both end at the shop', async () => {
    const customer = await shop.newCustomer();
    const { id, url } = await shop.checkout(customer, PAID);
    const { page, close } = await openVisitor();
    const other = await page.context().newPage();
    for (const tab of [page, other]) {
      await tab.goto(url ?? '');
      await fillCheckout(tab, CARDS.good);
    }
    await Promise.all([page, other].map((tab) => tab.getByTestId('hosted-payment-submit-button').click()));
    for (const tab of [page, other]) await seen(tab).toHaveURL(`${shop.home}/dashboard?session_id=${id}`);
    expect(await boughtBy(customer)).toEqual(ONE_SALE);
    await close();
  });

  test.each([true, false])('under a double click sells once (with scripts: %s)', async (javaScriptEnabled) => {
    const customer = await shop.newCustomer();
    const { page, close } = await openVisitor({ javaScriptEnabled });
    await page.goto((await shop.checkout(customer, PAID)).url ?? '');
    await fillCheckout(page, CARDS.good);
    await page.getByTestId('hosted-payment-submit-button').dblclick();
    await seen(page).toHaveURL(/\/dashboard\?session_id=cs_/);
    expect(await boughtBy(customer)).toEqual(ONE_SALE);
    await close();
  });

  test('goes on at the bank, where a second tab has begun, and sells once', async () => {
    const customer = await shop.newCustomer();
    const { url } = await shop.checkout(customer, PAID);
    const { page, close } = await openVisitor();
    const other = await page.context().newPage();
    for (const tab of [page, other]) {
      await tab.goto(url ?? '');
      await fillCheckout(tab, '4000000000003220');
      await tab.getByTestId('hosted-payment-submit-button').click();
      await tab.locator('#test-source-authorize-3ds').waitFor();
    }
    await page.locator('#test-source-authorize-3ds').click();
    await seen(page).toHaveURL(/\/dashboard/);
    await other.locator('#test-source-authorize-3ds').click();
    await seen(other.getByRole('heading')).toHaveText('Answered already');
    expect(await boughtBy(customer)).toEqual(ONE_SALE);
    await close();
  });

  test.each(['4242 4242 4242 4242', ' 4242-4242-4242-4242\n'])('takes a pasted %o', async (pasted) => {
    const { page, close } = await openVisitor();
    await page.goto((await shop.checkout(await shop.newCustomer())).url ?? '');
    await fillCheckout(page, '');
    await paste(page, pasted);
    await seen(page.locator('#cardNumber')).toHaveValue('4242 4242 4242 4242');
    await page.getByTestId('hosted-payment-submit-button').click();
    await seen(page).toHaveURL(/\/dashboard\?session_id=cs_/);
    await close();
  });

  test('is bought by keyboard alone from the first Tab on', async () => {
    const { page, close } = await openVisitor();
    await page.goto((await shop.checkout()).url ?? '');
    const typed: Record<string, string> = { email: 'ada@example.com', cardNumber: CARDS.good, cardExpiry: '1234', cardCvc: '123', billingName: 'Ada Lovelace', billingCountry: 'Germany' };
    const visited: string[] = [];
    for (let presses = 0; presses < 30 && visited.at(-1) !== 'submit'; presses += 1) {
      await page.keyboard.press('Tab');
      const focused = page.locator(':focus');
      const name = (await focused.getAttribute('id')) ?? (await focused.getAttribute('data-testid')) ?? (await focused.getAttribute('type')) ?? 'other';
      visited.push(name === 'hosted-payment-submit-button' ? 'submit' : name);
      if (typed[name] !== undefined) await page.keyboard.type(typed[name]);
    }
    expect(visited).toEqual([
      'business-link',
      'email',
      'payment-method-accordion-item-title-card',
      'cardNumber',
      'cardExpiry',
      'cardCvc',
      'billingName',
      'billingCountry',
      'billingPostalCode',
      'other',
      'submit',
    ]);
    await seen(page.locator('#billingCountry')).toHaveValue('DE');
    await page.keyboard.press('Enter');
    await seen(page).toHaveURL(/\/dashboard\?session_id=cs_/);
    await close();
  });
});

/** Pastes into the card's number, as from another program. */
async function paste(page: Page, text: string): Promise<void> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
  await page.locator('#cardNumber').focus();
  await page.keyboard.press('ControlOrMeta+V');
}
