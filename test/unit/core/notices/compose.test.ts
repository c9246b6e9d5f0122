/** What the owner reads: whole sentences, and the same facts as data. */
import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../../core/billing/failure.ts';
import type { Terms } from '../../../../core/billing/policy.ts';
import { standingOf } from '../../../../core/billing/standing.ts';
import { endedNotices, endWords, failedNotice, recoveredNotice } from '../../../../core/notices/compose.ts';
import type { Session } from '../../../../core/sessions/session.ts';
import { CUSTOMER, DAY, INVOICE, invoiceState, START, subscriptionState, SUBSCRIPTION, TERMS, type SubscriptionFields } from '../../../support/stripe-objects.ts';

const NEXT_TRY = START + 3 * DAY;
const missing = invoiceState({ failedAt: START, failureCode: 'insufficient_funds', card: 'Visa 0341', nextAttempt: NEXT_TRY });
const failure: Failure = { invoice: INVOICE, subscription: SUBSCRIPTION, failedAt: START, amount: 6000, actedAt: null, session: null, closedAt: null };
const session: Session = { id: 'ses_abc', customer: CUSTOMER, email: null, startsAt: START + 5 * DAY, state: 'cancelled', reason: '', invoice: INVOICE, paidAt: null };
const email = 'ada@example.com';
const pastDue = subscriptionState({ status: 'past_due' });

function failedOf({ subscription = pastDue, invoice = missing, cancelled = undefined as Session | undefined, terms = TERMS } = {}) {
  const standing = standingOf(subscription, invoice, terms);
  return failedNotice({ subscription, email, invoice, failure: { ...failure, actedAt: standing.verdict === 'on' ? null : terms.now }, standing, session: cancelled }, terms);
}

function endedOf(fields: SubscriptionFields, cancelled: Session[] = [], terms: Terms = TERMS) {
  const subscription = subscriptionState({ ended_at: START, ...fields });
  return endedNotices({ subscription, email, standing: standingOf(subscription, undefined, terms), cancelled }, terms);
}

describe('a failed payment', () => {
  const sentence = 'ada@example.com: the payment of 15 Jan over $60 failed (insufficient funds), Stripe tries again on 18 Jan';
  const withPolicy = (past_due: Terms['policy']['past_due']): Terms => ({ ...TERMS, policy: { ...TERMS.policy, past_due } });

  test('says who, how much, why, what is next and what became of the session', () => {
    expect(failedOf({ cancelled: session })).toEqual({
      type: 'payment.failed',
      subject: INVOICE,
      at: START * 1000,
      complete: true,
      data: {
        text: `${sentence}. The session of Tue 20 Jan, 12:00 is cancelled.`,
        customer: CUSTOMER,
        email,
        subscription: SUBSCRIPTION,
        status: 'past_due',
        standing: { verdict: 'hold', reason: sentence.slice('ada@example.com: '.length) },
        payment: { invoice: INVOICE, amount: { amount: 6000, currency: 'usd' }, reason: 'insufficient funds', card: 'Visa 0341', nextAttempt: '2026-01-18T12:00:00.000Z' },
        session: { id: 'ses_abc', startsAt: '2026-01-20T12:00:00.000Z', state: 'cancelled' },
        cancellation: null,
      },
    });
  });

  test.each([
    ['at once, with no session booked', TERMS, `${sentence}. No session was booked.`],
    ['under a policy that leaves sessions', withPolicy('on'), `${sentence}. Sessions stay booked.`],
    ['in grace', withPolicy({ graceDays: 2 }), `${sentence}; in grace until 17 Jan. Sessions stay booked until 17 Jan.`],
  ])('%s', (_what, terms, text) => {
    expect(failedOf({ terms }).data.text).toBe(text);
  });

  test.each(['incomplete', 'paused', 'canceled'])('speaks of the payment where the subscription is %s', (status) => {
    expect(failedOf({ subscription: subscriptionState({ status: status as never }) }).data.text).toBe(`${sentence}. No session was booked.`);
  });

  test('is not complete until Stripe has said why, and names the customer where nobody knows an e-mail', () => {
    const unknown = invoiceState({ failedAt: START });
    const notice = failedNotice({ subscription: pastDue, email: null, invoice: unknown, failure: { ...failure, actedAt: TERMS.now }, standing: standingOf(pastDue, unknown, TERMS), session: undefined }, TERMS);
    expect(notice.complete).toBe(false);
    expect(notice.data.text).toBe('cus_1: the payment of 15 Jan over $60 failed. No session was booked.');
  });

  test("tells times in the owner's time zone", () => {
    expect(failedOf({ cancelled: session, terms: { ...TERMS, timeZone: 'Asia/Tokyo' } }).data.text).toContain('Tue 20 Jan, 21:00');
  });
});

