/** Declined, then cancelled by the customer: what they say on leaving is kept. */
import { afterEach, beforeEach, test } from 'vitest';
import { dayAndTime, dayAndYear } from '../../support/chapters.ts';
import { openShop, type Shop } from '../../support/shop.ts';
import { DAY } from '../../support/stripe-objects.ts';
import { declinedAfterTrial } from './declined.ts';

const SAID = 'I love it, but…';

let shop: Shop;
beforeEach(async () => void (shop = await openShop()));
afterEach(() => shop.close());

/** Declined; a day later. */
async function declined() {
  const { declinedAt, ...begun } = await declinedAfterTrial(shop, { soon: 10, later: 40 });
  await shop.advance(DAY);
  return { ...begun, ended: `ended on ${dayAndYear(declinedAt + DAY)}` };
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
