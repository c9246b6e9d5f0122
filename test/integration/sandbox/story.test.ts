/** The main job once through, as a person and the official programs see it: subscribe, decline, cancel, and every event heard. */
import { expect as seen } from '@playwright/test';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freshFolder, type FreshFolder } from '../../support/folders.ts';
import { waitFor } from '../../support/wait-for.ts';
import { CARDS, closeBrowser, fillCheckout, hasBrowser, openShop, openVisitor, type Shop } from '../sandbox-pages/open-shop.ts';
import { openListener, type Listener } from './running-sandbox.ts';
import { hasStripeCli, stripePrograms, type StripePrograms } from '../stripe-cli/stripe-program.ts';

const PAST_DUE_LIMIT_MS = 2000;

let shop: Shop;
let listener: Listener;
let folder: FreshFolder;
let programs: StripePrograms;

beforeEach(async () => {
  [shop, listener, folder] = [await openShop(), await openListener(), freshFolder()];
  programs = stripePrograms(shop.url, folder.path);
});
afterEach(async () => {
  programs.stop();
  await closeBrowser();
  await shop.close();
  await listener.close();
  folder.remove();
});

/** Through the Checkout page; answers the subscription's id. */
async function subscribe(customer: string, card: string): Promise<string> {
  const { page, close } = await openVisitor();
  const session = await shop.checkout(customer);
  await page.goto(session.url ?? '');
  await fillCheckout(page, card);
  await page.getByTestId('hosted-payment-submit-button').click();
  await seen(page).toHaveURL(`${shop.home}/dashboard?session_id=${session.id}`);
  await close();
  return (await shop.stripe.checkout.sessions.retrieve(session.id)).subscription as string;
}

describe.skipIf(!hasBrowser || !hasStripeCli)('a subscriber', { timeout: 60_000 }, () => {
  test('cancels on the portal page, and the Stripe CLI brings the news', async () => {
    const listening = await programs.listen(listener.url, '--all-snapshot');
    const secret = /whsec_\w+/.exec(listening.output())![0];
    const customer = await shop.newCustomer();
    const subscription = await subscribe(customer, CARDS.good);
    expect(await shop.stripe.subscriptions.retrieve(subscription)).toMatchObject({ status: 'trialing' });

    const { page } = await openVisitor();
    await page.goto(await shop.portal(customer, { subscription_cancel: { enabled: true, mode: 'immediately' } }));
    await page.locator('[data-test="cancel-subscription"]').click();
    await page.getByTestId('confirm').click();

    const isDeletion = ({ type }: { type: string }): boolean => type === 'customer.subscription.deleted';
    const heard = (await waitFor('the news', () => listener.heard.find(isDeletion)))!;
    const { data } = shop.stripe.webhooks.constructEvent(heard.body, heard.signature, secret);
    expect(data.object).toMatchObject({ id: subscription, status: 'canceled', cancel_at_period_end: false, cancellation_details: { reason: 'cancellation_requested' } });
    expect(data).not.toHaveProperty('previous_attributes');
    expect(listener.heard.filter(isDeletion)).toHaveLength(1);
  });

  test('whose card is dead is past due within two seconds of the end of the trial', async () => {
    await shop.stripe.webhookEndpoints.create({ url: listener.url, enabled_events: ['customer.subscription.updated', 'invoice.payment_failed'] });
    const subscription = await subscribe(await shop.newCustomer(), CARDS.dead);
    await shop.stripe.subscriptions.update(subscription, { trial_end: 'now' });
    const hasFailed = async () => (await shop.stripe.subscriptions.retrieve(subscription)).status === 'past_due';
    await waitFor('past_due', hasFailed, PAST_DUE_LIMIT_MS);
    const statuses = () => listener.heard.filter(({ type }) => type === 'customer.subscription.updated').map(({ body }) => /"status": "(\w+)"/.exec(body)?.[1]);
    await waitFor('the news', () => statuses().includes('past_due') && listener.heard.some(({ type }) => type === 'invoice.payment_failed'));
  });
});