describe('money that came after all', () => {
  const standing = { verdict: 'on' as const, reason: 'subscribed' };
  const about = { subscription: subscriptionState(), email, invoice: invoiceState({ status: 'paid', amountDue: 0 }), failure, standing };

  test('says how the session is restored', () => {
    const { data } = recoveredNotice({ ...about, session }, TERMS);
    expect(data.text).toBe('ada@example.com: the payment of 15 Jan over $60 came after all. The session of Tue 20 Jan, 12:00 can take place again: devchat sessions restore ses_abc');
    expect(data).toMatchObject({ standing, payment: { invoice: INVOICE, amount: { amount: 6000, currency: 'usd' } }, session: { id: 'ses_abc' } });
  });

  test('says no more where no session was cancelled', () => {
    expect(recoveredNotice({ ...about, session: undefined }, TERMS).data.text).toBe('ada@example.com: the payment of 15 Jan over $60 came after all.');
  });
});

describe('an end', () => {
  const said = (feedback: string | null, comment: string | null) => ({ cancellation_details: { reason: 'cancellation_requested', feedback, comment } as never });

  test.each<[string, SubscriptionFields, string]>([
    ['without a word', {}, 'ada@example.com: the subscription ended on 15 Jan 2026.'],
    ['with feedback', said('too_expensive', null), 'ada@example.com: the subscription ended on 15 Jan 2026 (too expensive).'],
    ['with a comment', said(null, 'I love it'), 'ada@example.com: the subscription ended on 15 Jan 2026 ("I love it").'],
    ['with both', said('too_expensive', 'I love it'), 'ada@example.com: the subscription ended on 15 Jan 2026 (too expensive: "I love it").'],
    ['after the payment failed', { cancellation_details: { reason: 'payment_failed' } as never }, 'ada@example.com: the subscription ended on 15 Jan 2026, after the payment failed.'],
    ['before it began', { status: 'incomplete_expired' }, 'ada@example.com: the first payment was never made.'],
  ])('%s', (_what, fields, text) => {
    expect(endedOf({ status: 'canceled', ...fields }).map(({ data }) => data.text)).toEqual([text]);
  });

  test('bears its own time, names every session that it cancelled, and keeps what the customer said', () => {
    const [notice] = endedOf({ status: 'canceled', ...said('unused', null) }, [session, { ...session, id: 'ses_two', startsAt: START + 35 * DAY }], { ...TERMS, now: TERMS.now + 1 });
    expect(notice).toMatchObject({ type: 'subscription.ended', subject: SUBSCRIPTION, at: START * 1000, complete: true, data: { session: { id: 'ses_abc' }, cancellation: { feedback: 'unused' } } });
    expect(notice?.data.text).toMatch(/The session of Tue 20 Jan, 12:00 is cancelled\. The session of Thu 19 Feb, 12:00 is cancelled\.$/);
  });

  test('of more than 30 days ago is history', () => {
    const later = (days: number) => ({ ...TERMS, now: (START + days * DAY) * 1000 });
    expect(endedOf({ status: 'canceled' }, [], later(30))).toHaveLength(1);
    expect(endedOf({ status: 'canceled' }, [], later(31))).toEqual([]);
  });

  test('gives its sessions a reason in words', () => {
    const ended = subscriptionState({ status: 'canceled', ended_at: START });
    expect(endWords(ended, standingOf(ended, undefined, TERMS))).toBe('the subscription ended on 15 Jan 2026');
  });
});
