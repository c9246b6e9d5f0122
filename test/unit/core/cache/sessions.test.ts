/** Sessions in the cache: what the owner may do with them, and what their history tells. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Cache } from '../../../../core/cache/cache.ts';
import { failed, paid, SESSION_DAYS, states, UPDATED, withSessions } from '../../../support/bookings.ts';
import { freshCache, tell, type CacheFile } from '../../../support/caches.ts';
import { CUSTOMER, DAY, event, HOUR, START, subscription, type SubscriptionFields } from '../../../support/stripe-objects.ts';

const NOW = START * 1000;
const later = (days: number) => (START + days * DAY) * 1000;

let file: CacheFile;
let cache: Cache;

beforeEach(async () => {
  file = await freshCache();
  cache = await file.open();
});

afterEach(() => file.remove());

const book = (days: number, customer = CUSTOMER) => cache.bookSession({ customer, startsAt: START + days * DAY }, NOW);
const update = (fields: SubscriptionFields, created: number) => tell(cache, event(UPDATED, subscription(fields), { created }));
const history = async (id: string) => (await cache.session(id))?.changes.map(({ state, reason }) => `${state}: ${reason}`);

describe('booking', () => {
  test('keeps the session with its history, by its start', async () => {
    await update({}, START);
    const second = await book(35);
    const first = await book(5);
    expect(first).toEqual({ id: expect.stringMatching(/^ses_[a-z0-9]{10}$/) as string, customer: CUSTOMER, email: null, startsAt: START + 5 * DAY, state: 'booked', reason: 'booked', invoice: null, paidAt: null });
    expect((await cache.sessions()).map(({ id }) => id)).toEqual([first.id, second.id]);
    expect(await cache.session(first.id)).toEqual({ session: first, changes: [{ at: NOW, state: 'booked', reason: 'booked' }] });
    expect(await cache.sessions({ customer: 'cus_other' })).toEqual([]);
    expect(await cache.session('ses_none')).toBeUndefined();
  });

  test('at once from two processes: only one gets the hour', async () => {
    await update({}, START);
    await update({ id: 'sub_2', customer: 'cus_2' }, START);
    const other = await file.open();
    const wishes = [book(5), other.bookSession({ customer: 'cus_2', startsAt: START + 5 * DAY + HOUR / 2 }, NOW)];
    const settled = await Promise.allSettled(wishes);
    expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await states(cache)).toEqual(['booked']);
  });

  test('leaves nothing where it is refused', async () => {
    await update({ status: 'past_due' }, START);
    await expect(book(5)).rejects.toMatchObject({ kind: 'conflict' });
    await expect(book(5, 'cus_unknown')).rejects.toMatchObject({ kind: 'conflict' });
    expect(await cache.sessions()).toEqual([]);
  });
});

describe('cancelling', () => {
  test('keeps why, and then a failed payment takes the next one', async () => {
    const [first] = await withSessions(cache);
    await cache.cancelSession(first!.id, 'ill', NOW);
    await tell(cache, failed({ created: START + HOUR }));
    expect(await states(cache)).toEqual(['cancelled', 'cancelled', 'booked']);
    expect((await cache.sessions()).map(({ reason }) => reason)).toEqual(['ill', 'the payment of 15 Jan over $60 failed', 'booked']);
  });

  test('is refused where it is cancelled, or has begun', async () => {
    const [first, second] = await withSessions(cache);
    await cache.cancelSession(first!.id, 'ill', NOW);
    await expect(cache.cancelSession(first!.id, 'again', NOW)).rejects.toMatchObject({ kind: 'conflict', message: `${first!.id} is cancelled already: ill`, hint: `devchat sessions restore ${first!.id} books it again` });
    await expect(cache.cancelSession(second!.id, 'too late', later(SESSION_DAYS[1]))).rejects.toMatchObject({ kind: 'conflict', message: `${second!.id} has begun already, on Thu 19 Feb 2026, 12:00`, hint: expect.any(String) as string });
    expect(await cache.cancelSession('ses_none', 'why', NOW)).toBeUndefined();
  });
});

describe('restoring a session that a failed payment cancelled', () => {
  let id: string;

  beforeEach(async () => {
    id = (await withSessions(cache))[0]!.id;
    await tell(cache, failed({ created: START + HOUR }));
  });

  const restore = (now = later(1)) => cache.restoreSession(id, 'restored', now);
  const pay = () => tell(cache, paid({ created: START + 2 * HOUR }));

  test('is refused while the money is missing', async () => {
    await expect(restore()).rejects.toMatchObject({ kind: 'conflict', message: expect.stringContaining('on hold') as string });
    expect(await states(cache)).toEqual(['cancelled', 'booked', 'booked']);
  });

  test('is refused while another payment is missing', async () => {
    await tell(cache, failed({ invoice: 'in_2', created: START + HOUR }));
    await pay();
    expect(await states(cache)).toEqual(['payable', 'cancelled', 'booked']);
    await expect(restore()).rejects.toMatchObject({ kind: 'conflict' });
  });

  test('books it again when the money has come; its history tells it all', async () => {
    await pay();
    expect(await restore()).toMatchObject({ state: 'booked', reason: 'restored', invoice: null, paidAt: null });
    expect(await history(id)).toEqual([
      'booked: booked',
      'cancelled: the payment of 15 Jan over $60 failed',
      'cancelled: the payment of 15 Jan over $60 failed, and came on 15 Jan',
      'booked: restored',
    ]);
  });

  test('holds against the same invoice, told again in every way, and not against another', async () => {
    await pay();
    await restore();
    for (const again of [failed({ created: START + 3 * HOUR }), paid({ created: START + 4 * HOUR }), failed({ created: START + HOUR })]) await tell(cache, again);
    expect(await states(cache)).toEqual(['booked', 'booked', 'booked']);
    await tell(cache, failed({ invoice: 'in_2', created: START + 5 * HOUR }));
    expect(await states(cache)).toEqual(['cancelled', 'booked', 'booked']);
  });

  test('is refused when its time has passed', async () => {
    await pay();
    await expect(restore(later(6))).rejects.toMatchObject({ kind: 'usage' });
  });

  test('is refused where someone else has the hour now', async () => {
    await pay();
    await update({ id: 'sub_2', customer: 'cus_2' }, START);
    await book(5, 'cus_2');
    await expect(restore()).rejects.toMatchObject({ kind: 'conflict', message: expect.stringContaining('cus_2') as string });
  });

  test('is refused where they have another session in that period', async () => {
    await pay();
    await book(6);
    await expect(restore()).rejects.toMatchObject({ kind: 'conflict', message: expect.stringContaining('billing period') as string });
  });

  test('is refused where it is booked, and unknown where there is none', async () => {
    await pay();
    await restore();
    await expect(restore()).rejects.toMatchObject({ kind: 'conflict', message: `${id} is not cancelled: it is booked for Tue 20 Jan 2026, 12:00`, hint: `devchat sessions cancel ${id} cancels it` });
    expect(await cache.restoreSession('ses_none', 'why', NOW)).toBeUndefined();
  });
});
