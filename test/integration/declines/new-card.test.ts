/** The card dies, Stripe tries again and again, a new card pays: and nobody has to clean up. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { day, dayAndTime, storyOf } from '../../support/chapters.ts';
import { GOOD_CARD, openShop, type Shop } from '../../support/shop.ts';
import { DAY, HOUR } from '../../support/stripe-objects.ts';
import { again, failed, RETRY } from './declined.ts';

let shop: Shop;
beforeEach(async () => void (shop = await openShop()));
afterEach(() => shop.close());

test('declined, tried again twice, healed by a new card', { timeout: 60_000 }, async () => {
  const ada = await shop.subscriber('pm_card_chargeCustomerFail');
  const declined = ada.trialEnd + HOUR;
  const retry = declined + RETRY;
  const thirdTry = retry + DAY;
  const fourthTry = thirdTry + 2 * DAY;
  const now = (await shop.now()) * 1000;
  const soon = await shop.cache.bookSession({ customer: ada.customer, startsAt: ada.trialEnd + 10 * DAY }, now);
  const later = await shop.cache.bookSession({ customer: ada.customer, startsAt: ada.trialEnd + 40 * DAY }, now);
  const story = storyOf(shop, ada, { soon, later });

  await story.chapter('on trial', {
    status: 'trialing',
    standing: `on: trial until ${day(ada.trialEnd)}`,
    failedPayment: null,
    cancellation: null,
    sessions: { soon: ['booked'], later: ['booked'] },
    told: [],
  });

  await shop.advanceTo(ada.trialEnd);
  await story.chapter('the trial is over, and nothing is paid', { status: 'active', standing: 'hold: the first payment, $60, has not been made yet' });

  await shop.advanceTo(declined);
  const told = `payment.failed ${failed(declined, retry)}. The session of ${dayAndTime(soon.startsAt)} is cancelled.`;
  await story.chapter('the card is declined', {
    status: 'past_due',
    standing: `hold: ${failed(declined, retry)}`,
    failedPayment: again(retry),
    sessions: { soon: ['booked', `cancelled: ${failed(declined)}`] },
    told: [told],
  });

  await shop.advanceTo(retry);
  await story.chapter('Stripe tries again: nothing but the sentence changes', {
    standing: `hold: ${failed(declined, thirdTry)}`,
    failedPayment: again(thirdTry),
  });

  await shop.advanceTo(thirdTry);
  await story.chapter('and again', {
    standing: `hold: ${failed(declined, fourthTry)}`,
    failedPayment: again(fourthTry),
  });

  await shop.advance(HOUR);
  await ada.inPortal('payment-methods', GOOD_CARD);
  const recovered = `payment.recovered the payment of ${day(declined)} over $60 came after all. The session of ${dayAndTime(soon.startsAt)} can take place again: devchat sessions restore ${soon.id}`;
  const cancelled = `cancelled: ${failed(declined)}`;
  const came = `cancelled: the payment of ${day(declined)} over $60 failed, and came on ${day(thirdTry)}`;
  await story.chapter('a new card pays', {
    status: 'active',
    standing: 'on: subscribed',
    failedPayment: null,
    sessions: { soon: ['booked', cancelled, came] },
    told: [told, recovered],
  });
  expect((await ada.me()).cancelledSession).toEqual({ id: soon.id, startsAt: new Date(soon.startsAt * 1000).toISOString(), paid: true });

  await shop.advanceTo(fourthTry);
  await story.chapter('the day of the next try passes: nothing happens by itself', {});

  await shop.cache.restoreSession(soon.id, 'restored by the owner', (await shop.now()) * 1000);
  await story.chapter('the owner restores the session', { sessions: { soon: ['booked', cancelled, came, 'booked: restored by the owner'] } });
  expect(await ada.me()).toMatchObject({ nextSession: { id: soon.id }, cancelledSession: null });

  await shop.advanceTo(soon.startsAt + 2 * HOUR);
  await expect.poll(ada.me).toMatchObject({ nextSession: { id: later.id } });
  await shop.advanceTo(ada.trialEnd + 31 * DAY + 2 * HOUR);
  await story.chapter('a month later the new card pays again', {});
});
