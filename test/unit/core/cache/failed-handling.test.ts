/** What fails in our own handling of an event is kept as failed, and nothing else of it; what fails in the store is nobody's event's fault. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_RULES } from '../../../../core/billing/policy.ts';
import type { Cache } from '../../../../core/cache/cache.ts';
import { isPostgres } from '../../../../core/cache/location.ts';
import { beside, rowsIn } from '../../../support/beside.ts';
import { failed, states, UPDATED, withSessions } from '../../../support/bookings.ts';
import { freshCache, tell, type CacheFile } from '../../../support/caches.ts';
import { event, HOUR, INVOICE, invoice, START, subscription, SUBSCRIPTION } from '../../../support/stripe-objects.ts';

/** What follows cannot be put in words: no calendar has this zone. */
const SPEECHLESS = { livemode: false, rules: { ...DEFAULT_RULES, timeZone: 'Nowhere/None' } };
const UNLUCKY = 1313;

let file: CacheFile;
let cache: Cache;

beforeEach(async () => {
  file = await freshCache();
  cache = await file.open();
});

afterEach(() => file.remove());

const attempts = async (id: string) => (await cache.event(id))?.attempts.map(({ outcome }) => outcome);

describe('an event whose consequences cannot be drawn', () => {
  const declined = failed({ id: 'evt_declined', created: START + HOUR });

  test('is kept as failed with the reason, and nothing of its effect is', async () => {
    await withSessions(cache);
    const speechless = await file.open(SPEECHLESS);
    expect(await tell(speechless, declined)).toEqual({ outcome: 'failed', reason: expect.stringMatching(/^it could not be applied: .*Nowhere\/None/) as string, ask: null, collect: null });
    expect((await cache.event('evt_declined'))?.payload).toBe(JSON.stringify(declined));
    expect(await attempts('evt_declined')).toEqual(['failed']);
    expect(await cache.invoice(INVOICE)).toBeUndefined();
    expect(await cache.questions()).toEqual([]);
    expect(await states(cache)).toEqual(['booked', 'booked', 'booked']);
  });

  test('is applied when it comes again and it can be, or is replayed', async () => {
    await withSessions(cache);
    const speechless = await file.open(SPEECHLESS);
    await tell(speechless, declined);
    expect(await speechless.replayEvent('evt_declined', 1)).toMatchObject({ outcome: 'failed' });
    expect(await tell(cache, declined)).toMatchObject({ outcome: 'applied', ask: SUBSCRIPTION });
    expect(await attempts('evt_declined')).toEqual(['failed', 'failed', 'applied']);
    expect(await states(cache)).toEqual(['cancelled', 'booked', 'booked']);
  });

  test('fails alone among those that share its commit', async () => {
    await withSessions(cache);
    const speechless = await file.open(SPEECHLESS);
    const told = await Promise.all([event('foo.before', {}), declined, event('foo.after', {})].map((each) => tell(speechless, each)));
    expect(told.map(({ outcome }) => outcome)).toEqual(['ignored', 'failed', 'ignored']);
    expect((await cache.events({ limit: 3 })).map(({ type }) => type)).toEqual(['foo.after', declined.type, 'foo.before']);
  });
});

describe('an event whose effect the tables refuse', () => {
  const refuse = () => (isPostgres(file.path) ? `ALTER TABLE invoices ADD CONSTRAINT unlucky CHECK (amount_due <> ${UNLUCKY})` : `CREATE TRIGGER unlucky BEFORE INSERT ON invoices WHEN NEW.amount_due = ${UNLUCKY} BEGIN SELECT RAISE(ABORT, 'unlucky'); END`);
  const allow = () => (isPostgres(file.path) ? 'ALTER TABLE invoices DROP CONSTRAINT unlucky' : 'DROP TRIGGER unlucky');

  test('is kept as failed until they take it', async () => {
    const other = await beside(file.path);
    await other.run(refuse());
    const told = event('invoice.updated', invoice({ amount_remaining: UNLUCKY }), { id: 'evt_unlucky' });
    expect(await tell(cache, told)).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(/^it could not be applied: .*unlucky/) as string });
    expect(await cache.invoice(INVOICE)).toBeUndefined();
    await other.run(allow());
    await other.close();
    expect(await tell(cache, told)).toMatchObject({ outcome: 'applied' });
    expect(await attempts('evt_unlucky')).toEqual(['failed', 'applied']);
  });
});

describe('what is damaged in the store', () => {
  test('is no event’s fault: it is refused and not journaled, alone or with others', async () => {
    await tell(cache, event('payment_method.attached', { object: 'payment_method', id: 'pm_1', type: 'link', customer: 'cus_1' }));
    await tell(cache, event(UPDATED, subscription(), { id: 'evt_first' }));
    const other = await beside(file.path);
    await other.run(`UPDATE events SET payload = '{"data":' WHERE id = 'evt_first'`);
    await other.close();
    const ofThatSecond = event(UPDATED, subscription({ status: 'past_due' }), { id: 'evt_second' });
    const settled = await Promise.allSettled([tell(cache, ofThatSecond), tell(cache, event('foo.bar', {}))]);
    expect(settled).toMatchObject([{ status: 'rejected', reason: { kind: 'unreachable', message: expect.stringContaining('is damaged') as string } }, { status: 'fulfilled' }]);
    expect(await cache.event('evt_second')).toBeUndefined();
    expect(await rowsIn(file.path, `SELECT count(*) AS failures FROM attempts WHERE outcome = 'failed'`)).toEqual([{ failures: 0 }]);
  });
});
