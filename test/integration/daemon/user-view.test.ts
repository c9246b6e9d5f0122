/** What a signed-in user is told of their sessions, as the cache has them. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Cache } from '../../../core/cache/cache.ts';
import { userView } from '../../../daemon/user-view.ts';
import { freshCacheFile, tell, type CacheFile } from '../../support/caches.ts';
import { CUSTOMER, DAY, event, HOUR, invoice, INVOICE, START, subscription, TERMS } from '../../support/stripe-objects.ts';

const USER = { id: 'user-1', email: 'ada@example.com', passwordHash: null, customer: CUSTOMER };
const FRIDAY = START + 8 * DAY;
const NEXT_MONTH = START + 40 * DAY;

let file: CacheFile;
let cache: Cache;
let now: number;

beforeEach(async () => {
  file = freshCacheFile();
  cache = await file.open();
  now = START;
  await tell(cache, event('customer.subscription.updated', subscription()));
});

afterEach(() => file.remove());

const book = (startsAt: number) => cache.bookSession({ customer: CUSTOMER, startsAt }, now * 1000);
const seen = () => userView(USER, { cache, rules: TERMS, clock: { now: () => now * 1000, refresh: () => Promise.resolve() } });
const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

async function paymentFails(): Promise<void> {
  await tell(cache, event('invoice.payment_failed', invoice({ attempted: true }), { created: START + 1 }));
}

async function paymentComes(): Promise<void> {
  await tell(cache, event('invoice.paid', invoice({ status: 'paid', attempted: true }), { created: START + 2 }));
}

test('the next session, as it comes, begins and is over', async () => {
  const { id } = await book(FRIDAY);
  await book(NEXT_MONTH);
  expect((await seen()).nextSession).toEqual({ id, startsAt: iso(FRIDAY), hasBegun: false });
  now = FRIDAY;
  expect((await seen()).nextSession).toEqual({ id, startsAt: iso(FRIDAY), hasBegun: true });
  now = FRIDAY + HOUR;
  expect((await seen()).nextSession).toMatchObject({ startsAt: iso(NEXT_MONTH), hasBegun: false });
});

test('the one that a failed payment cancelled, unpaid, paid, restored; the later one stays', async () => {
  const { id } = await book(FRIDAY);
  await book(NEXT_MONTH);
  await paymentFails();
  expect(await seen()).toMatchObject({ cancelledSession: { id, startsAt: iso(FRIDAY), paid: false }, nextSession: { startsAt: iso(NEXT_MONTH) }, standing: { verdict: 'hold' } });
  await paymentComes();
  expect(await seen()).toMatchObject({ cancelledSession: { id, paid: true }, standing: { verdict: 'on' } });
  await cache.restoreSession(id, 'restored by hand', now * 1000);
  expect(await seen()).toMatchObject({ cancelledSession: null, nextSession: { id } });
});

test('a cancelled one is history where another was booked instead, or its time has passed', async () => {
  await book(FRIDAY);
  await paymentFails();
  now = FRIDAY;
  expect((await seen()).cancelledSession).toBeNull();
  now = START;
  await paymentComes();
  await book(NEXT_MONTH);
  expect((await seen()).cancelledSession).toMatchObject({ paid: true });
  const { id } = await book(FRIDAY + DAY);
  expect(await seen()).toMatchObject({ cancelledSession: null, nextSession: { id } });
});

test('a session that the owner cancelled for another reason is not told as a failed payment', async () => {
  const { id } = await book(FRIDAY);
  await cache.cancelSession(id, 'ill', now * 1000);
  expect(await seen()).toMatchObject({ cancelledSession: null, nextSession: null });
});

test('a new card is being charged until the money has come or was refused', async () => {
  const newCard = event('customer.updated', { id: CUSTOMER, object: 'customer', invoice_settings: { default_payment_method: 'pm_new' } }, { previous: { invoice_settings: { default_payment_method: 'pm_old' } } });
  await tell(cache, newCard);
  expect((await seen()).isCharging, 'nothing is missing').toBe(false);
  await paymentFails();
  await tell(cache, { ...newCard, id: 'evt_new_card', created: START + 2 });
  expect((await seen()).isCharging).toBe(true);
  await cache.dropCollection({ customer: CUSTOMER, paymentMethod: 'pm_new' });
  expect(await seen()).toMatchObject({ isCharging: false, subscription: { failedPayment: { invoice: INVOICE } } });
});
