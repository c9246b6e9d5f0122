/** What must hold of a failed payment however Stripe tells it: R03, R04, R07. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openShop, type Shop } from '../../support/shop.ts';
import { DAY, HOUR } from '../../support/stripe-objects.ts';
import { cancelsOnce, notPaidInBetween, openSilentShop, ORDERS, staysFlagged } from './told-by-hand.ts';

const ROUNDS = Array.from({ length: 8 }, (_, index) => index + 1);

describe('told by hand', () => {
  let shop: Shop;
  beforeAll(async () => void (shop = await openSilentShop()));
  afterAll(() => shop.close());

  test.for(ROUNDS)('R03: told many times at once, the next session is cancelled once and the owner told once (seed %i)', (seed) => cancelsOnce(shop, seed));
  test.for(ORDERS)('R04: $first first, the other $secondsLater s later: the flag stays until the invoice is paid', (order) => staysFlagged(shop, order));
});

describe('told by the sandbox', () => {
  let shop: Shop;
  beforeEach(async () => void (shop = await openShop()));
  afterEach(() => shop.close());

  test('R07: "active" straight after the trial does not mean paid', () => notPaidInBetween(shop));

  test('the daemon’s clock is behind the events: a session that has begun by then is not the next one', async () => {
    const ada = await shop.subscriber('pm_card_chargeCustomerFail');
    const now = (await shop.now()) * 1000;
    const begun = await shop.cache.bookSession({ customer: ada.customer, startsAt: ada.trialEnd + HOUR / 2 }, now);
    const next = await shop.cache.bookSession({ customer: ada.customer, startsAt: ada.trialEnd + 40 * DAY }, now);
    await shop.advanceTo(ada.trialEnd + HOUR);
    const states = await Promise.all([begun, next].map(async ({ id }) => (await shop.cache.session(id))?.session.state));
    expect(states).toEqual(['booked', 'cancelled']);
  });
});
