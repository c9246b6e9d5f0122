/** Every test card on the Checkout page: the words of the refusal, beside the field that they are about. */
import { expect as seen } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeBrowser, fillCheckout, hasBrowser, openShop, openVisitor, type Shop } from './open-shop.ts';

const DECLINED = 'Your card was declined.';
const NOT_AUTHENTICATED = 'We are unable to authenticate your payment method. Please choose a different payment method and try again.';

describe('test cards', () => {
  let shop: Shop;
  beforeAll(async () => void (shop = await openShop()));
  afterAll(async () => {
    await closeBrowser();
    await shop.close();
  });

  /** Posts the page's form as a browser does; the fields that its answer calls wrong, with their words. */
  async function buy(number: string, entered: Record<string, string> = {}, trial = true) {
    const session = await shop.checkout(await shop.newCustomer(), trial ? {} : { subscription_data: {} });
    const form = { cardNumber: number, cardExpiry: '12 / 34', cardCvc: '123', billingName: 'Ada', billingCountry: 'US', billingPostalCode: '94107' };
    const url = (session.url ?? '').split('#')[0] ?? '';
    const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ ...form, ...entered }), redirect: 'manual' });
    const errors = (await answer.text()).matchAll(/id="(\w+)-error" role="alert">([^<]*)</g);
    const { status } = await shop.stripe.checkout.sessions.retrieve(session.id);
    return { answer: answer.status, session: status, wrong: [...errors].map(([, field, words]) => [field, words?.replaceAll('&#39;', "'")]) };
  }

  test.each([
    ['4000000000000002', 'cardNumber', DECLINED],
    ['4000000000009995', 'cardNumber', 'Your card has insufficient funds.'],
    ['4000000000009987', 'cardNumber', DECLINED],
    ['4000000000009979', 'cardNumber', DECLINED],
    ['4000000000000069', 'cardExpiry', 'Your card has expired.'],
    ['4000000000000127', 'cardCvc', "Your card's security code is incorrect."],
    ['4000000000000119', 'cardNumber', 'An error occurred while processing your card. Try again in a little bit.'],
    ['4000000000006975', 'cardNumber', 'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.'],
  ])('%s is refused beside %s: %s', async (number, field, words) => {
    expect(await buy(number)).toEqual({ answer: 402, session: 'open', wrong: [[field, words]] });
  });

  test.each(['4000000000000341', '4100000000000019'])('%s is refused where it is charged at once', async (number) => {
    expect(await buy(number, {}, false)).toEqual({ answer: 402, session: 'open', wrong: [['cardNumber', DECLINED]] });
  });

  test('4100000000000019 is blocked by Radar', async () => {
    const customer = await shop.newCustomer();
    const session = await shop.checkout(customer, { subscription_data: {} });
    const form = { cardNumber: '4100000000000019', cardExpiry: '12 / 34', cardCvc: '123', billingName: 'Ada', billingCountry: 'US', billingPostalCode: '94107' };
    await fetch((session.url ?? '').split('#')[0] ?? '', { method: 'POST', body: new URLSearchParams(form) });
    const { data } = await shop.stripe.charges.list({ customer });
    expect(data).toMatchObject([{ failure_code: 'card_declined', outcome: { type: 'blocked', network_status: 'not_sent_to_network', risk_level: 'highest' } }]);
  });

  test.each(['4242424242424242', '4000000000000341', '4100000000000019', '5555555555554444', '378282246310005'])('%s starts a trial', async (number) => {
    expect(await buy(number)).toEqual({ answer: 200, session: 'complete', wrong: [] });
  });

  test.each([
    [{ cardNumber: '4242424242424241' }, ['cardNumber', 'Your card number is invalid.']],
    [{ cardNumber: '4242' }, ['cardNumber', 'Your card number is incomplete.']],
    [{ cardExpiry: '13 / 34' }, ['cardExpiry', "Your card's expiration date is invalid."]],
    [{ cardExpiry: '01 / 20' }, ['cardExpiry', "Your card's expiration date is in the past."]],
    [{ cardCvc: '12' }, ['cardCvc', "Your card's security code is incomplete."]],
    [{ billingPostalCode: '' }, ['billingPostalCode', 'Required']],
  ])('%o is not sent to the bank', async (entered, wrong) => {
    expect(await buy('4242424242424242', entered)).toEqual({ answer: 422, session: 'open', wrong: [wrong] });
  });

  describe.skipIf(!hasBrowser)('that ask their holder', () => {
    test.each(['4000002500003155', '4000000000003220'])('%s: the bank asks, and a no leaves the session open', async (number) => {
      const { page, close } = await openVisitor();
      const session = await shop.checkout(await shop.newCustomer(), { subscription_data: {} });
      await page.goto(session.url ?? '');
      await fillCheckout(page, number);
      await page.getByTestId('hosted-payment-submit-button').click();
      await page.locator('#test-source-fail-3ds').click();
      await seen(page.getByRole('alert')).toHaveText(NOT_AUTHENTICATED);
      await seen(page.locator('#cardNumber')).toBeFocused();

      await fillCheckout(page, number);
      await page.getByTestId('hosted-payment-submit-button').click();
      await page.locator('#test-source-authorize-3ds').click();
      await seen(page).toHaveURL(/\/dashboard\?session_id=cs_/);
      const { subscription } = await shop.stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription'] });
      expect(subscription).toMatchObject({ status: 'active' });
      await close();
    });

    test('4000008400001629 is declined after its holder has confirmed', async () => {
      const { page, close } = await openVisitor();
      await page.goto((await shop.checkout(undefined, { subscription_data: {} })).url ?? '');
      await page.locator('#email').fill('grace@example.com');
      await fillCheckout(page, '4000008400001629');
      await page.getByTestId('hosted-payment-submit-button').click();
      const question = page.url();
      await page.locator('#test-source-authorize-3ds').click();
      await seen(page.getByRole('alert')).toHaveText(DECLINED);
      expect((await page.goto(question))?.status()).toBe(409);
      await close();
    });
  });
});
