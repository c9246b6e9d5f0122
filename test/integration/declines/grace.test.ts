/** An owner who gives three days of grace: nothing is cancelled before they are over, and nothing ever where the money comes in time. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DEFAULT_POLICY } from '../../../core/billing/policy.ts';
import type { Session } from '../../../core/sessions/session.ts';
import { day, dayAndTime, storyOf, type Story } from '../../support/chapters.ts';
import { GOOD_CARD, openShop, type Shop, type Subscriber } from '../../support/shop.ts';
import { DAY, HOUR } from '../../support/stripe-objects.ts';
import { again, failed, RETRY } from './declined.ts';

const GRACE_DAYS = 3;

let shop: Shop;
beforeEach(async () => void (shop = await openShop({ policy: { ...DEFAULT_POLICY, past_due: { graceDays: GRACE_DAYS } } })));
afterEach(() => shop.close());

const notSince = (at: number): string => `${failed(at)}, and has not come since`;
const cancelled = (at: number, { startsAt }: Session): string => `session.cancelled ${notSince(at)}. The session of ${dayAndTime(startsAt)} is cancelled.`;

interface InGrace {
  ada: Subscriber;
  session: Session;
  later: Session;
  story: Story;
  told: string;
  declined: number;
  graceEnd: number;
}

/** Declined, with a session so many days after that. */
async function declinedWithSession(daysAfter: number): Promise<InGrace> {
  const ada = await shop.subscriber('pm_card_chargeCustomerFail');
  const declined = ada.trialEnd + HOUR;
  const retry = declined + RETRY;
  const graceEnd = declined + GRACE_DAYS * DAY;
  const now = (await shop.now()) * 1000;
  const session = await shop.cache.bookSession({ customer: ada.customer, startsAt: declined + daysAfter * DAY }, now);
  const later = await shop.cache.bookSession({ customer: ada.customer, startsAt: ada.trialEnd + 50 * DAY }, now);
  const story = storyOf(shop, ada, { session, later });
  await shop.advanceTo(declined);
  const told = `payment.failed ${failed(declined, retry)}; in grace until ${day(graceEnd)}. Sessions stay booked until ${day(graceEnd)}.`;
  await story.chapter('declined: told, and nothing cancelled', {
    status: 'past_due',
    standing: `on: ${failed(declined, retry)}; in grace until ${day(graceEnd)}`,
    failedPayment: again(retry),
    cancellation: null,
    sessions: { session: ['booked'], later: ['booked'] },
    told: [told],
  });
  return { ada, session, later, story, told, declined, graceEnd };
}

test('nobody pays: the next session is cancelled when grace ends, and the owner told', async () => {
  const { ada, session, story, told, declined, graceEnd } = await declinedWithSession(10);
  const fourth = declined + RETRY + 3 * DAY;
  await shop.advanceTo(graceEnd - HOUR);
  await story.chapter('an hour before the end of grace, after two tries more', {
    standing: `on: ${failed(declined, fourth)}; in grace until ${day(graceEnd)}`,
    failedPayment: again(fourth),
  });

  await shop.advanceTo(graceEnd);
  await story.chapter('grace is over', {
    standing: `hold: ${failed(declined, fourth)}`,
    sessions: { session: ['booked', `cancelled: ${notSince(declined)}`] },
    told: [told, cancelled(declined, session)],
  });
  expect((await ada.me()).cancelledSession).toEqual({ id: session.id, startsAt: new Date(session.startsAt * 1000).toISOString(), paid: false });
});

test('paid in time: nothing is ever cancelled, one notice of the failure and one of the money', async () => {
  const { ada, story, told, declined, graceEnd } = await declinedWithSession(10);
  await shop.advanceTo(declined + DAY);
  await ada.inPortal('payment-methods', GOOD_CARD);
  await story.chapter('a new card pays', {
    status: 'active',
    standing: 'on: subscribed',
    failedPayment: null,
    told: [told, `payment.recovered the payment of ${day(declined)} over $60 came after all.`],
  });
  await shop.advanceTo(graceEnd + DAY);
  await story.chapter('the days of grace are over', {});
});

test('a session within the days of grace takes place, and the one after them is cancelled', async () => {
  const { story, told, later, declined, graceEnd } = await declinedWithSession(2);
  const fourth = declined + RETRY + 3 * DAY;
  await shop.advanceTo(graceEnd);
  await story.chapter('grace is over', {
    standing: `hold: ${failed(declined, fourth)}`,
    failedPayment: again(fourth),
    sessions: { later: ['booked', `cancelled: ${notSince(declined)}`] },
    told: [told, cancelled(declined, later)],
  });
});
