/** What pays a subscription, as events and Stripe's answers tell it: older never overwrites newer, and what is not known is not claimed. */
import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Payment } from '../../../../core/billing/cards.ts';
import type { Cache } from '../../../../core/cache/cache.ts';
import { allSubscriptions, freshCache, tell, type CacheFile } from '../../../support/caches.ts';
import { CUSTOMER, customer, event, PAYMENT_METHOD, paymentMethod, START, subscription, SUBSCRIPTION, subscriptionState } from '../../../support/stripe-objects.ts';

const CUSTOMERS_CARD = { id: PAYMENT_METHOD, customer: CUSTOMER, asOf: START, name: 'Visa 4242', expires: { month: 11, year: 2026 } };
const CHANGED = { invoice_settings: { default_payment_method: null } };

let file: CacheFile;
let cache: Cache;

beforeEach(async () => {
  file = await freshCache();
  cache = await file.open();
  await tell(cache, event('customer.subscription.created', subscription({ default_payment_method: null })));
});

afterEach(() => file.remove());

const card = async () => (await cache.subscription(SUBSCRIPTION))?.card;

/** `late` in seconds after the beginning. */
const attached = (late = 0, fields: Parameters<typeof paymentMethod>[0] = {}) => event('payment_method.attached', paymentMethod(fields), { created: START + late });
const updated = (late: number, fields: Parameters<typeof paymentMethod>[0]) => event('payment_method.updated', paymentMethod(fields), { created: START + late });
const detached = (late: number) => event('payment_method.detached', paymentMethod({ customer: null }), { created: START + late, previous: { customer: CUSTOMER } });
const chosen = (late: number, id: string | null) => event('customer.updated', customer(id), { created: START + late, previous: CHANGED });
const created = (late = 0, fields: Partial<Stripe.Customer> = {}) => event('customer.created', customer(null, fields), { created: START + late });

async function tellAll(...events: Stripe.Event[]): Promise<string[]> {
  const outcomes: string[] = [];
  for (const each of events) outcomes.push((await tell(cache, each)).outcome);
  return outcomes;
}

describe('what a subscription is charged to', () => {
  test('is not known before anybody said', async () => {
    expect(await card()).toBeUndefined();
    await tellAll(attached());
    expect(await card()).toBeUndefined();
  });

  test("is the customer's card, in whatever order that is heard", async () => {
    await tellAll(chosen(1, PAYMENT_METHOD));
    expect(await card(), 'there is one, and it is not known').toBeUndefined();
    await tellAll(attached());
    expect(await card()).toEqual(CUSTOMERS_CARD);
  });

  test("is the subscription's own before the customer's", async () => {
    await tellAll(attached(), chosen(1, PAYMENT_METHOD), attached(1, { id: 'pm_own', card: { last4: '0341' } }));
    await tell(cache, event('customer.subscription.updated', subscription({ default_payment_method: 'pm_own' }), { created: START + 2 }));
    expect(await card()).toMatchObject({ id: 'pm_own', name: 'Visa 0341' });
  });

  test('is nothing where the customer has nothing', async () => {
    await tellAll(created());
    expect(await card()).toBeNull();
  });

  test('is not nothing where an old source stands, of which nothing is known', async () => {
    await tellAll(created(0, { default_source: 'card_old' }));
    expect(await card()).toBeUndefined();
  });

  test('is nothing once the card is detached, and a late word does not bring it back', async () => {
    await tellAll(attached(), chosen(1, PAYMENT_METHOD), detached(5));
    expect(await card()).toBeNull();
    expect(await tellAll(attached(5), updated(9, { card: { exp_year: 2030 } }))).toEqual(['stale', 'stale']);
    expect(await card()).toBeNull();
  });

  test('is told with every list and for every customer', async () => {
    await tellAll(attached(), chosen(1, PAYMENT_METHOD));
    expect([(await cache.subscriptionOfCustomer(CUSTOMER))?.card, (await allSubscriptions(cache))[0]?.card]).toEqual([CUSTOMERS_CARD, CUSTOMERS_CARD]);
  });
});

