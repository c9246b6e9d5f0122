/** What pays a subscription, as events and Stripe's answers tell it: older never overwrites newer, and what is not known is not claimed. */
import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Payment } from '../../../../core/billing/cards.ts';
import type { Cache, Heard } from '../../../../core/cache/cache.ts';
import { allSubscriptions, freshCache, tell, type CacheFile } from '../../../support/caches.ts';
import { CUSTOMER, customer, event, PAYMENT_METHOD, paymentMethod, START, subscription, SUBSCRIPTION, subscriptionState } from '../../../support/stripe-objects.ts';

const CUSTOMERS_CARD = { id: PAYMENT_METHOD, customer: CUSTOMER, asOf: START, name: 'Visa 4242', expires: { month: 11, year: 2026 } };

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
const updated = (late: number, fields: Parameters<typeof paymentMethod>[0], previous?: Record<string, unknown>) =>
  event('payment_method.updated', paymentMethod(fields), { created: START + late, ...(previous ? { previous } : {}) });
/** Of a card that is good until then. */
const renewed = (late: number, exp_year: number, before?: number) => updated(late, { card: { exp_year } }, before === undefined ? undefined : { card: { exp_year: before } });
const detached = (late: number) => event('payment_method.detached', paymentMethod({ customer: null }), { created: START + late, previous: { customer: CUSTOMER } });
const chosen = (late: number, id: string | null, before: string | null = null) =>
  event('customer.updated', customer(id), { created: START + late, previous: { invoice_settings: { default_payment_method: before } } });
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
  test('of a card', async () => {
    await tellAll(chosen(0, PAYMENT_METHOD), renewed(9, 2030));
    expect(await tellAll(attached(8))).toEqual(['stale']);
    expect(await card()).toMatchObject({ expires: { year: 2030 }, asOf: START + 9 });
  });

  test('of a detached one, too', async () => {
    await tellAll(chosen(0, PAYMENT_METHOD), detached(9));
    expect(await tellAll(detached(8))).toEqual(['stale']);
  });

  test('of a customer', async () => {
    await tellAll(attached(), chosen(5, PAYMENT_METHOD));
    expect(await tellAll(chosen(4, null))).toEqual(['stale']);
    expect(await card()).toEqual(CUSTOMERS_CARD);
  });
});

