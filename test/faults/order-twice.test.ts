/** R08: an event that comes fifty times at once, and twins of it under other ids: one effect, and 200 for each. */
import type Stripe from 'stripe';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { declined, one, openSilentShop } from '../integration/declines/told-by-hand.ts';
import { overlaid } from '../support/overlaid.ts';
import { chance } from '../support/seeded.ts';
import type { Shop } from '../support/shop.ts';
import { CHECK_THEN_INSERT } from './order-wrong.ts';
import { tried } from './tried.ts';

const TIMES = 50;
const TWINS = 10;
const ROUNDS = 5;

let shop: Shop;

beforeEach(async () => {
  shop = await openSilentShop();
});
afterEach(() => shop.close());

async function told(seed: number): Promise<void> {
  const { ada, invoice, untold, sessions } = await declined(shop, [5, 40]);
  const failed = one(untold, 'invoice.payment_failed');
  const pastDue = one(untold, 'customer.subscription.updated', 'past_due');
  const twins = (event: Stripe.Event): Stripe.Event[] => Array.from({ length: TWINS }, (_, index) => ({ ...event, id: `${event.id}_${index}` }));
  const burst = chance(seed).shuffled([...Array.from({ length: TIMES }, () => failed), ...twins(failed), ...twins(pastDue), ...untold]);
  expect(new Set(await Promise.all(burst.map(shop.post))), `seed ${seed}: the answers`).toEqual(new Set([200]));
  await shop.settled();
  await holdsOnce(seed, ada.subscription, burst);
  const changes = await Promise.all(sessions.map(async (id) => (await shop.cache.session(id))?.changes.map(({ state }) => state)));
  expect(changes, `seed ${seed}: the next session is cancelled, once`).toEqual([['booked', 'cancelled'], ['booked']]);
  const notices = shop.told.filter(({ data }) => data.customer === ada.customer).map(({ type, subject }) => [type, subject]);
  expect(notices, `seed ${seed}: the owner is told, once`).toEqual([['payment.failed', invoice]]);
  tried('R08', { seeds: 1, events: burst.length });
}

/** One row and one attempt for each id. */
async function holdsOnce(seed: number, subscription: string, burst: readonly Stripe.Event[]): Promise<void> {
  const journaled = (await shop.cache.events({ subscription, limit: 1000 })).map(({ id }) => id);
  const ids = new Set(burst.map(({ id }) => id));
  const alike = journaled.filter((id) => [...ids].some((each) => id.startsWith(each)));
  const expected = [...ids].filter((id) => journaled.includes(id));
  expect(alike.sort(), `seed ${seed}: the journal`).toEqual(expected.sort());
  for (const id of expected) expect((await shop.cache.event(id))?.attempts, `seed ${seed}: the attempts`).toHaveLength(1);
  const cached = await shop.cache.subscription(subscription);
  expect(cached?.subscription.status).toBe((await shop.stripe.subscriptions.retrieve(subscription)).status);
}

test('fifty at once, among twins and all else that happened', async () => {
  for (let seed = 1; seed <= ROUNDS; seed += 1) await told(seed);
});

test('fifty, one after the other', async () => {
  const { ada, untold, sessions } = await declined(shop, [5, 40]);
  const failed = one(untold, 'invoice.payment_failed');
  for (let time = 0; time < TIMES; time += 1) expect(await shop.post(failed)).toBe(200);
  await shop.settled();
  const states = await Promise.all(sessions.map(async (id) => (await shop.cache.session(id))?.session.state));
  expect([states, shop.told.filter(({ data }) => data.customer === ada.customer).length]).toEqual([['cancelled', 'booked'], 1]);
  tried('R08', { cases: 1, events: TIMES });
});

test.for(Object.entries(CHECK_THEN_INSERT))('a cache that is wrong is found out: %s', async ([, wrong]) => {
  await shop.close();
  shop = await openSilentShop({ through: (cache) => overlaid(cache, wrong) });
  await expect(told(1)).rejects.toThrow(/the answers|the journal/);
  tried('R08', { wrong: 1 });
});