describe('older never overwrites newer', () => {
  test('of a card; of one second, what is heard last holds', async () => {
    await tellAll(chosen(0, PAYMENT_METHOD), updated(9, { card: { exp_year: 2030 } }));
    expect(await tellAll(attached(8))).toEqual(['stale']);
    expect(await card()).toMatchObject({ expires: { year: 2030 }, asOf: START + 9 });
    await tellAll(updated(9, { card: { exp_year: 2031 } }));
    expect(await card()).toMatchObject({ expires: { year: 2031 } });
  });

  test('of a customer; of one second, only what says that it changed the card', async () => {
    await tellAll(attached(), chosen(5, PAYMENT_METHOD));
    expect(await tellAll(created(5), event('customer.updated', customer(null), { created: START + 5, previous: { name: 'Ada' } }), chosen(4, null))).toEqual(['stale', 'stale', 'stale']);
    expect(await card()).toEqual(CUSTOMERS_CARD);
    expect(await tellAll(chosen(5, null))).toEqual(['applied']);
    expect(await card()).toBeNull();
  });
});

describe("Stripe's answer", () => {
  const answer = (payment: Payment, version = 2) => cache.saveSubscription(subscriptionState({ default_payment_method: null }, { version, event: null }), [], payment);
  const payer = { customer: CUSTOMER, asOf: START + 3, paymentMethod: PAYMENT_METHOD };

  test('tells what pays beside the subscription', async () => {
    await answer({ cards: [CUSTOMERS_CARD], payer });
    expect(await card()).toEqual(CUSTOMERS_CARD);
  });

  test('changes nothing where events have told newer things', async () => {
    await tellAll(updated(9, { card: { exp_year: 2030 } }), chosen(9, PAYMENT_METHOD));
    await answer({ cards: [CUSTOMERS_CARD], payer: { ...payer, paymentMethod: null } });
    expect(await card()).toMatchObject({ expires: { year: 2030 } });
  });

  test('that is refused for its version tells nothing', async () => {
    expect(await answer({ cards: [CUSTOMERS_CARD], payer }, 7)).toBe(false);
    expect(await card()).toBeUndefined();
  });
});

test('a payment method that is no card does not expire', async () => {
  await tellAll(chosen(0, PAYMENT_METHOD), event('payment_method.attached', { id: PAYMENT_METHOD, object: 'payment_method', type: 'sepa_debit', customer: { id: CUSTOMER } }));
  expect(await card()).toMatchObject({ name: 'sepa debit', expires: null, customer: CUSTOMER });
});

test('what is no whole payment method is kept as failed; of a customer who is not shown whole nothing is claimed', async () => {
  expect(await tellAll(event('payment_method.attached', { id: PAYMENT_METHOD, object: 'payment_method' }))).toEqual(['failed']);
  expect(await tellAll(event('customer.updated', { id: CUSTOMER, object: 'customer' }))).toEqual(['ignored']);
  expect(await card()).toBeUndefined();
});

test('events of another API version name no subscription: they are ignored', async () => {
  const old = { api_version: '2020-03-02' };
  expect(await tellAll(event('payment_method.attached', paymentMethod(), old), event('customer.created', customer(), old))).toEqual(['ignored', 'ignored']);
});

test('every event that can tell of a card counts', async () => {
  await tellAll(chosen(0, PAYMENT_METHOD));
  for (const [index, type] of ['payment_method.attached', 'payment_method.updated', 'payment_method.automatically_updated'].entries()) {
    await tell(cache, event(type, paymentMethod({ card: { exp_month: index + 1 } }), { created: START + index }));
    expect((await card())?.expires).toEqual({ month: index + 1, year: 2026 });
  }
});
