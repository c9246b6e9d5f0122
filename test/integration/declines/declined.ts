/** How stories of declined cards begin: the card dies as the trial ends, and the first of two sessions is cancelled for it. */
import type { Session } from '../../../core/sessions/session.ts';
import { day, dayAndTime, storyOf, type Story } from '../../support/chapters.ts';
import type { Shop, Subscriber } from '../../support/shop.ts';
import { DAY, HOUR } from '../../support/stripe-objects.ts';

/** From a failure to the next try. */
export const RETRY = 33 * HOUR;

/** What is said of the failed payment; `next` is the next try. Times in seconds. */
export const failed = (at: number, next?: number): string => `the payment of ${day(at)} over $60 failed (the card was declined)${next === undefined ? '' : `, Stripe tries again on ${day(next)}`}`;

/** The failed payment in the chapter's words, with the next try. */
export const again = (at: number): string => `Visa 0341, the card was declined, again at ${new Date(at * 1000).toISOString()}`;

export interface Declined {
  ada: Subscriber;
  soon: Session;
  later: Session;
  /** What the owner was told of it. */
  told: string;
  declinedAt: number;
  story: Story;
}

/** The sessions are so many days after the trial. */
export async function declinedAfterTrial(shop: Shop, days: { soon: number; later: number }): Promise<Declined> {
  const ada = await shop.subscriber('pm_card_chargeCustomerFail');
  const now = (await shop.now()) * 1000;
  const book = (after: number) => shop.cache.bookSession({ customer: ada.customer, startsAt: ada.trialEnd + after * DAY }, now);
  const [soon, later] = [await book(days.soon), await book(days.later)];
  const story = storyOf(shop, ada, { soon, later });
  const declinedAt = ada.trialEnd + HOUR;
  const why = failed(declinedAt, declinedAt + RETRY);
  const told = `payment.failed ${why}. The session of ${dayAndTime(soon.startsAt)} is cancelled.`;
  await shop.advanceTo(declinedAt);
  await story.chapter('declined', {
    status: 'past_due',
    standing: `hold: ${why}`,
    failedPayment: again(declinedAt + RETRY),
    cancellation: null,
    sessions: { soon: ['booked', `cancelled: ${failed(declinedAt)}`], later: ['booked'] },
    told: [told],
  });
  return { ada, soon, later, told, declinedAt, story };
}
