/** A new card while money is missing: noted with the event that tells of it, until it has paid. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Cache } from '../../../../core/cache/cache.ts';
import { failed, paid, UPDATED } from '../../../support/bookings.ts';
import { freshCache, received, tell, type CacheFile } from '../../../support/caches.ts';
import { CUSTOMER, DAY, event, HOUR, INVOICE, START, subscription } from '../../../support/stripe-objects.ts';

const FAILED_AT = START + HOUR;

let file: CacheFile;
let cache: Cache;

beforeEach(async () => {
  file = await freshCache();
  cache = await file.open();
  await tell(cache, event(UPDATED, subscription()));
});

afterEach(() => file.remove());

function newCard(paymentMethod: string, created: number, customer = CUSTOMER) {
  const previous = { invoice_settings: { default_payment_method: 'pm_dead' } };
  return event('customer.updated', { id: customer, object: 'customer', invoice_settings: { default_payment_method: paymentMethod } }, { created, previous });
}

describe('a new card', () => {
  test('while nothing is missing is nothing to collect with', async () => {
    expect(await tell(cache, newCard('pm_new', FAILED_AT))).toMatchObject({ outcome: 'applied', collect: null });
    expect(await cache.collections()).toEqual([]);
  });

  test('of the customer pays what is missing, and is noted until it has', async () => {
    await tell(cache, failed({ created: FAILED_AT }));
    expect(await tell(cache, newCard('pm_new', FAILED_AT + 60))).toMatchObject({ collect: CUSTOMER });
    expect(await cache.collections()).toEqual([{ customer: CUSTOMER, paymentMethod: 'pm_new' }]);
    expect((await cache.missingInvoices(CUSTOMER)).map(({ id }) => id)).toEqual([INVOICE]);
    await cache.dropCollection({ customer: CUSTOMER, paymentMethod: 'pm_new' });
    expect(await cache.collections()).toEqual([]);
  });

  test('of the subscription does so too', async () => {
    await tell(cache, failed({ created: FAILED_AT }));
    const told = event(UPDATED, subscription({ status: 'past_due', default_payment_method: 'pm_new' }), { created: FAILED_AT + 60, previous: { default_payment_method: 'pm_dead' } });
    expect(await tell(cache, told)).toMatchObject({ collect: CUSTOMER });
  });

  test('told again by the same event is not collected with again', async () => {
    await tell(cache, failed({ created: FAILED_AT }));
    const told = received(newCard('pm_new', FAILED_AT + 60));
    const [first, ...others] = await Promise.all([1, 2, 3].map(() => cache.recordEvent(told)));
    expect(first?.collect).toBe(CUSTOMER);
    expect(others.map(({ collect }) => collect)).toEqual([null, null]);
  });

  test('told by a replay charges nobody: the card was tried when it was first heard of', async () => {
    await tell(cache, failed({ created: FAILED_AT }));
    const told = newCard('pm_new', FAILED_AT + 60);
    await tell(cache, told);
    await cache.dropCollection({ customer: CUSTOMER, paymentMethod: 'pm_new' });
    expect(await cache.replayEvent(told.id, (FAILED_AT + 120) * 1000)).toMatchObject({ outcome: 'applied', collect: null });
    expect(await cache.collections()).toEqual([]);
  });

  test('from before the failure is the one that failed', async () => {
    await tell(cache, failed({ created: FAILED_AT }));
    expect(await tell(cache, newCard('pm_old', FAILED_AT - 1))).toMatchObject({ collect: null });
  });

  test('that comes late never replaces a newer one', async () => {
    await tell(cache, failed({ created: FAILED_AT }));
    await tell(cache, newCard('pm_newest', FAILED_AT + 120));
    expect(await tell(cache, newCard('pm_new', FAILED_AT + 60))).toMatchObject({ collect: null });
    await cache.dropCollection({ customer: CUSTOMER, paymentMethod: 'pm_new' });
    expect(await cache.collections()).toEqual([{ customer: CUSTOMER, paymentMethod: 'pm_newest' }]);
  });

  test('pays nothing for a subscription that has ended, nor for another customer', async () => {
    await tell(cache, failed({ created: FAILED_AT }));
    expect(await tell(cache, newCard('pm_new', FAILED_AT + 60, 'cus_other'))).toMatchObject({ collect: null });
    await tell(cache, event('customer.subscription.deleted', subscription({ status: 'canceled', ended_at: START + DAY }), { created: START + DAY }));
    expect(await tell(cache, newCard('pm_new', START + 2 * DAY))).toMatchObject({ collect: null });
    expect(await cache.missingInvoices(CUSTOMER)).toEqual([]);
  });

  test('has nothing left to pay once the money has come', async () => {
    await tell(cache, failed({ created: FAILED_AT }));
    await tell(cache, paid({ created: FAILED_AT + 60 }));
    expect(await tell(cache, newCard('pm_new', FAILED_AT + 120))).toMatchObject({ collect: null });
  });
});
