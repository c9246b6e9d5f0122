/** R10: an end that is scheduled by a call, marked by Stripe in one way under flexible billing and in another under classic. */
import type Stripe from 'stripe';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { day, dayAndTime, dayAndYear, storyOf } from '../../support/chapters.ts';
import { openShop, type Shop } from '../../support/shop.ts';
import { DAY, HOUR } from '../../support/stripe-objects.ts';

/** How the end is asked for, and how Stripe marks that it ends at `end`. */
const WAYS: Record<string, { mode: 'flexible' | 'classic'; asks(end: number): Stripe.SubscriptionUpdateParams; marked(end: number): Partial<Stripe.Subscription> }> = {
  'flexible billing, as the portal does it': { mode: 'flexible', asks: (end) => ({ cancel_at: end }), marked: (end) => ({ cancel_at: end, cancel_at_period_end: false }) },
  'flexible billing, by a call': { mode: 'flexible', asks: () => ({ cancel_at_period_end: true }), marked: () => ({ cancel_at_period_end: true }) },
  'classic billing': { mode: 'classic', asks: () => ({ cancel_at_period_end: true }), marked: () => ({ cancel_at_period_end: true }) },
};

let shop: Shop;
beforeEach(async () => void (shop = await openShop()));
afterEach(() => shop.close());

test.for(Object.entries(WAYS))('%s: shown with its day, and at its end every session after it is cancelled', async ([, { mode, asks, marked }]) => {
  await shop.set({ billing_mode: mode });
  const ada = await shop.subscriber();
  const now = (await shop.now()) * 1000;
  const before = await shop.cache.bookSession({ customer: ada.customer, startsAt: ada.trialEnd + 10 * DAY }, now);
  const after = await shop.cache.bookSession({ customer: ada.customer, startsAt: ada.trialEnd + 40 * DAY }, now);
  const story = storyOf(shop, ada, { before, after });
  await shop.advanceTo(ada.trialEnd + HOUR);
  await story.chapter('paid', {
    status: 'active',
    standing: 'on: subscribed',
    failedPayment: null,
    cancellation: null,
    sessions: { before: ['booked'], after: ['booked'] },
    told: [],
  });

  const end = (await shop.stripe.subscriptions.retrieve(ada.subscription)).items.data[0]!.current_period_end;
  const scheduled = await shop.stripe.subscriptions.update(ada.subscription, asks(end));
  expect(scheduled).toMatchObject({ ...marked(end), billing_mode: { type: mode } });
  await story.chapter('the end is scheduled', { standing: `on: subscribed, ends on ${dayAndYear(end)}`, cancellation: 'cancellation_requested' });
  expect((await ada.me()).subscription?.endsAt).toBe(new Date(end * 1000).toISOString());
  await expect(shop.cache.bookSession({ customer: ada.customer, startsAt: end + DAY }, (await shop.now()) * 1000)).rejects.toThrow('the subscription ends on ');

  await shop.advanceTo(end - HOUR);
  await story.chapter('an hour before the end: one took place, the other is booked', {});

  await shop.advanceTo(end);
  const ended = `ended on ${dayAndYear(end)}`;
  await story.chapter('the end', {
    status: 'canceled',
    standing: `off: ${ended}`,
    sessions: { after: ['booked', `cancelled: the subscription ${ended}`] },
    told: [`subscription.ended the subscription ${ended}. The session of ${dayAndTime(after.startsAt)} is cancelled.`],
  });
  expect((await ada.me()).subscription).toMatchObject({ endsAt: null, endedAt: new Date(end * 1000).toISOString() });
});

test('taken back in time: nothing ends', async () => {
  const ada = await shop.subscriber();
  const later = await shop.cache.bookSession({ customer: ada.customer, startsAt: ada.trialEnd + 40 * DAY }, (await shop.now()) * 1000);
  const story = storyOf(shop, ada, { later });
  await shop.stripe.subscriptions.update(ada.subscription, { cancel_at_period_end: true });
  await story.chapter('scheduled during the trial', {
    status: 'trialing',
    standing: `on: trial until ${day(ada.trialEnd)}, ends on ${dayAndYear(ada.trialEnd)}`,
    failedPayment: null,
    cancellation: 'cancellation_requested',
    sessions: { later: ['booked'] },
    told: [],
  });
  expect((await ada.me()).subscription?.endsAt).toBe(new Date(ada.trialEnd * 1000).toISOString());
  await shop.stripe.subscriptions.update(ada.subscription, { cancel_at_period_end: false });
  await shop.advanceTo(ada.trialEnd + HOUR);
  await story.chapter('taken back, and paid', { status: 'active', standing: 'on: subscribed', cancellation: null });
});
