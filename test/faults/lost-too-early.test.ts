/** R44: events that come before what they are about is known here: between Stripe's customer and our user, and before `created`. */
import type Stripe from 'stripe';
import supertest from 'supertest';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Cache } from '../../core/cache/cache.ts';
import type { MeAnswer } from '../../daemon/contract.ts';
import { openDaemon, openStripe, provision, SECRET, signed, type DaemonUnderTest, type StripeUnderTest } from '../support/daemon.ts';
import { overlaid } from '../support/overlaid.ts';
import { waitFor } from '../support/wait-for.ts';
import type { Wrong } from './order-wrong.ts';
import { permutations } from './permutations.ts';
import { tried } from './tried.ts';

let stripe: StripeUnderTest;
let price: string;
let daemon: DaemonUnderTest;

beforeEach(async () => {
  stripe = await openStripe();
  price = (await provision(stripe.stripe)).price;
});
afterEach(async () => {
  await daemon.close();
  await stripe.close();
});

const CHANGES = ['customer.subscription.created', 'customer.subscription.updated', 'customer.subscription.trial_will_end'];

/** Subscribes a customer whom only Stripe knows, and tells of it at once, in this order. */
async function subscribesEarly(customer: string, order: readonly number[]): Promise<void> {
  const { id } = await stripe.stripe.paymentMethods.attach('pm_card_visa', { customer });
  const subscription = await stripe.stripe.subscriptions.create({ customer, items: [{ price }], trial_period_days: 3, default_payment_method: id });
  await stripe.stripe.subscriptions.update(subscription.id, { metadata: { note: 'early' } });
  const { data } = await stripe.stripe.events.list({ types: CHANGES, limit: 100 });
  const events = CHANGES.map((type) => data.find((event) => event.type === type && (event.data.object as Stripe.Subscription).customer === customer)!);
  for (const index of order) expect(await post(events[index]!)).toBe(200);
}

async function post(event: Stripe.Event): Promise<number> {
  const body = JSON.stringify(event);
  return (await fetch(`${daemon.url}/webhook`, { method: 'POST', headers: { 'stripe-signature': signed(body, { secret: SECRET }) }, body })).status;
}

let people = 0;

/** Signs up; the events come after Stripe has made the customer and before our user has it. */
async function signsUp(order: readonly number[], wrong: Wrong = () => ({})): Promise<MeAnswer['user']> {
  const early = (cache: Cache): Partial<Cache> => ({
    linkCustomer: async (user, customer) => {
      await subscribesEarly(customer, order);
      expect(await cache.userByCustomer(customer), 'nobody has that customer yet').toBeUndefined();
      await cache.linkCustomer(user, customer);
    },
  });
  daemon = await openDaemon({ stripeApiBase: stripe.url, through: (cache) => overlaid(overlaid(cache, wrong), early) });
  people += 1;
  const answer = await supertest(daemon.url).post('/users').send({ email: `early-${people}@example.com`, password: 'correct horse' }).expect(201);
  const cookie = (answer.headers['set-cookie'] as unknown as string[])[0] ?? '';
  await waitFor('all questions to be answered', async () => (await daemon.cache.questions()).length === 0);
  return ((await supertest(daemon.url).get('/users/me').set('cookie', cookie).expect(200)).body as MeAnswer).user;
}

test('a subscription that is told of before its customer is ours is the user’s all the same, in any order', async () => {
  for (const order of permutations([0, 1, 2])) {
    const { id, subscription, standing } = await signsUp(order);
    expect([subscription?.customer, subscription?.status, standing.verdict], `order ${order.join()}`).toEqual([id, 'trialing', 'on']);
    const truth = JSON.parse(JSON.stringify(await stripe.stripe.subscriptions.retrieve(subscription!.id))) as object;
    expect((await daemon.cache.subscription(subscription!.id))?.subscription.snapshot).toEqual(truth);
    tried('R44', { permutations: 1, events: 3 });
    await daemon.close();
  }
  daemon = await openDaemon();
});

test('a devchat that forgets events about customers whom it does not know is found out', async () => {
  const forgetting: Wrong = (cache) => ({
    recordEvent: async (received) => {
      const { customer } = received.event.data.object as { customer: string };
      if (await cache.userByCustomer(customer)) return cache.recordEvent(received);
      return { outcome: 'ignored', reason: 'nobody is known by that customer', ask: null, collect: null };
    },
    saveSubscription: () => Promise.resolve(true),
  });
  expect((await signsUp([0, 1, 2], forgetting)).subscription).toBeNull();
  tried('R44', { wrong: 1 });
});
