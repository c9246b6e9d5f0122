/** R41: events written for other API versions: Stripe is asked, or it is said why not; a date is never made up. */
import type Stripe from 'stripe';
import { afterEach, expect, test } from 'vitest';

import { API_VERSION } from '../../core/api-version.ts';
import { overlaid } from '../support/overlaid.ts';
import { openShop, type Shop, type ShopSettings, type Subscriber } from '../support/shop.ts';
import { DAY } from '../support/stripe-objects.ts';
import type { Wrong } from './order-wrong.ts';
import { tried } from './tried.ts';

/** Those that the sandbox speaks, and names of versions yet to come or never been, under which it shows today's shape. */
const VERSIONS = ['2025-02-24.acacia', '2020-03-02'];
const NAMES_ONLY = ['2031-01-01.zinnia', 'preview', ''];

let shop: Shop;

async function open(settings: ShopSettings): Promise<void> {
  shop = await openShop(settings);
}
afterEach(() => shop.close());

async function livesThrough(): Promise<void> {
  const ada = await shop.subscriber('pm_card_chargeCustomerFail');
  await isAsAtStripe(ada, 'trialing');
  await shop.advanceTo(ada.trialEnd + DAY);
  await isAsAtStripe(ada, 'past_due');
  await shop.stripe.subscriptions.update(ada.subscription, { cancel_at_period_end: true });
  await shop.settled();
  await isAsAtStripe(ada, 'past_due');
  await shop.stripe.subscriptions.cancel(ada.subscription);
  await shop.settled();
  await isAsAtStripe(ada, 'canceled');
}

async function isAsAtStripe(ada: Subscriber, status: string): Promise<void> {
  const truth = JSON.parse(JSON.stringify(await shop.stripe.subscriptions.retrieve(ada.subscription))) as Stripe.Subscription;
  const cached = await shop.cache.subscription(ada.subscription);
  expect(cached?.subscription.snapshot, status).toEqual(truth);
  expect(truth.status).toBe(status);
  const { subscription } = await ada.me();
  expect(Date.parse(subscription?.currentPeriodEnd ?? '') / 1000, status).toBe(truth.items.data[0]?.current_period_end);
  const { data } = await shop.stripe.invoices.list({ subscription: ada.subscription, limit: 1 });
  expect([cached?.invoice?.id, cached?.invoice?.status], status).toEqual([data[0]?.id, data[0]?.status]);
}

/** Every event that could have changed something, and what became of it. */
async function reasons(): Promise<string[]> {
  return (await shop.cache.events({ limit: 1000 })).map(({ outcome, reason }) => `${outcome}: ${reason}`);
}

test.for(VERSIONS)('an account whose events are of %s', async (version) => {
  await open({ switches: { event_api_version: version } });
  await livesThrough();
  const said = await reasons();
  expect(said.some((each) => each.startsWith(`applied: it is written for API version ${version}, not for ours: Stripe is asked for sub_`))).toBe(true);
  expect(said.filter((each) => /undefined|Invalid|^failed/.test(each))).toEqual([]);
  tried('R41', { cases: 1, events: said.length });
});

test.for(NAMES_ONLY)('events under the name of the version "%s"', async (version) => {
  await open({ switches: { drop_events: '*' } });
  const ada = await shop.subscriber();
  const events = await shop.events(ada.customer);
  for (const event of events) expect(await shop.post({ ...event, api_version: version })).toBe(200);
  await shop.settled();
  await isAsAtStripe(ada, 'trialing');
  tried('R41', { cases: 1, events: events.length });
});

test('a devchat that takes each shape for ours is found out', async () => {
  const takingForOurs: Wrong = (cache) => ({
    recordEvent: (received) => cache.recordEvent({ ...received, event: { ...received.event, api_version: API_VERSION } }),
  });
  await open({ switches: { event_api_version: '2020-03-02', delivery_retries: 'none' }, through: (cache) => overlaid(cache, takingForOurs) });
  await expect(livesThrough()).rejects.toThrow();
  tried('R41', { wrong: 1 });
});
