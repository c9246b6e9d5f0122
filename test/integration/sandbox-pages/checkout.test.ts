/** Checkout as its customer meets it, in a real browser. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect as seen } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CARDS, closeBrowser, fillCheckout, hasBrowser, openShop, openVisitor, type Shop } from './open-shop.ts';

describe.skipIf(!hasBrowser)('Checkout', () => {
  let shop: Shop;
  beforeAll(async () => void (shop = await openShop()));
  afterAll(async () => {
    await closeBrowser();
    await shop.close();
  });

  test('says what is offered and what it will cost', async () => {
    const { page, close } = await openVisitor();
    await page.goto((await shop.checkout()).url ?? '');

    await seen(page.getByText('3 days free').first()).toBeVisible();
    await seen(page.getByText('Then $60.00 per month')).toBeVisible();
    await seen(page.getByText(/After your trial ends, you will be charged \$60\.00 per month starting \w+ \d+, \d{4}\. You can always cancel before then\./)).toBeVisible();
    await page.getByTestId('business-link').click();
    await seen(page).toHaveURL(`${shop.home}/`);
    await close();
  });

  test('formats digits as they are typed, starts the trial and sends the customer back', async () => {
    const { page, close } = await openVisitor();
    const session = await shop.checkout(await shop.newCustomer());
    await page.goto(session.url ?? '');
    const submit = page.getByTestId('hosted-payment-submit-button');
    await seen(submit).toHaveClass(/SubmitButton--incomplete/);
    await fillCheckout(page, CARDS.good);

    await seen(page.locator('#email')).toHaveValue('ada@example.com');
    await seen(page.locator('#cardNumber')).toHaveValue('4242 4242 4242 4242');
    await seen(page.locator('#cardExpiry')).toHaveValue('12 / 34');
    await seen(submit).toHaveClass(/SubmitButton--complete/);
    await submit.click();

    await seen(page).toHaveURL(`${shop.home}/dashboard?session_id=${session.id}`);
    const { status, subscription } = await shop.stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription'] });
    expect([status, subscription]).toMatchObject(['complete', { status: 'trialing' }]);
    await close();
  });

  test('leaves whoever is typing where they are, however late its script comes', async () => {
    const { page, close } = await openVisitor();
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const session = await shop.checkout();
    await page.goto(session.url ?? '');
    await page.locator('#email').fill('grace@example.com');
    await fillCheckout(page, CARDS.refused);
    await page.route('**/forms.js', async (route) => {
      await released;
      await route.continue();
    });
    await page.getByTestId('hosted-payment-submit-button').click({ noWaitAfter: true });
    await seen(page.getByRole('alert')).toHaveText('Your card was declined.');

    await page.locator('#billingName').focus();
    release();
    await page.waitForLoadState('domcontentloaded');
    await seen(page.locator('#billingName')).toBeFocused();
    await close();
  });

  test('keeps the customer on the page when the card is declined, and takes another one', async () => {
    const { page, close } = await openVisitor();
    const session = await shop.checkout();
    await page.goto(session.url ?? '');
    await page.locator('#email').fill('grace@example.com');
    await fillCheckout(page, CARDS.refused);
    await page.getByTestId('hosted-payment-submit-button').click();

    await seen(page.getByRole('alert')).toHaveText('Your card was declined.');
    await seen(page.locator('#cardNumber')).toHaveAttribute('aria-describedby', 'cardNumber-error');
    expect((await shop.stripe.checkout.sessions.retrieve(session.id)).status).toBe('open');

    await page.locator('#cardNumber').fill(CARDS.good);
    await page.getByTestId('hosted-payment-submit-button').click();
    await seen(page).toHaveURL(new RegExp(`${session.id}$`));
    await close();
  });

  test('names every field that is not in order, beside it', async () => {
    const { page, close } = await openVisitor();
    await page.goto((await shop.checkout()).url ?? '');
    await page.locator('#email').fill('nobody');
    await page.locator('#cardNumber').fill('4242424242424241');
    await page.locator('#cardExpiry').fill('1220');
    await page.getByTestId('hosted-payment-submit-button').click();

    await seen(page.getByRole('alert')).toHaveText([
      'Your email is invalid.',
      'Your card number is invalid.',
      "Your card's expiration date is in the past.",
      "Your card's security code is incomplete.",
      'Required',
      'Required',
    ]);
    await seen(page.locator('#email')).toBeFocused();
    await close();
  });

  test('works by keyboard alone', async () => {
    const { page, close } = await openVisitor();
    await page.goto((await shop.checkout(await shop.newCustomer())).url ?? '');
    await page.locator('#cardNumber').focus();
    for (const text of [CARDS.good, '1234', '123', 'Ada Lovelace']) {
      await page.keyboard.type(text);
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Tab');
    await page.keyboard.type('94107');
    await page.keyboard.press('Enter');
    await seen(page).toHaveURL(/\/dashboard\?session_id=cs_/);
    await close();
  });

  test('works without JavaScript', async () => {
    const { page, close } = await openVisitor({ javaScriptEnabled: false });
    await page.goto((await shop.checkout(await shop.newCustomer())).url ?? '');
    await fillCheckout(page, CARDS.good);
    await page.getByTestId('hosted-payment-submit-button').click();
    await seen(page).toHaveURL(/\/dashboard\?session_id=cs_/);
    await close();
  });

  test('lets a mistyped expiry be corrected with the backspace key', async () => {
    const { page, close } = await openVisitor();
    await page.goto((await shop.checkout()).url ?? '');
    const expiry = page.locator('#cardExpiry');
    await expiry.pressSequentially('5');
    await seen(expiry).toHaveValue('05 / ');
    for (let presses = 0; presses < 5; presses += 1) await expiry.press('Backspace');
    await seen(expiry).toHaveValue('');
    await close();
  });

  test('sends the customer back only after the shop has answered the webhook', async () => {
    const shopSide = await openSlowListener();
    const endpoint = await shop.stripe.webhookEndpoints.create({ url: shopSide.url, enabled_events: ['checkout.session.completed'] });
    const { page, close } = await openVisitor();
    await page.goto((await shop.checkout(await shop.newCustomer())).url ?? '');
    await fillCheckout(page, CARDS.good);
    await page.getByTestId('hosted-payment-submit-button').click({ noWaitAfter: true });

    await shopSide.called;
    const { page: another, close: closeAnother } = await openVisitor();
    await another.goto((await shop.checkout()).url ?? '');
    expect(page.url(), 'while the shop is silent and others go on').toContain('/c/pay/');
    await closeAnother();
    shopSide.answer();
    await seen(page).toHaveURL(/\/dashboard/);
    await close();
    await shop.stripe.webhookEndpoints.del(endpoint.id);
    shopSide.close();
  });

  test('is closed once it is paid, and once it has expired', async () => {
    const { page, close } = await openVisitor();
    const paid = await shop.checkout(await shop.newCustomer());
    await page.goto(paid.url ?? '');
    await fillCheckout(page, CARDS.good);
    await page.getByTestId('hosted-payment-submit-button').click();
    await seen(page).toHaveURL(/\/dashboard/);
    await page.goto(paid.url ?? '');
    await seen(page.getByRole('heading')).toHaveText("You're all done here");

    const expired = await shop.checkout();
    await shop.stripe.checkout.sessions.expire(expired.id);
    expect((await page.goto(expired.url ?? ''))?.status()).toBe(410);
    await seen(page.getByRole('heading')).toHaveText('This page has expired');
    expect((await page.goto(`${shop.url}/c/pay/cs_test_nobody`))?.status()).toBe(404);
    await close();
  });
});

/** A webhook receiver that answers when it is told to. */
async function openSlowListener() {
  const { promise: called, resolve } = withResolver<ServerResponse>();
  const server = createServer((request, response) => void request.resume().on('end', () => resolve(response)));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/webhook`,
    called,
    answer: () => void called.then((response) => response.end()),
    close: () => void server.close(),
  };
}

function withResolver<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((given) => (resolve = given));
  return { promise, resolve };
}
