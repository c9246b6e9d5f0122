/** What follows from a failed payment, drawn in the cache: in the transaction that records it, once. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_RULES } from '../../../../core/billing/policy.ts';
import type { Cache } from '../../../../core/cache/cache.ts';
import { failed, notices, paid, states, UPDATED, withSessions } from '../../../support/bookings.ts';
import { beside } from '../../../support/beside.ts';
import { countChanges, freshCache, tell, type CacheFile } from '../../../support/caches.ts';
import { CUSTOMER, DAY, event, HOUR, INVOICE, invoice, invoiceState, START, subscription, subscriptionState, SUBSCRIPTION } from '../../../support/stripe-objects.ts';

const TOLD = { livemode: false, noticeTargets: ['command'] as const };
const pastDue = (created = START + 2 * HOUR) => event(UPDATED, subscription({ status: 'past_due' }), { created, previous: { status: 'active' } });
const ended = (fields = {}) => event('customer.subscription.deleted', subscription({ status: 'canceled', ended_at: START + DAY, ...fields }), { created: START + DAY });

let file: CacheFile;
let cache: Cache;

beforeEach(async () => {
  file = await freshCache();
  cache = await file.open(TOLD);
});

afterEach(() => file.remove());

const typesTold = async () => (await notices(cache)).map(({ type }) => type);

describe('a failed payment', () => {
  test('told three times in parallel with two updates, in any order: one session is cancelled, and the owner told once', async () => {
    const life = [...[1, 2, 3].map(() => failed({ created: START + HOUR })), pastDue(), pastDue(START + 3 * HOUR)];
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(life, { minLength: life.length }), async (events) => {
        const fresh = await freshCache();
        const story = await fresh.open(TOLD);
        await withSessions(story);
        await Promise.all([...events, ...events].map((told) => tell(story, told)));
        expect(await states(story)).toEqual(['cancelled', 'booked', 'booked']);
        expect((await notices(story)).map(({ type }) => type)).toEqual(['payment.failed']);
        await fresh.remove();
      }),
      { numRuns: 20 },
    );
  });

  test('told to two daemons on one file at the same time has one consequence', async () => {
    await withSessions(cache);
    const other = await file.open(TOLD);
    const retries = [1, 2, 3, 4, 5, 6].map((hours) => failed({ created: START + hours * HOUR }));
    await Promise.all([...retries, ...retries].map((told, index) => tell(index % 2 === 0 ? cache : other, told)));
    expect(await states(cache)).toEqual(['cancelled', 'booked', 'booked']);
    expect(await typesTold()).toEqual(['payment.failed']);
  });

  test('that waits for the customer to confirm has the same consequence', async () => {
    await withSessions(cache);
    await tell(cache, failed({ type: 'invoice.payment_action_required', created: START + HOUR }));
    expect(await states(cache)).toEqual(['cancelled', 'booked', 'booked']);
  });

  test('tried again eight times cancels nothing more, and its history has one line', async () => {
    const [first] = await withSessions(cache);
    for (let days = 0; days < 8; days += 1) await tell(cache, failed({ created: START + HOUR + days * DAY }));
    expect(await states(cache)).toEqual(['cancelled', 'booked', 'booked']);
    expect((await cache.session(first!.id))?.changes.map(({ state, reason }) => `${state}: ${reason}`)).toEqual(['booked: booked', 'cancelled: the payment of 15 Jan over $60 failed']);
  });

  test("of the next month's invoice too cancels the then next session", async () => {
    await withSessions(cache);
    await tell(cache, failed({ created: START + HOUR }));
    await tell(cache, failed({ invoice: 'in_2', created: START + 30 * DAY }));
    expect(await states(cache)).toEqual(['cancelled', 'cancelled', 'booked']);
    expect(await typesTold()).toEqual(['payment.failed', 'payment.failed']);
  });

  test('that was heard of before its subscription has its consequence with it', async () => {
    await withSessions(cache);
    const other = { id: 'sub_new', customer: 'cus_new' };
    const parent = { type: 'subscription_details', quote_details: null, subscription_details: { subscription: other.id, metadata: {} } } as never;
    const early = event('invoice.payment_failed', invoice({ id: 'in_new', parent }), { created: START });
    expect(await tell(cache, early)).toMatchObject({ ask: other.id });
    expect(await typesTold()).toEqual([]);
    await tell(cache, event(UPDATED, subscription({ ...other, status: 'past_due' }), { created: START + 1 }));
    expect(await typesTold()).toEqual(['payment.failed']);
    expect(await states(cache)).toEqual(['booked', 'booked', 'booked']);
  });

  test("learned only from Stripe's answer has the same consequence", async () => {
    await withSessions(cache);
    const answered = invoiceState({ failedAt: START + HOUR, failureCode: 'insufficient_funds' });
    await cache.saveSubscription(subscriptionState({ status: 'past_due' }, { version: 2, event: null }), [answered]);
    expect(await states(cache)).toEqual(['cancelled', 'booked', 'booked']);
    expect((await notices(cache)).map(({ data }) => data.text)).toEqual([
      'cus_1: the payment of 15 Jan over $60 failed (insufficient funds). The session of Tue 20 Jan, 12:00 is cancelled.',
    ]);
  });

  test('whose reason Stripe says later gives it to the session, without a line in its history', async () => {
    const [first] = await withSessions(cache);
    await tell(cache, failed({ created: START + HOUR }));
    const known = await cache.subscription(SUBSCRIPTION);
    const answer = { ...known!.subscription, version: known!.subscription.version + 1, event: null };
    await cache.saveSubscription(answer, [{ ...known!.invoice!, failureCode: 'insufficient_funds' }]);
    expect((await cache.session(first!.id))?.changes.map(({ reason }) => reason)).toEqual(['booked', 'the payment of 15 Jan over $60 failed (insufficient funds)']);
  });

  test('with no session booked is told, and nothing else', async () => {
    await tell(cache, event(UPDATED, subscription()));
    await tell(cache, failed({ created: START + HOUR }));
    expect((await notices(cache)).map(({ data }) => [data.text, data.session])).toEqual([['cus_1: the payment of 15 Jan over $60 failed. No session was booked.', null]]);
  });

  test('stays through the update to past due, either order', async () => {
    for (const events of [[failed({ created: START + HOUR }), pastDue()], [pastDue(), failed({ created: START + HOUR })]]) {
      const fresh = await freshCache();
      const story = await fresh.open();
      for (const told of events) await tell(story, told);
      expect((await story.subscription(SUBSCRIPTION))?.invoice?.failedAt).toBe(START + HOUR);
      await fresh.remove();
    }
  });

  test('that cannot be written leaves neither the event, nor a cancelled session, nor a notice', async () => {
    await withSessions(cache);
    const breaker = await beside(file.path);
    await breaker.run('ALTER TABLE deliveries RENAME TO no_room');
    const told = failed({ created: START + HOUR });
    await expect(tell(cache, told)).rejects.toThrow(/is damaged|changed by another program/);
    expect(await cache.event(told.id)).toBeUndefined();
    expect(await states(cache)).toEqual(['booked', 'booked', 'booked']);
    await breaker.run('ALTER TABLE no_room RENAME TO deliveries');
    await breaker.close();
    await tell(cache, told);
    expect(await states(cache)).toEqual(['cancelled', 'booked', 'booked']);
    expect(await typesTold()).toEqual(['payment.failed']);
  });
});

describe('the money', () => {
  test('makes the session payable and is told once, whatever is repeated', async () => {
    const [first] = await withSessions(cache);
    await tell(cache, failed({ created: START + HOUR }));
    for (const hours of [5, 6, 7]) await tell(cache, paid({ created: START + hours * HOUR }));
    await tell(cache, event(UPDATED, subscription(), { created: START + 8 * HOUR }));
    expect(await states(cache)).toEqual(['payable', 'booked', 'booked']);
    expect((await cache.session(first!.id))?.changes.map(({ reason }) => reason)).toEqual([
      'booked',
      'the payment of 15 Jan over $60 failed',
      'the payment of 15 Jan over $60 failed, and came on 15 Jan',
    ]);
    expect(await typesTold()).toEqual(expect.arrayContaining(['payment.failed', 'payment.recovered']));
  });

  test('heard of before the failure: nothing followed', async () => {
    await withSessions(cache);
    await tell(cache, paid({ created: START + 2 * HOUR }));
    await tell(cache, failed({ created: START + HOUR }));
    expect(await states(cache)).toEqual(['booked', 'booked', 'booked']);
    expect(await typesTold()).toEqual([]);
  });

  test('that is written off, then paid, came once; voided, it never did', async () => {
    await withSessions(cache);
    await tell(cache, failed({ created: START + HOUR }));
    await tell(cache, failed({ invoice: 'in_2', created: START + HOUR }));
    await tell(cache, event('invoice.marked_uncollectible', invoice({ status: 'uncollectible' }), { created: START + 2 * HOUR }));
    await tell(cache, event('invoice.voided', invoice({ id: 'in_2', status: 'void' }), { created: START + 2 * HOUR }));
    expect(await states(cache)).toEqual(['cancelled', 'cancelled', 'booked']);
    await tell(cache, paid({ created: START + 3 * HOUR }));
    await tell(cache, paid({ created: START + 4 * HOUR }));
    expect(await states(cache)).toEqual(['payable', 'cancelled', 'booked']);
    expect((await typesTold()).sort()).toEqual(['payment.failed', 'payment.failed', 'payment.recovered']);
  });
});

describe('of a customer with two subscriptions, the newer one that goes on decides', () => {
  const newer = (fields = {}) => subscription({ id: 'sub_2', created: START, ...fields });

  beforeEach(async () => {
    await withSessions(cache);
    await tell(cache, event(UPDATED, newer()));
    await tell(cache, failed({ created: START + HOUR }));
  });

  test('a failure of the older one leaves what may be booked', async () => {
    expect((await cache.subscriptionOfCustomer(CUSTOMER))?.subscription.id).toBe('sub_2');
    await cache.drawDue((START + DAY) * 1000);
    expect(await states(cache)).toEqual(['booked', 'booked', 'booked']);
    expect(await typesTold()).toEqual(['payment.failed']);
  });

  test('until the newer one has ended: then it cancels the next session', async () => {
    await tell(cache, event('customer.subscription.deleted', newer({ status: 'canceled', ended_at: START + DAY }), { created: START + DAY }));
    await cache.drawDue((START + DAY) * 1000);
    expect(await states(cache)).toEqual(['cancelled', 'booked', 'booked']);
  });

  test('a failure of the newer one cancels the next session', async () => {
    const parent = { type: 'subscription_details', quote_details: null, subscription_details: { subscription: 'sub_2', metadata: {} } } as never;
    await tell(cache, event('invoice.payment_failed', invoice({ id: 'in_2', parent, attempted: true }), { created: START + 2 * HOUR }));
    expect((await cache.sessions()).map(({ state, invoice: cause }) => [state, cause])).toEqual([['cancelled', 'in_2'], ['booked', null], ['booked', null]]);
  });
});

describe('the end', () => {
  test('cancels the sessions to come, and is told once, with late feedback or without', async () => {
    const [first] = await withSessions(cache);
    await tell(cache, ended());
    const cancellation_details = { reason: 'cancellation_requested', feedback: 'too_expensive', feedback_option: null, comment: 'I love it, but…' } as const;
    await tell(cache, event(UPDATED, subscription({ status: 'canceled', ended_at: START + DAY, cancellation_details }), { created: START + DAY + 5 }));
    expect(await states(cache)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect((await cache.session(first!.id))?.session.reason).toBe('the subscription ended on 16 Jan 2026');
    const told = await notices(cache);
    expect(told.map(({ type }) => type)).toEqual(['subscription.ended']);
    expect(told[0]?.data.text).toMatch(/ended on 16 Jan 2026 \(too expensive: "I love it, but…"\)\. The session of Tue 20 Jan, 12:00 is cancelled\./);
  });

  test('of one of two subscriptions leaves the sessions; of the other, too, cancels them', async () => {
    await withSessions(cache);
    await tell(cache, event(UPDATED, subscription({ id: 'sub_2', created: START })));
    await tell(cache, ended());
    expect(await states(cache)).toEqual(['booked', 'booked', 'booked']);
    await tell(cache, ended({ id: 'sub_2' }));
    expect(await states(cache)).toEqual(['cancelled', 'cancelled', 'cancelled']);
  });

  test('a payable session is no longer offered, since restoring it is refused', async () => {
    const [first] = await withSessions(cache);
    await tell(cache, failed({ created: START + HOUR }));
    await tell(cache, paid({ created: START + 2 * HOUR }));
    await tell(cache, ended());
    expect(await states(cache)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    await expect(cache.restoreSession(first!.id, 'restored', (START + 2 * DAY) * 1000)).rejects.toMatchObject({ kind: 'conflict' });
  });
});

describe('days of grace', () => {
  const GRACE = { ...TOLD, rules: { ...DEFAULT_RULES, policy: { ...DEFAULT_RULES.policy, past_due: { graceDays: 3 } } } };
  const FAILED_AT = START + HOUR;
  const inDays = (days: number) => (FAILED_AT + days * DAY) * 1000;

  beforeEach(async () => {
    cache = await file.open(GRACE);
    await withSessions(cache);
    await tell(cache, failed({ created: FAILED_AT }));
  });

  test('nothing is cancelled before they end; then the next session is, once, and the owner told of it, once', async () => {
    for (const now of [inDays(0), inDays(1), inDays(3) - 1]) await cache.drawDue(now);
    expect(await states(cache)).toEqual(['booked', 'booked', 'booked']);
    for (const now of [inDays(3), inDays(3) + 1, inDays(9)]) await cache.drawDue(now);
    expect(await states(cache)).toEqual(['cancelled', 'booked', 'booked']);
    expect(await typesTold()).toEqual(['payment.failed', 'session.cancelled']);
  });

  test('count from the first failure, whatever is tried or told later', async () => {
    await tell(cache, failed({ created: FAILED_AT + 2 * DAY }));
    await tell(cache, failed({ created: FAILED_AT - HOUR }));
    await cache.drawDue(inDays(3) - HOUR * 1000);
    expect(await states(cache)).toEqual(['cancelled', 'booked', 'booked']);
  });

  test('paid before they end: nothing is cancelled', async () => {
    await tell(cache, paid({ created: FAILED_AT + DAY }));
    await cache.drawDue(inDays(9));
    expect(await states(cache)).toEqual(['booked', 'booked', 'booked']);
    expect((await typesTold()).sort()).toEqual(['payment.failed', 'payment.recovered']);
  });

  test('a session that is booked meanwhile is the next one', async () => {
    const sooner = await cache.cancelSession((await cache.sessions())[0]!.id, 'moved', inDays(1));
    await cache.bookSession({ customer: CUSTOMER, startsAt: sooner!.startsAt - HOUR }, inDays(1));
    await cache.drawDue(inDays(3));
    expect((await cache.sessions()).map(({ invoice: cause }) => cause)).toEqual([INVOICE, null, null, null]);
  });

  test('while nothing is due, nothing is written and nobody is notified', async () => {
    const other = await beside(file.path);
    const before = await other.version();
    const changes = await countChanges(cache);
    for (let seconds = 0; seconds < 100; seconds += 1) await cache.drawDue(inDays(1) + seconds * 1000);
    expect({ notified: changes.count, version: await other.version() }).toEqual({ notified: 0, version: before });
    await other.close();
  });
});
