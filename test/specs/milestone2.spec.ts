/** The main job in a real browser: subscribe, cancel in the Customer Portal or let a card fail, and see what Stripe said. */
import type { Page } from '@playwright/test';
import Stripe from 'stripe';
import { expect, test, testThroughStripeCli } from '../support/application.ts';
import { CARDS, cancelInPortal, openPortal, signUp, subscribe } from '../support/visitor.ts';

/** How long the dashboard may take to show what Stripe said. */
const SOON_MS = 2_000;

test('a trial that ends on a dead card puts the next session on hold', async ({ page, application }) => {
  await signUp(page);
  const subscription = await subscribe(page, CARDS.dead);
  await expect(page.locator('#standing')).toHaveAttribute('data-verdict', 'on');

  await application.stripe.subscriptions.update(subscription, { trial_end: 'now' });

  await expect(page.locator('#subscription-status')).toHaveText('past_due', { timeout: SOON_MS });
  await expect(page.locator('#standing')).toHaveAttribute('data-verdict', 'hold');
  await expect(page.getByRole('alert')).toContainText('0341');
  await expect(page.getByRole('button', { name: 'Update your card' })).toBeVisible();
});

test('a subscription cancelled in the portal is over at once', async ({ page }) => {
  await signUp(page);
  await subscribe(page, CARDS.good);
  await expect(page.locator('#subscription-type')).toHaveText('You are subscribed to the monthly package');

  await openPortal(page);
  await cancelInPortal(page);
  await page.getByTestId('return-to-business-link').click();

  await expect(page).toHaveURL(/\/dashboard$/);
  await expectEnded(page);
});

test('an event with a wrong signature is refused and changes nothing', async ({ page, request }) => {
  await signUp(page);
  const subscription = await subscribe(page, CARDS.good);
  const before = await whoAmI(page);
  const forged = cancellationOf(subscription);

  for (const [signature, message] of Object.entries(refusals(forged))) {
    const headers = { 'Stripe-Signature': signature, 'Content-Type': 'application/json' };
    const answer = await request.post('/webhook', { headers, data: forged });
    expect(answer.status()).toBe(400);
    const { error } = (await answer.json()) as { error: { message: string } };
    expect(error.message).toContain(message);
  }

  await page.reload();
  await expect(page.locator('#subscription-status')).toHaveText('trialing');
  expect(await whoAmI(page)).toEqual(before);
});

test('the portal opens with the configuration that the challenge asks for', async ({ page, application }) => {
  await signUp(page);
  await subscribe(page, CARDS.good);
  const answer = await page.request.post('/users/portal', { headers: { Accept: 'application/json' }, data: {} });
  const { url, configuration } = (await answer.json()) as { url: string; configuration: string };

  expect(await application.stripe.billingPortal.configurations.retrieve(configuration)).toMatchObject({
    active: true,
    business_profile: { headline: '/dev/chat' },
    metadata: { challenge_id: application.challengeId },
    features: {
      invoice_history: { enabled: true },
      payment_method_update: { enabled: true },
      subscription_cancel: { enabled: true, mode: 'immediately' },
    },
  });
  await page.goto(url);
  for (const section of ['Current subscription', 'Payment method', 'Invoice history']) {
    await expect(page.getByRole('heading', { name: section })).toBeVisible();
  }
});

testThroughStripeCli('a cancellation reaches an open dashboard through the official Stripe CLI', async ({ page, context, application }) => {
  expect((await application.stripe.webhookEndpoints.list()).data, 'no other way for events').toEqual([]);
  await signUp(page);
  await subscribe(page, CARDS.good);

  const elsewhere = await context.newPage();
  await elsewhere.goto('/dashboard');
  await openPortal(elsewhere);
  await cancelInPortal(elsewhere);

  await expectEnded(page);
});

function cancellationOf(subscription: string): string {
  const object = { id: subscription, object: 'subscription', status: 'canceled' };
  return JSON.stringify({ id: 'evt_forged', object: 'event', type: 'customer.subscription.deleted', data: { object } });
}

/** Signatures that do not hold, and what the answer says about each. */
function refusals(payload: string): Record<string, string> {
  const byAnother = Stripe.webhooks.generateTestHeaderString({ payload, secret: 'whsec_of_somebody_else' });
  return {
    incorrect_webhook_signature: 'Unable to extract timestamp and signatures from header',
    [byAnother]: 'No signatures found matching the expected signature',
  };
}

async function whoAmI(page: Page): Promise<unknown> {
  return (await page.request.get('/users/me')).json();
}

async function expectEnded(page: Page): Promise<void> {
  await expect(page.locator('#subscription-ended')).toHaveText('you have ended your /dev/chat subscription');
  await expect(page.locator('#standing')).toHaveAttribute('data-verdict', 'off');
  await expect(page.getByRole('button', { name: 'Subscribe again' })).toBeVisible();
}