describe('within one second', () => {
  const [first, second, third] = [renewed(9, 2027, 2026), renewed(9, 2028, 2027), renewed(9, 2029, 2028)];
  const year = async () => (await card())?.expires?.year;

  beforeEach(() => tellAll(attached(), chosen(0, PAYMENT_METHOD)));

  test.each([
    [[first, second, third], ['applied', 'applied', 'applied']],
    [[second, first, third], ['applied', 'stale', 'applied']],
    [[third, second, first, { ...third, id: 'evt_twin' }], ['applied', 'stale', 'stale', 'applied']],
  ])('what the changes of a card say of each other decides, in whatever order they come', async (events, outcomes) => {
    expect(await tellAll(...events)).toEqual(outcomes);
    expect([await year(), await cache.questions()]).toEqual([2029, []]);
  });

  test('where nothing proves it, what is known is kept and Stripe is asked, again after a restart', async () => {
    await tellAll(renewed(9, 2030));
    const reason = `same second as what is kept of Visa 4242: Stripe is asked about each subscription of ${CUSTOMER}`;
    expect(await tell(cache, renewed(9, 2031))).toEqual({ outcome: 'applied', reason, ask: SUBSCRIPTION, collect: null });
    expect(await year()).toBe(2030);
    expect(await (await file.open()).questions()).toEqual([SUBSCRIPTION]);
  });

  test('where one is missing that proves it, too; once that has come, the last of them holds', async () => {
    await tellAll(first, third);
    expect([await year(), await cache.questions()]).toEqual([2027, [SUBSCRIPTION]]);
    expect(await tellAll(second)).toEqual(['applied']);
    expect(await year()).toBe(2029);
    await cache.dropQuestion(SUBSCRIPTION);
    expect(await cache.rebuild({ version: '1.0.0', now: START * 1000 }), 'and a rebuild is in no doubt').toMatchObject({ differing: 0, questions: [] });
  });

  test('there and back proves nothing', async () => {
    await tellAll(first, renewed(9, 2026, 2027));
    expect([await year(), await cache.questions()]).toEqual([2027, [SUBSCRIPTION]]);
  });

  test('what changes nothing that is kept makes nobody ask', async () => {
    await tellAll(renewed(9, 2030), updated(9, { card: { exp_year: 2030 }, metadata: { note: 'new' } }), renewed(9, 2030));
    expect([await year(), await cache.questions()]).toEqual([2030, []]);
  });

  test('an event that cannot be read proves nothing', async () => {
    await tellAll(renewed(9, 2027, 2026), event('payment_method.updated', { id: PAYMENT_METHOD, object: 'payment_method' }, { created: START + 9, previous: { type: 'card' } }));
    expect(await tellAll(renewed(9, 2028, 2027))).toEqual(['applied']);
    expect([await year(), await cache.questions()]).toEqual([2028, []]);
  });

  test('of a customer the same: what they pay with', async () => {
    expect(await tellAll(chosen(5, 'pm_2', PAYMENT_METHOD), created(5), event('customer.updated', customer(PAYMENT_METHOD, { name: 'Ada' }), { created: START + 5, previous: { name: 'Eda' } }))).toEqual(['applied', 'stale', 'stale']);
    expect(await tellAll(chosen(5, null, 'pm_2'))).toEqual(['applied']);
    expect([await card(), await cache.questions()]).toEqual([null, []]);
    expect(await tell(cache, event('customer.updated', customer('pm_3'), { created: START + 5 }))).toMatchObject({ outcome: 'applied', ask: SUBSCRIPTION });
    expect(await card()).toBeNull();
  });

  test('Stripe is asked about each subscription of the customer that goes on', async () => {
    await tell(cache, event('customer.subscription.created', subscription({ id: 'sub_2', created: START + 1 })));
    await tell(cache, event('customer.subscription.deleted', subscription({ id: 'sub_3', status: 'canceled' })));
    await tell(cache, renewed(9, 2030));
    expect(await tell(cache, renewed(9, 2031))).toMatchObject({ ask: 'sub_2' });
    expect(await cache.questions()).toEqual([SUBSCRIPTION, 'sub_2']);
  });

  test('where none goes on, nothing depends on it', async () => {
    await tell(cache, event('customer.subscription.deleted', subscription({ status: 'canceled' })));
    await tell(cache, renewed(9, 2030));
    expect(await tell(cache, renewed(9, 2031))).toMatchObject({ outcome: 'applied', ask: null });
    expect([await year(), await cache.questions()]).toEqual([2030, []]);
  });

  test.each([true, false])('a rebuild asks as the events did, until Stripe has answered (dry run: %s)', async (dryRun) => {
    const rebuilt = () => cache.rebuild({ version: '1.0.0', now: START * 1000, dryRun });
    await tellAll(renewed(9, 2030), renewed(9, 2031));
    await cache.dropQuestion(SUBSCRIPTION);
    expect(await rebuilt()).toMatchObject({ differing: 0, questions: [SUBSCRIPTION] });
    expect([await year(), await cache.questions()]).toEqual([2030, dryRun ? [] : [SUBSCRIPTION]]);
    const { subscription: known } = (await cache.subscription(SUBSCRIPTION))!;
    await cache.saveSubscription({ ...known, version: known.version + 1 }, [], { cards: [{ ...CUSTOMERS_CARD, asOf: START + 9 }], payer: undefined });
    expect(await rebuilt()).toMatchObject({ differing: 0, questions: [] });
    expect([await year(), await cache.questions()]).toEqual([2026, []]);
  });

  test('a replay of what is proven asks nobody', async () => {
    await tellAll(third, second, first);
    for (const { id } of [first, second, third]) expect(await cache.replayEvent(id, 1)).toMatchObject({ ask: null });
    expect([await year(), await cache.questions()]).toEqual([2029, []]);
  });

  test('a replay asks once more, and a dry run only says so', async () => {
    const unsure = renewed(9, 2031);
    await tellAll(renewed(9, 2030), unsure);
    await cache.dropQuestion(SUBSCRIPTION);
    expect(await cache.replayEvent(unsure.id, 1, { dryRun: true })).toMatchObject({ outcome: 'applied', ask: SUBSCRIPTION });
    expect(await cache.questions()).toEqual([]);
    expect(await cache.replayEvent(unsure.id, 1)).toMatchObject({ outcome: 'applied', ask: SUBSCRIPTION });
    expect([await year(), await cache.questions()]).toEqual([2030, [SUBSCRIPTION]]);
  });
});

