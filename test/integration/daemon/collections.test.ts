/** A new card pays what is missing: at once, and once. The sandbox bills and posts its events, the daemon hears them. */
import type Stripe from 'stripe';
import supertest from 'supertest';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { collectWithNewCard } from '../../../core/billing/collect.ts';
import type { MeAnswer } from '../../../daemon/contract.ts';
import { openStripe, provision, type DaemonUnderTest, type StripeUnderTest } from '../../support/daemon.ts';
import { closeHearingDaemon, openHearingDaemon } from '../../support/hearing-daemon.ts';
import { DAY, HOUR } from '../../support/stripe-objects.ts';
import { waitFor } from '../../support/wait-for.ts';

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
  stripe.network = 'fine';
  await closeHearingDaemon({ daemon, endpoint }, stripe);
});

/** A subscription whose first payment failed on a card of its own, as Checkout leaves it; returns the invoice that is missing. */
async function pastDue(): Promise<string> {
  const dead = await stripe.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
  await stripe.stripe.subscriptions.create({ customer, items: [{ price }], trial_period_days: 3, default_payment_method: dead.id });
  await seenWhen('trialing', (user) => user.subscription?.status === 'trialing');
  await stripe.advance(3 * DAY);
  await seenWhen('active and on hold', (user) => user.subscription?.status === 'active' && user.standing.verdict === 'hold');
  await stripe.advance(HOUR + 60);
  const { subscription } = await seenWhen('past due', (user) => user.subscription?.status === 'past_due' && user.subscription.failedPayment?.card != null);
  return subscription?.failedPayment?.invoice ?? '';
}

/** As the portal does it: the customer's default changes, the subscription's own card does not. */
async function giveNewCard(card: string): Promise<string> {
  const { id } = await stripe.stripe.paymentMethods.attach(card, { customer });
  await stripe.stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } });
  return id;
}

async function seenWhen(what: string, fits: (user: MeAnswer['user']) => boolean): Promise<MeAnswer['user']> {
  return waitFor(what, async () => {
    const { user } = (await supertest(daemon.url).get('/users/me').set('cookie', cookie)).body as MeAnswer;
    if (!fits(user)) throw new Error(JSON.stringify(user));
    return user;
  });
}

/** "succeeded" and "failed", in order, of every try to charge the customer. */
async function charges(): Promise<string[]> {
  const { data } = await stripe.stripe.charges.list({ customer });
  return data.map(({ status }) => status).reverse();
}

const tries = (invoice: string) => stripe.calls().filter((call) => call === `POST /v1/invoices/${invoice}/pay`).length;

/** Nothing is under way any more: what this change sets off comes after whatever a collection set off. */
async function allIsQuiet(): Promise<void> {
  await waitFor('the end of the collection', async () => (await daemon.cache.collections()).length === 0);
  await stripe.stripe.customers.update(customer, { description: 'quiet' });
  await waitFor('the event of that', async () => (await daemon.cache.events({ limit: 1 }))[0]?.type === 'customer.updated');
  await waitFor('the end of the collection', async () => (await daemon.cache.collections()).length === 0);
}

test('the invoice is paid within seconds, the verdict is on, and the subscription keeps the new card', async () => {
  const invoice = await pastDue();
  const card = await giveNewCard('pm_card_visa');
  const { subscription } = await seenWhen('active and on', (user) => user.subscription?.status === 'active' && user.standing.verdict === 'on');
  expect(subscription?.failedPayment).toBeNull();
  await allIsQuiet();
  expect(await charges()).toEqual(['failed', 'succeeded']);
  expect(tries(invoice)).toBe(1);
  expect((await stripe.stripe.subscriptions.retrieve(subscription?.id ?? '')).default_payment_method).toBe(card);
});

test.each([
  ['that is declined as well', 'pm_card_chargeCustomerFail', ['failed', 'failed']],
  ['that its holder must confirm', 'pm_card_authenticationRequired', ['failed']],
])('a card %s is charged once: Stripe’s retries go on, nothing loops', async (_which, name, expected) => {
  const invoice = await pastDue();
  const card = await giveNewCard(name);
  await waitFor('the try', () => tries(invoice) > 0);
  await allIsQuiet();
  expect(await charges()).toEqual(expected);
  expect(tries(invoice)).toBeLessThanOrEqual(2);
  const { subscription, standing } = await seenWhen('on hold', (user) => user.standing.verdict === 'hold');
  expect(standing.reason).toContain('failed');
  expect((await stripe.stripe.subscriptions.retrieve(subscription?.id ?? '')).default_payment_method).toBe(card);
});

test('answers that get lost: tried again with the same key, charged once', async () => {
  const invoice = await pastDue();
  stripe.network = (call) => (call.endsWith('/pay') && tries(invoice) <= 2 ? 'lost answers' : 'fine');
  await giveNewCard('pm_card_visa');
  await waitFor('the third try', () => tries(invoice) === 3);
  await seenWhen('on', (user) => user.standing.verdict === 'on');
  await allIsQuiet();
  expect(await charges()).toEqual(['failed', 'succeeded']);
});

