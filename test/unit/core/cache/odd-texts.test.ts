/** A letter that PostgreSQL cannot keep: what it keeps in its place is no difference to what the journal gives. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Cache } from '../../../../core/cache/cache.ts';
import { UPDATED } from '../../../support/bookings.ts';
import { freshCache, tell, type CacheFile } from '../../../support/caches.ts';
import { event, invoice, invoiceState, paymentMethod, START, subscription, subscriptionState } from '../../../support/stripe-objects.ts';

let file: CacheFile;
let cache: Cache;

beforeEach(async () => {
  file = await freshCache();
  cache = await file.open();
});

afterEach(() => file.remove());

const rebuilt = async () => (await cache.rebuild({ version: '1', now: START * 1000 })).differences;

test('a null is found again by a rebuild', async () => {
  const odd = 'a\0b';
  await tell(cache, event(UPDATED, subscription({ status: odd as never })));
  await tell(cache, event('invoice.updated', invoice({ status: odd as never })));
  await tell(cache, event('payment_method.attached', paymentMethod({ card: { brand: odd, display_brand: null } })));
  await cache.saveSubscription(subscriptionState({ id: 'sub_2', status: odd as never }, { event: null }), [invoiceState({ id: 'in_2', subscription: 'sub_2', failureCode: odd, card: odd })]);
  for (let times = 0; times < 2; times += 1) expect(await rebuilt()).toEqual([]);
});

test('but another letter is a difference', async () => {
  await tell(cache, event('invoice.updated', invoice({ status: 'a\0b' as never })));
  await cache.saveSubscription(subscriptionState({ status: 'active' }, { event: null, asOf: START - 1 }), [invoiceState({ status: 'axb', asOf: START - 1 })]);
  expect(await rebuilt()).toMatchObject([{ kind: 'invoice', action: 'change', fields: [{ path: 'status' }, { path: 'asOf' }] }]);
});