describe("Stripe's answer", () => {
  const answer = (payment: Payment, version = 2, heard?: Heard) =>
    cache.saveSubscription(subscriptionState({ default_payment_method: null }, { version, event: null }), [], payment, heard ? { heard } : {});
  const payer = { customer: CUSTOMER, asOf: START + 3, paymentMethod: PAYMENT_METHOD };
  const goodUntil = (year: number, late: number) => ({ ...CUSTOMERS_CARD, asOf: START + late, expires: { month: 11, year } });
  const version = async () => (await cache.subscription(SUBSCRIPTION))!.subscription.version + 1;
  const heardNow = async () => (await cache.heardOf()).heard;

  test('tells what pays beside the subscription', async () => {
    await answer({ cards: [CUSTOMERS_CARD], payer });
    expect(await card()).toEqual(CUSTOMERS_CARD);
  });

  test('changes nothing where events have told newer things', async () => {
    await tellAll(renewed(9, 2030), chosen(9, PAYMENT_METHOD));
    await answer({ cards: [CUSTOMERS_CARD], payer: { ...payer, paymentMethod: null } });
    expect(await card()).toMatchObject({ expires: { year: 2030 } });
  });

  test('that is refused for its version tells nothing', async () => {
    expect(await answer({ cards: [CUSTOMERS_CARD], payer }, 7)).toBe(false);
    expect(await card()).toBeUndefined();
  });

  test('wins over what was in doubt when it was asked for, though its own time may be earlier', async () => {
    await tellAll(chosen(0, PAYMENT_METHOD), renewed(9, 2030), renewed(9, 2031));
    expect(await answer({ cards: [goodUntil(2032, 8)], payer: undefined }, await version(), await heardNow())).toBe(true);
    expect([await card(), await cache.questions()]).toEqual([goodUntil(2032, 9), []]);
  });

  test('is not overwritten by an event of its second, but asked again', async () => {
    await tellAll(chosen(0, PAYMENT_METHOD), renewed(9, 2030));
    await answer({ cards: [goodUntil(2032, 9)], payer: undefined }, await version(), await heardNow());
    expect(await tell(cache, renewed(9, 2031, 2030))).toMatchObject({ outcome: 'applied', ask: SUBSCRIPTION });
    expect(await tell(cache, renewed(9, 2032, 2031))).toMatchObject({ outcome: 'applied', ask: null });
    expect((await card())?.expires?.year).toBe(2032);
  });

  test.each<[string, Stripe.Event, boolean]>([
    ['otherwise in the same second', renewed(9, 2031), false],
    ['otherwise later', renewed(12, 2031), false],
    ['the same', renewed(9, 2032), true],
    ['of the time before', renewed(8, 2031), true],
  ])('while it was on its way, an event told %s', async (_what, meanwhile, isSaved) => {
    await tellAll(chosen(0, PAYMENT_METHOD), renewed(7, 2030));
    const [asked, heard] = [await version(), await heardNow()];
    await tell(cache, meanwhile);
    expect(await answer({ cards: [goodUntil(2032, 9)], payer: undefined }, asked, heard)).toBe(isSaved);
    expect((await card())?.expires?.year).toBe(isSaved ? 2032 : 2031);
  });

  test('that was on its way when a doubt arose is not taken for what was asked then', async () => {
    await tellAll(chosen(0, PAYMENT_METHOD), renewed(9, 2030));
    const [asked, heard] = [await version(), await heardNow()];
    await tellAll(renewed(9, 2031));
    expect(await answer({ cards: [], payer: undefined }, asked, heard)).toBe(false);
    expect(await cache.questions()).toEqual([SUBSCRIPTION]);
  });

  test('of two that were on their way at once, each counts from its own time', async () => {
    await tellAll(chosen(0, PAYMENT_METHOD));
    const heard = await heardNow();
    await answer({ cards: [goodUntil(2032, 9)], payer: undefined }, await version(), heard);
    await answer({ cards: [goodUntil(2031, 8)], payer: undefined }, await version(), heard);
    expect((await card())?.expires?.year).toBe(2032);
    expect(await tell(cache, renewed(9, 2032, 2031)), 'and is known for an answer').toMatchObject({ ask: null });
    expect(await tell(cache, renewed(9, 2033, 2032))).toMatchObject({ outcome: 'applied', ask: SUBSCRIPTION });
    expect((await card())?.expires?.year).toBe(2032);
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