test('a Stripe that cannot be reached: the collection stays, and is done when it can be', async () => {
  const invoice = await pastDue();
  stripe.network = 'down';
  await giveNewCard('pm_card_visa');
  await waitFor('the vain try', () => daemon.log.some((line) => line.includes('a new card could not pay')));
  expect(await daemon.cache.collections()).toHaveLength(1);
  expect(tries(invoice)).toBe(0);
  stripe.network = 'fine';
  await seenWhen('on', (user) => user.standing.verdict === 'on');
  expect(await charges()).toEqual(['failed', 'succeeded']);
});

test('a daemon that died after paying, and two at once thereafter: charged once', async () => {
  await pastDue();
  await stripe.stripe.webhookEndpoints.update(endpoint.id, { disabled: true });
  const collection = { customer, paymentMethod: await giveNewCard('pm_card_visa') };
  vi.spyOn(daemon.cache, 'saveSubscription').mockRejectedValueOnce(new Error('killed'));
  await expect(collectWithNewCard(stripe.stripe, daemon.cache, collection)).rejects.toThrow('killed');
  expect(await charges()).toEqual(['failed', 'succeeded']);
  expect(await daemon.cache.missingInvoices(customer)).toHaveLength(1);
  const other = await daemon.file.open();
  await Promise.all([daemon.cache, other].map((cache) => collectWithNewCard(stripe.stripe, cache, collection)));
  expect(await daemon.cache.missingInvoices(customer)).toEqual([]);
  expect(await charges()).toEqual(['failed', 'succeeded']);
});

test('two daemons at once with a card that is declined: one try', async () => {
  await pastDue();
  await stripe.stripe.webhookEndpoints.update(endpoint.id, { disabled: true });
  const collection = { customer, paymentMethod: await giveNewCard('pm_card_chargeCustomerFail') };
  const other = await daemon.file.open();
  await Promise.all([daemon.cache, other].map((cache) => collectWithNewCard(stripe.stripe, cache, collection)));
  expect(await charges()).toEqual(['failed', 'failed']);
  expect(await daemon.cache.collections()).toEqual([]);
});

test('what is left of a subscription that has ended is not taken from a new card, also before the end is heard of', async () => {
  await pastDue();
  const [subscription] = (await stripe.stripe.subscriptions.list({ customer })).data;
  await stripe.stripe.webhookEndpoints.update(endpoint.id, { disabled: true });
  await stripe.stripe.subscriptions.cancel(subscription?.id ?? '');
  const collection = { customer, paymentMethod: await giveNewCard('pm_card_visa') };
  expect(await collectWithNewCard(stripe.stripe, daemon.cache, collection)).toMatchObject([{ outcome: `${subscription?.id} has ended` }]);
  expect(await charges()).toEqual(['failed']);
});

test('late news of a card that the customer has replaced since: it is not charged, the present one is by its own news', async () => {
  await pastDue();
  await stripe.stripe.webhookEndpoints.update(endpoint.id, { disabled: true });
  const replaced = await giveNewCard('pm_card_mastercard');
  const present = await giveNewCard('pm_card_visa');
  const [subscription] = (await stripe.stripe.subscriptions.list({ customer })).data;
  expect(await collectWithNewCard(stripe.stripe, daemon.cache, { customer, paymentMethod: replaced })).toMatchObject([{ outcome: `${replaced} does not pay ${subscription?.id}` }]);
  expect(await charges()).toEqual(['failed']);
  expect(await collectWithNewCard(stripe.stripe, daemon.cache, { customer, paymentMethod: present })).toMatchObject([{ outcome: 'paid' }]);
  expect(await charges()).toEqual(['failed', 'succeeded']);
  expect((await stripe.stripe.subscriptions.list({ customer })).data[0]?.default_payment_method).toBe(present);
});

test('a card that another subscription of the customer was given pays nothing here', async () => {
  const invoice = await pastDue();
  const [subscription] = (await stripe.stripe.subscriptions.list({ customer })).data;
  const { id: other } = await stripe.stripe.subscriptions.create({ customer, items: [{ price }], trial_period_days: 3, default_payment_method: subscription?.default_payment_method as string });
  const { id: card } = await stripe.stripe.paymentMethods.attach('pm_card_visa', { customer });
  await stripe.stripe.subscriptions.update(other, { default_payment_method: card });
  await waitFor('the look at it', () => daemon.log.some((line) => line.includes(`${card} does not pay ${subscription?.id}`)));
  await allIsQuiet();
  expect(tries(invoice)).toBe(0);
  expect(await charges()).toEqual(['failed']);
});

test('invoices that are sent for the customer to pay are not charged to a new card', async () => {
  const invoice = await pastDue();
  const [subscription] = (await stripe.stripe.subscriptions.list({ customer })).data;
  await stripe.stripe.webhookEndpoints.update(endpoint.id, { disabled: true });
  await stripe.stripe.subscriptions.update(subscription?.id ?? '', { collection_method: 'send_invoice', days_until_due: 7 });
  const collection = { customer, paymentMethod: await giveNewCard('pm_card_visa') };
  expect(await collectWithNewCard(stripe.stripe, daemon.cache, collection)).toMatchObject([{ invoice, outcome: `${subscription?.id} is paid by invoices that are sent` }]);
  expect(await charges()).toEqual(['failed']);
});
