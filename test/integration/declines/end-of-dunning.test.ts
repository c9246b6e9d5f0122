/** Nobody brings another card: what becomes of it in the three settings that an account's Dashboard has for the end of dunning. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dayAndTime, dayAndYear } from '../../support/chapters.ts';
import { openShop, type Shop } from '../../support/shop.ts';
import { DAY, HOUR } from '../../support/stripe-objects.ts';
import { again, declinedAfterTrial, failed, RETRY, type Declined } from './declined.ts';

/** From the first failure to the last try: https://docs.stripe.com/billing/revenue-recovery/smart-retries, as the sandbox reads it. */
const DUNNING = RETRY + 12 * DAY;

let shop: Shop;
beforeEach(async () => void (shop = await openShop()));
afterEach(() => shop.close());

/** Declined, and told; then every retry until the last. */
async function declinedToTheEnd(dunningEnd: string): Promise<Declined & { last: number }> {
  await shop.set({ dunning_end: dunningEnd });
  const begun = await declinedAfterTrial(shop, { soon: 20, later: 45 });
  const { declinedAt: declined, story } = begun;
  const last = declined + DUNNING;
  await shop.advanceTo(last - DAY);
  await story.chapter('seven times in vain', {
    standing: `hold: ${failed(declined, last)}`,
    failedPayment: again(last),
  });
  await shop.advanceTo(last);
  return { ...begun, last };
}

test('cancel: it ends, and so does every session to come', async () => {
  const { told, last, story } = await declinedToTheEnd('cancel');
  const ended = `ended on ${dayAndYear(last)}, after the payment failed`;
  await story.chapter('the last try fails', {
    status: 'canceled',
    standing: `off: ${ended}`,
    failedPayment: 'Visa 0341, the card was declined, not again',
    cancellation: 'payment_failed',
    sessions: { later: ['booked', `cancelled: the subscription ${ended}`] },
    told: [told, `subscription.ended the subscription ${ended}. ${await laterCancelled()}`],
  });
  await shop.advance(40 * DAY);
  await story.chapter('forty days later: nothing more', {});
});

async function laterCancelled(): Promise<string> {
  const [, later] = await shop.cache.sessions();
  return `The session of ${dayAndTime(later!.startsAt)} is cancelled.`;
}

test('unpaid: Stripe gives up, and the hold stays', async () => {
  const { declinedAt: declined, story } = await declinedToTheEnd('unpaid');
  await story.chapter('the last try fails', {
    status: 'unpaid',
    standing: `hold: ${failed(declined)}; Stripe has given up trying`,
    failedPayment: 'Visa 0341, the card was declined, not again',
  });
  await shop.advance(20 * DAY);
  await story.chapter('the next month is not charged: nothing fails, nothing is cancelled', {});
});

test('leave: past due it stays, and the next month fails on its own', async () => {
  const { ada, told, declinedAt: declined, later, story } = await declinedToTheEnd('leave');
  await story.chapter('the last try fails', {
    standing: `hold: ${failed(declined)}`,
    failedPayment: 'Visa 0341, the card was declined, not again',
  });
  const { data } = await shop.stripe.subscriptions.retrieve(ada.subscription).then(({ items }) => items);
  const renewed = data[0]!.current_period_end + HOUR;
  const retry = renewed + 33 * HOUR;
  await shop.advanceTo(renewed);
  await story.chapter('the next month is declined, too: the verdict goes on naming the older payment', {
    sessions: { later: ['booked', `cancelled: ${failed(renewed)}`] },
    told: [told, `payment.failed ${failed(renewed, retry)}. The session of ${dayAndTime(later.startsAt)} is cancelled.`],
  });
  expect(shop.told.map(({ subject }) => subject)).toEqual([...new Set(shop.told.map(({ subject }) => subject))]);
});
