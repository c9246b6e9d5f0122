/** Declined, then cancelled by the customer: what they say on leaving is kept. */
import { afterEach, beforeEach, test } from 'vitest';
import type { Session } from '../../../core/sessions/session.ts';
import { day, dayAndTime, dayAndYear, storyOf, type Story } from '../../support/chapters.ts';
import { openShop, type Shop, type Subscriber } from '../../support/shop.ts';
import { DAY, HOUR } from '../../support/stripe-objects.ts';

const SAID = 'I love it, but…';

let shop: Shop;
beforeEach(async () => void (shop = await openShop()));
afterEach(() => shop.close());

interface Declined {
  ada: Subscriber;
  later: Session;
  told: string;
  ended: string;
  story: Story;
}

/** Declined; a day later. */
async function declined(): Promise<Declined> {
  const ada = await shop.subscriber('pm_card_chargeCustomerFail');
  const now = (await shop.now()) * 1000;
  const soon = await shop.cache.bookSession({ customer: ada.customer, startsAt: ada.trialEnd + 10 * DAY }, now);
  const later = await shop.cache.bookSession({ customer: ada.customer, startsAt: ada.trialEnd + 40 * DAY }, now);
  const story = storyOf(shop, ada, { soon, later });
  const failedAt = ada.trialEnd + HOUR;
  const retry = failedAt + 33 * HOUR;
  const reason = `the payment of ${day(failedAt)} over $60 failed (the card was declined)`;
  const why = `${reason}, Stripe tries again on ${day(retry)}`;
  const told = `payment.failed ${why}. The session of ${dayAndTime(soon.startsAt)} is cancelled.`;
  await shop.advanceTo(failedAt);
  await story.chapter('declined', {
    status: 'past_due',
    standing: `hold: ${why}`,
    failedPayment: `Visa 0341, the card was declined, again at ${new Date(retry * 1000).toISOString()}`,
    cancellation: null,
    sessions: { soon: ['booked', `cancelled: ${reason}`], later: ['booked'] },
    told: [told],
  });
  await shop.advance(DAY);
  return { ada, later, told, ended: `ended on ${dayAndYear(failedAt + DAY)}`, story };
}

test('in the portal, which asks why afterwards', async () => {
  const { ada, later, told, ended, story } = await declined();
  const cancellation_reason = { enabled: true, options: ['too_expensive' as const, 'unused' as const] };
  await shop.stripe.billingPortal.configurations.update(shop.configuration, { features: { subscription_cancel: { enabled: true, mode: 'immediately', cancellation_reason } } });

  await ada.inPortal(`subscriptions/${ada.subscription}/cancel`, {});
  await story.chapter('cancelled', {
    status: 'canceled',
    standing: `off: ${ended}`,
    cancellation: 'cancellation_requested',
    sessions: { later: ['booked', `cancelled: the subscription ${ended}`] },
    told: [told, `subscription.ended the subscription ${ended}. The session of ${dayAndTime(later.startsAt)} is cancelled.`],
  });

  await ada.inPortal(`subscriptions/${ada.subscription}/cancel/reason`, { feedback: 'too_expensive', comment: SAID });
  await story.chapter('the reason comes after the end: kept, and nobody is told twice', { cancellation: `cancellation_requested, too_expensive, ${SAID}` });

  await shop.advance(30 * DAY);
  await story.chapter('a month later: no retry, nothing more', {});
});

test('by a call that says why at once: the owner reads it', async () => {
  const { ada, later, told, ended, story } = await declined();
  await shop.stripe.subscriptions.cancel(ada.subscription, { cancellation_details: { feedback: 'too_expensive', comment: SAID } });
  await story.chapter('cancelled', {
    status: 'canceled',
    standing: `off: ${ended}`,
    cancellation: `cancellation_requested, too_expensive, ${SAID}`,
    sessions: { later: ['booked', `cancelled: the subscription ${ended}`] },
    told: [told, `subscription.ended the subscription ${ended} (too expensive: "${SAID}"). The session of ${dayAndTime(later.startsAt)} is cancelled.`],
  });
});
