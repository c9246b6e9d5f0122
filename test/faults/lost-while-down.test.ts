/** R21 and R22: what happened while the daemon was down is found at its start, while the same events arrive live, or after more than 30 days. */
import type Stripe from 'stripe';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSilentShop } from '../integration/declines/told-by-hand.ts';
import { received } from '../support/caches.ts';
import { openDaemon, signed, type DaemonUnderTest } from '../support/daemon.ts';
import { drift } from '../support/drift.ts';
import { overlaid } from '../support/overlaid.ts';
import { chance } from '../support/seeded.ts';
import type { Shop, Subscriber } from '../support/shop.ts';
import { DAY, HOUR } from '../support/stripe-objects.ts';
import { waitFor } from '../support/wait-for.ts';
import type { Wrong } from './order-wrong.ts';
import { tried } from './tried.ts';

const CARDS = ['pm_card_visa', 'pm_card_chargeCustomerFail', 'pm_card_visa', 'pm_card_chargeCustomerFail'];
const SEEDS = 5;
const LIVE_SECRET = 'whsec_live_deliveries';

let shop: Shop;

/** Nothing is delivered to the daemon of this shop: all of Stripe's tries are over. */
beforeEach(async () => {
  shop = await openSilentShop();
});
afterEach(() => shop.close());

/** Starts the daemon anew on the same cache; `meanwhile` happens as soon as it answers. Returns what its log says of the gap. */
async function startAgain(meanwhile: (daemon: DaemonUnderTest) => Promise<unknown> = () => Promise.resolve(), wrong: Wrong = () => ({})): Promise<string> {
  const daemon = await openDaemon({ stripeApiBase: shop.url, webhookSecrets: [LIVE_SECRET], beside: shop.daemon, through: (cache) => overlaid(cache, wrong) });
  await meanwhile(daemon);
  const line = await waitFor('the gap to be closed', () => daemon.log.find((each) => each.includes('the gap to Stripe is closed')));
  await waitFor('all questions to be answered', async () => (await shop.cache.questions()).length === 0);
  await daemon.close();
  return (JSON.parse(line ?? '{}') as { gap: string }).gap;
}

/** Two whose payment fails, one who leaves, and one who schedules the end. */
async function live(): Promise<Subscriber[]> {
  const people: Subscriber[] = [];
  for (const card of CARDS) people.push(await shop.subscriber(card));
  await startAgain();
  const [ada, , chris, dora] = people as [Subscriber, Subscriber, Subscriber, Subscriber];
  await shop.advance(3 * DAY + 2 * HOUR);
  await shop.stripe.subscriptions.update(ada.subscription, { cancel_at_period_end: true });
  await shop.stripe.subscriptions.cancel(chris.subscription);
  const { id } = await shop.stripe.paymentMethods.attach('pm_card_visa', { customer: dora.customer });
  const { latest_invoice: invoice } = await shop.stripe.subscriptions.update(dora.subscription, { default_payment_method: id });
  await shop.stripe.invoices.pay(invoice as string);
  return people;
}

async function post(daemon: DaemonUnderTest, event: Stripe.Event): Promise<number> {
  const body = JSON.stringify(event);
  return (await fetch(`${daemon.url}/webhook`, { method: 'POST', headers: { 'stripe-signature': signed(body, { secret: LIVE_SECRET }) }, body })).status;
}

/** Half of the events arrive live in the very moment in which the daemon has found out that it does not know them; all come once more over HTTP. */
async function catchesUp(seed: number): Promise<void> {
  await live();
  const all = await shop.stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 });
  const mixed = chance(seed).shuffled(all);
  const arriving = mixed.slice(0, Math.ceil(mixed.length / 2));
  const interleaved: Wrong = (cache) => ({
    unknownEvents: async (ids) => {
      const unknown = await cache.unknownEvents(ids);
      for (const event of arriving) void cache.recordEvent(received(event));
      return unknown;
    },
  });
  const said = await startAgain(async (daemon) => {
    const answers = await Promise.all(mixed.map((event) => post(daemon, event)));
    expect(new Set(answers), `seed ${seed}`).toEqual(new Set([200]));
  }, interleaved);
  expect(said).toMatch(/^events since .*: \d+ listed, \d+ new$/);
  expect(await drift(shop.stripe, shop.cache), `seed ${seed}: the cache and Stripe`).toEqual([]);
  const journaled = await shop.cache.events({ limit: 10_000 });
  const ids = journaled.map(({ id }) => id);
  expect(new Set(ids).size, `seed ${seed}: once each`).toBe(ids.length);
  expect(mixed.filter(({ id }) => !ids.includes(id)), `seed ${seed}: acknowledged and missing`).toEqual([]);
  expect(new Set(journaled.map(({ source }) => source)), `seed ${seed}`).toEqual(new Set(['webhook', 'backfill']));
  tried('R21', { seeds: 1, events: arriving.length + mixed.length });
}

test.for(Array.from({ length: SEEDS }, (_, index) => index + 1))('R21: the same events come by the list and live at once, seed %i', catchesUp);

test('R21: a daemon that lists nothing at its start is found out', async () => {
  await live();
  await startAgain(undefined, () => ({ unknownEvents: () => Promise.resolve([]) }));
  expect(await drift(shop.stripe, shop.cache)).not.toEqual([]);
  tried('R21', { wrong: 1 });
});

test('R22: after more than 30 days all subscriptions are compared, and it says so', async () => {
  await live();
  await shop.advance(45 * DAY);
  expect(await startAgain()).toMatch(/^Stripe lists events for 30 days, and more have passed: 4 subscriptions compared, 4 refreshed$/);
  expect(await drift(shop.stripe, shop.cache)).toEqual([]);
  expect(await startAgain()).toMatch(/^events since /);
  tried('R22', { cases: 1, events: CARDS.length });
});

test('R22: a daemon that knows nothing yet compares all subscriptions', async () => {
  const people = await Promise.all(CARDS.map((card) => shop.subscriber(card)));
  expect(await startAgain(undefined, () => ({ backfilledUntil: () => Promise.resolve(undefined) }))).toMatch(/^no events were listed before: 4 subscriptions compared, 4 refreshed$/);
  expect(await drift(shop.stripe, shop.cache)).toEqual([]);
  tried('R22', { cases: 1, events: people.length });
});

test('R22: a daemon that goes by the events all the same is found out', async () => {
  await live();
  await shop.advance(45 * DAY);
  const now = await shop.now();
  await startAgain(undefined, () => ({ backfilledUntil: () => Promise.resolve(Math.floor(now) - DAY) }));
  expect(await drift(shop.stripe, shop.cache)).not.toEqual([]);
  tried('R22', { wrong: 1 });
});
