/** R09: whatever arrives after the end of a subscription, however late and however new it says it is, does not bring it back. */
import type Stripe from 'stripe';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSilentShop } from '../integration/declines/told-by-hand.ts';
import { overlaid } from '../support/overlaid.ts';
import type { Shop } from '../support/shop.ts';
import { REVIVING } from './order-wrong.ts';
import { tried } from './tried.ts';

const DELETED = 'customer.subscription.deleted';
const LATE_TYPES = ['created', 'updated', 'paused', 'resumed', 'trial_will_end', 'pending_update_applied', 'pending_update_expired'] as const;
/** Of the late event after the end, as it says itself. */
const SECONDS_AFTER = [-60, -1, 0, 1, 60];

let shop: Shop;

beforeEach(async () => {
  shop = await openSilentShop();
});
afterEach(() => shop.close());

/** Somebody who cancels in the portal and then says why; `late` is told after the end. */
async function endsAndHears(late: (alive: Stripe.Event, ended: Stripe.Event) => Stripe.Event[]): Promise<void> {
  const ada = await shop.subscriber();
  const alive = (await shop.events(ada.customer)).find(({ type }) => type === 'customer.subscription.created')!;
  await shop.stripe.subscriptions.cancel(ada.subscription);
  await shop.stripe.subscriptions.update(ada.subscription, { cancellation_details: { feedback: 'too_expensive', comment: 'I love it, but…' } });
  const events = await shop.events(ada.customer);
  const ended = events.find(({ type }) => type === DELETED)!;
  const told = [ended, ...events, ...late(alive, ended)];
  for (const event of told) expect(await shop.post(event)).toBe(200);
  await shop.settled();
  const { subscription, standing } = await ada.me();
  expect([subscription?.status, standing.verdict], 'after the end').toEqual(['canceled', 'off']);
  const cached = await shop.cache.subscription(ada.subscription);
  expect(cached?.subscription.snapshot).toEqual(JSON.parse(JSON.stringify(await shop.stripe.subscriptions.retrieve(ada.subscription))));
  tried('R09', { cases: told.length - events.length - 1, events: told.length });
}

function lateEvents(alive: Stripe.Event, ended: Stripe.Event): Stripe.Event[] {
  return LATE_TYPES.flatMap((type) =>
    SECONDS_AFTER.map((seconds) => ({ ...alive, id: `${alive.id}_${type}_${seconds}`, type: `customer.subscription.${type}`, created: ended.created + seconds }) as Stripe.Event),
  );
}

test('every type of event about a subscription that goes on', () => endsAndHears(lateEvents));

test('updates that say what they changed', () =>
  endsAndHears((alive, ended) => {
    const previous_attributes = { status: 'canceled', ended_at: ended.created };
    return lateEvents(alive, ended).map((event) => ({ ...event, id: `${event.id}_changed`, data: { ...event.data, previous_attributes } }) as unknown as Stripe.Event);
  }));

test('a cache that lets an update revive is found out', async () => {
  await shop.close();
  shop = await openSilentShop({ through: (cache) => overlaid(cache, REVIVING) });
  await expect(endsAndHears(lateEvents)).rejects.toThrow(/after the end/);
  tried('R09', { wrong: 1 });
});
