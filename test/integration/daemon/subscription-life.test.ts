/** A subscriber's life: the sandbox bills and posts its signed events, the daemon hears them and asks back. */
import type Stripe from 'stripe';
import supertest from 'supertest';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { MeAnswer } from '../../../daemon/contract.ts';
import { openStripe, provision, type DaemonUnderTest, type StripeUnderTest } from '../../support/daemon.ts';
import { closeHearingDaemon, openHearingDaemon } from '../../support/hearing-daemon.ts';
import { waitFor } from '../../support/wait-for.ts';

const DAY = 24 * 3600;
const HOUR = 3600;

let stripe: StripeUnderTest;
let price: string;
let daemon: DaemonUnderTest;
let endpoint: Stripe.WebhookEndpoint;
let customer: string;
let cookie: string;

beforeAll(async () => {
  stripe = await openStripe();
  price = (await provision(stripe.stripe)).price;
});

afterAll(() => stripe.close());

beforeEach(async () => {
  ({ daemon, endpoint, customer, cookie } = await openHearingDaemon(stripe));
});

afterEach(async () => {
  await closeHearingDaemon({ daemon, endpoint }, stripe);
});

async function subscribe(card: string): Promise<Stripe.Subscription> {
  const attached = await stripe.stripe.paymentMethods.attach(card, { customer });
  await stripe.stripe.customers.update(customer, { invoice_settings: { default_payment_method: attached.id } });
  return stripe.stripe.subscriptions.create({ customer, items: [{ price }], trial_period_days: 3 });
}

async function seen(): Promise<MeAnswer['user']> {
  return ((await supertest(daemon.url).get('/users/me').set('cookie', cookie)).body as MeAnswer).user;
}

/** Waits until what the subscriber sees fits; a failure shows what was seen last. */
function seenWhen(what: string, fits: (user: MeAnswer['user']) => boolean): Promise<MeAnswer['user']> {
  return waitFor(what, async () => {
    const user = await seen();
    if (!fits(user)) throw new Error(JSON.stringify(user));
    return user;
  });
}

const standsAt = (status: string, verdict: string) => seenWhen(`${status} and ${verdict}`, (user) => user.subscription?.status === status && user.standing.verdict === verdict);

test('subscribe, then cancel: over at once', async () => {
  const { id } = await subscribe('pm_card_visa');
  await standsAt('trialing', 'on');
  await stripe.stripe.subscriptions.cancel(id);
  const { subscription } = await standsAt('canceled', 'off');
  expect(subscription).toMatchObject({ id, type: 'monthly', endedAt: expect.any(String) as string });
});

test('the trial ends on a dead card: never on in between, past due with the reason, then made good', async () => {
  const { id } = await subscribe('pm_card_chargeCustomerFail');
  await standsAt('trialing', 'on');
  await stripe.advance(3 * DAY);
  await standsAt('active', 'hold');
  await stripe.advance(HOUR + 60);
  const { subscription, standing } = await seenWhen('past_due, with the card', (user) => user.subscription?.status === 'past_due' && user.subscription.failedPayment?.card != null);
  expect(standing.verdict).toBe('hold');
  expect(subscription?.failedPayment).toMatchObject({ amount: { amount: 6000, currency: 'usd' }, card: 'Visa 0341', reason: 'the card was declined' });
  expect(standing.reason).toMatch(/^the payment of .* over \$60 failed \(the card was declined\), Stripe tries again on /);

  const good = await stripe.stripe.paymentMethods.attach('pm_card_visa', { customer });
  await stripe.stripe.subscriptions.update(id, { default_payment_method: good.id });
  await stripe.stripe.invoices.pay(subscription?.failedPayment?.invoice ?? '');
  expect((await standsAt('active', 'on')).subscription?.failedPayment).toBeNull();
});

test('scheduled to end: on until then, with the day', async () => {
  const { id } = await subscribe('pm_card_visa');
  await stripe.stripe.subscriptions.update(id, { cancel_at_period_end: true });
  const user = await seenWhen('the scheduled end', ({ subscription }) => subscription?.endsAt != null);
  expect(user.subscription?.status).toBe('trialing');
  await stripe.advance(3 * DAY + HOUR);
  await standsAt('canceled', 'off');
});
