/** What must hold of a failed payment however Stripe tells it: R03, R04, R07. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from 'vitest';
import { openShop, type Shop } from '../../support/shop.ts';
import { cancelsOnce, notPaidInBetween, openSilentShop, ORDERS, staysFlagged } from './told-by-hand.ts';

const ROUNDS = Array.from({ length: 12 }, (_, index) => index + 1);

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
});
