import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DEFAULT_POLICY, type Policy, type Terms } from '../../../../core/billing/policy.ts';
import { failedPaymentOf, scheduledEnd, standingOf } from '../../../../core/billing/standing.ts';
import type { InvoiceState } from '../../../../core/billing/state.ts';
import type { Standing } from '../../../../core/billing/views.ts';
import { DAY, HOUR, invoiceState, START, subscription, subscriptionState, TERMS, type SubscriptionFields } from '../../../support/stripe-objects.ts';

const FAILED_AT = START + HOUR;
const failed = invoiceState({ failedAt: FAILED_AT, failureCode: 'insufficient_funds', card: 'Visa 0341', nextAttempt: START + 3 * DAY });

function standing(fields: SubscriptionFields, invoice = invoiceState({ status: 'paid', amountDue: 0 }), terms: Partial<Terms> = {}) {
  return standingOf(subscriptionState(fields), invoice, { ...TERMS, ...terms });
}

test('without a subscription: off', () => {
  expect(standingOf(undefined, undefined, TERMS)).toEqual({ verdict: 'off', reason: 'no subscription' });
});

describe('on', () => {
  test('in the trial', () => {
    expect(standing({ status: 'trialing', trial_end: START + 3 * DAY })).toEqual({ verdict: 'on', reason: 'trial until 18 Jan' });
  });

  test('when the invoice is paid', () => {
    expect(standing({ status: 'active' })).toEqual({ verdict: 'on', reason: 'subscribed' });
  });

  test('until a scheduled end, marked by cancel_at (flexible billing)', () => {
    expect(standing({ status: 'active', cancel_at: START + 20 * DAY })).toEqual({ verdict: 'on', reason: 'subscribed, ends on 4 Feb 2026' });
  });

  test('until a scheduled end, marked by cancel_at_period_end (classic billing)', () => {
    const period = { start: START, end: START + 30 * DAY };
    expect(standing({ status: 'active', cancel_at_period_end: true, period })).toEqual({ verdict: 'on', reason: 'subscribed, ends on 14 Feb 2026' });
  });

  const collected = { behavior: 'void', resumes_at: START + 20 * DAY } as const;

  test.each<[string, SubscriptionFields, string]>([
    ['until a day', { pause_collection: collected }, 'subscribed, nothing is collected until 4 Feb'],
    ['until somebody goes on', { pause_collection: { ...collected, resumes_at: null } }, 'subscribed, nothing is collected for now'],
    ['and the end is scheduled', { pause_collection: collected, cancel_at: START + 21 * DAY }, 'subscribed, nothing is collected until 4 Feb, ends on 5 Feb 2026'],
    ['straight after the trial', { pause_collection: collected, trial_end: START }, 'subscribed, nothing is collected until 4 Feb'],
  ])('when its owner collects nothing, %s: the service is given for free', (_until, fields, reason) => {
    expect(standing(fields, invoiceState({ status: 'draft' }))).toEqual({ verdict: 'on', reason });
  });

  const trialEnd = START + 3 * DAY;

  test.each<[string, SubscriptionFields, string]>([
    ['with it (flexible billing)', { cancel_at: trialEnd }, 'trial until 18 Jan, ends on 18 Jan 2026'],
    ['with it (classic billing)', { cancel_at_period_end: true, period: { start: START, end: trialEnd } }, 'trial until 18 Jan, ends on 18 Jan 2026'],
    ['after a month', { cancel_at: START + 34 * DAY }, 'trial until 18 Jan, ends on 18 Feb 2026'],
  ])('in a trial whose subscription ends %s', (_when, fields, reason) => {
    expect(standing({ status: 'trialing', trial_end: trialEnd, ...fields })).toEqual({ verdict: 'on', reason });
  });

  test.each(['void', 'uncollectible'])('when the payment that failed is waited for no more: %s', (status) => {
    expect(standing({ status: 'active' }, invoiceState({ status })).verdict).toBe('on');
  });

  test('when a later invoice is still a draft: only the first after a trial is waited for', () => {
    expect(standing({ status: 'active', trial_end: START - 27 * DAY }, invoiceState({ status: 'draft' })).verdict).toBe('on');
  });
});

describe('hold', () => {
  test('after a declined payment, with the sum, the reason and the next try', () => {
    expect(standing({ status: 'past_due' }, failed)).toEqual({
      verdict: 'hold',
      reason: 'the payment of 15 Jan over $60 failed (insufficient funds), Stripe tries again on 18 Jan',
    });
  });

  test('after a declined payment that is not tried again', () => {
    const reason = 'the payment of 15 Jan over $60 failed (the card was declined); Stripe has given up trying';
    expect(standing({ status: 'unpaid' }, { ...failed, failureCode: 'generic_decline', nextAttempt: null })).toEqual({ verdict: 'hold', reason });
  });

  test('past due, as long as nobody has said why', () => {
    expect(standing({ status: 'past_due' }, invoiceState())).toEqual({ verdict: 'hold', reason: 'a payment is missing' });
  });

  test.each<SubscriptionFields>([
    { status: 'active' },
    { status: 'trialing', trial_end: START + 3 * DAY },
    { status: 'active', cancel_at: START + 20 * DAY },
    { status: 'active', pause_collection: { behavior: 'keep_as_draft', resumes_at: null } },
  ])('even while Stripe still says %j: the failed invoice counts', (fields) => {
    expect(standing(fields, { ...failed, failureCode: null, nextAttempt: null })).toEqual({ verdict: 'hold', reason: 'the payment of 15 Jan over $60 failed' });
  });

  test('the payment keeps its day, whenever it fails again', () => {
    expect(standing({ status: 'past_due' }, { ...failed, failedAt: START + 3 * DAY, nextAttempt: START + 6 * DAY }).reason).toBe(
      'the payment of 15 Jan over $60 failed (insufficient funds), Stripe tries again on 21 Jan',
    );
  });

  test('a try that was planned before Stripe gave up is not promised', () => {
    expect(standing({ status: 'unpaid' }, failed).reason).toBe('the payment of 15 Jan over $60 failed (insufficient funds); Stripe has given up trying');
  });

  test.each(['paid', 'void', 'uncollectible'])('past due over an invoice that is %s: Stripe misses something that is not known here', (status) => {
    expect(standing({ status: 'past_due' }, invoiceState({ status }))).toEqual({ verdict: 'hold', reason: 'a payment is missing' });
  });

  test('a first payment that failed', () => {
    expect(standing({ status: 'incomplete' }, { ...failed, nextAttempt: null })).toEqual({ verdict: 'hold', reason: 'the payment of 15 Jan over $60 failed (insufficient funds)' });
  });

  const justEndedTrial: SubscriptionFields = { status: 'active', trial_end: START, period: { start: START, end: START + 30 * DAY } };

  test.each(['draft', 'open'])('active straight after a trial whose first invoice is %s: active alone does not mean paid', (status) => {
    expect(standing(justEndedTrial, invoiceState({ status }))).toEqual({ verdict: 'hold', reason: 'the first payment, $60, has not been made yet' });
  });

  test("active straight after a trial, with only the trial's own invoice seen", () => {
    const ofTheTrial = invoiceState({ status: 'paid', amountDue: 0, created: START - 3 * DAY });
    expect(standing(justEndedTrial, ofTheTrial)).toEqual({ verdict: 'hold', reason: 'the first payment has not been made yet' });
    expect(standingOf(subscriptionState(justEndedTrial), undefined, TERMS).verdict).toBe('hold');
  });

  test.each([
    ['paid', 0],
    ['open', 0],
  ])('but not when that invoice is %s with %d missing', (status, amountDue) => {
    expect(standing(justEndedTrial, invoiceState({ status, amountDue })).verdict).toBe('on');
  });

  test.each([
    ['incomplete', 'the first payment has not been made'],
    ['paused', 'the subscription is paused'],
    ['zzz', 'Stripe says "zzz", which is not known here'],
    ['constructor', 'Stripe says "constructor", which is not known here'],
  ])('%s', (status, reason) => {
    expect(standing({ status })).toEqual({ verdict: 'hold', reason });
  });
});

describe('the owner’s policy', () => {
  const choice = (chosen: Partial<Policy>): Partial<Terms> => ({ policy: { ...DEFAULT_POLICY, ...chosen } });

  test.each<[string, Partial<Policy>, Standing['verdict']]>([
    ['past_due', { past_due: 'on' }, 'on'],
    ['past_due', { past_due: 'off' }, 'off'],
    ['unpaid', { unpaid: 'on' }, 'on'],
    ['unpaid', { unpaid: 'off' }, 'off'],
    ['unpaid', { past_due: 'on' }, 'hold'],
    ['incomplete', { incomplete: 'on' }, 'on'],
    ['incomplete', { incomplete: 'off' }, 'off'],
    ['paused', { paused: 'on' }, 'on'],
    ['paused', { paused: 'off' }, 'off'],
    ['zzz', { unknown: 'on' }, 'on'],
    ['zzz', { unknown: 'off' }, 'off'],
    ['active', { past_due: 'off' }, 'off'],
    ['trialing', { past_due: 'off' }, 'off'],
    ['canceled', { past_due: 'on', unpaid: 'on', unknown: 'on' }, 'off'],
    ['incomplete_expired', { incomplete: 'on', unknown: 'on' }, 'off'],
  ])('%s with %j after a failed payment: %s', (status, chosen, verdict) => {
    expect(standing({ status }, failed, choice(chosen)).verdict).toBe(verdict);
  });

  const grace = choice({ past_due: { graceDays: 3 } });
  const failedAgain = { ...failed, failedAt: START + 2 * DAY };
  const end = (FAILED_AT + 3 * DAY) * 1000;
  const sentence = 'the payment of 15 Jan over $60 failed (insufficient funds), Stripe tries again on 18 Jan';

  test.each<[string, number, Standing]>([
    ['at once', FAILED_AT * 1000, { verdict: 'on', reason: `${sentence}; in grace until 18 Jan`, graceUntil: '2026-01-18T13:00:00.000Z' }],
    ['in the last millisecond', end - 1, { verdict: 'on', reason: `${sentence}; in grace until 18 Jan`, graceUntil: '2026-01-18T13:00:00.000Z' }],
    ['at the end', end, { verdict: 'hold', reason: sentence }],
  ])('grace counts from the first failure: %s', (_when, now, expected) => {
    expect(standing({ status: 'past_due' }, failedAgain, { ...grace, now })).toEqual(expected);
    expect(standing({ status: 'active' }, failedAgain, { ...grace, now })).toEqual(expected);
  });

  test('a payment that is missing since nobody knows when has no grace', () => {
    expect(standing({ status: 'past_due' }, invoiceState(), grace)).toEqual({ verdict: 'hold', reason: 'a payment is missing' });
  });

  test('grace is for payments that failed, not for one after a trial that is to be made', () => {
    expect(standing({ status: 'active', trial_end: START }, invoiceState({ status: 'open' }), grace).verdict).toBe('hold');
  });
});

describe('days are the owner’s', () => {
  const midnight = Date.UTC(2026, 0, 31, 23, 59, 59) / 1000;

  test.each([
    ['UTC', 'trial until 31 Jan', 'the payment of 31 Jan over $60 failed, Stripe tries again on 3 Feb', 'ended on 31 Jan 2026'],
    ['Asia/Tokyo', 'trial until 1 Feb', 'the payment of 1 Feb over $60 failed, Stripe tries again on 4 Feb', 'ended on 1 Feb 2026'],
    ['America/Los_Angeles', 'trial until 31 Jan', 'the payment of 31 Jan over $60 failed, Stripe tries again on 3 Feb', 'ended on 31 Jan 2026'],
  ])('in %s', (timeZone, trial, missing, ended) => {
    const late = invoiceState({ failedAt: midnight, nextAttempt: midnight + 3 * DAY });
    const reasons = [
      standing({ status: 'trialing', trial_end: midnight }, undefined, { timeZone }),
      standing({ status: 'past_due' }, late, { timeZone }),
      standing({ status: 'canceled', ended_at: midnight }, undefined, { timeZone }),
    ].map(({ reason }) => reason);
    expect(reasons).toEqual([trial, missing, ended]);
  });

  test.each([
    ['2026-03-29T00:30:00+01:00', 'in grace until 30 Mar'],
    ['2026-03-29T22:30:00+02:00', 'in grace until 30 Mar'],
    ['2026-10-25T00:30:00+02:00', 'in grace until 25 Oct'],
    ['2026-10-25T22:30:00+01:00', 'in grace until 26 Oct'],
  ])('a day of grace is 24 hours, on the days of 23 and 25 too: from %s in Berlin %s', (iso, words) => {
    const failedAt = Date.parse(iso) / 1000;
    const terms = { timeZone: 'Europe/Berlin', now: failedAt * 1000, policy: { ...DEFAULT_POLICY, past_due: { graceDays: 1 } } };
    expect(standing({ status: 'past_due' }, invoiceState({ failedAt }), terms).reason).toContain(words);
  });
});

describe('off', () => {
  test('after a cancellation, with the day', () => {
    expect(standing({ status: 'canceled', ended_at: START })).toEqual({ verdict: 'off', reason: 'ended on 15 Jan 2026' });
  });

  test('after Stripe gave up', () => {
    const cancellation_details = { comment: null, feedback: null, feedback_option: null, reason: 'payment_failed' as const };
    expect(standing({ status: 'canceled', ended_at: START, cancellation_details })).toEqual({ verdict: 'off', reason: 'ended on 15 Jan 2026, after the payment failed' });
  });

  test('when the first payment never came', () => {
    expect(standing({ status: 'incomplete_expired' })).toEqual({ verdict: 'off', reason: 'the first payment was never made' });
  });
});

test.each<[string, SubscriptionFields | undefined, InvoiceState | undefined]>([
  ['on', { status: 'trialing', trial_end: START + 3 * DAY }, undefined],
  ['on', { status: 'active' }, undefined],
  ['on', { status: 'active', cancel_at: START + 20 * DAY }, undefined],
  ['on', { status: 'active', pause_collection: { behavior: 'void', resumes_at: START + 20 * DAY } }, undefined],
  ['hold', { status: 'active', trial_end: START }, invoiceState()],
  ['policy', { status: 'active' }, failed],
  ['policy', { status: 'past_due' }, undefined],
  ['policy', { status: 'unpaid' }, failed],
  ['policy', { status: 'incomplete' }, undefined],
  ['policy', { status: 'paused' }, undefined],
  ['policy', { status: '…' as never }, undefined],
  ['off', { status: 'canceled', ended_at: START }, undefined],
  ['off', { status: 'incomplete_expired' }, undefined],
  ['off', undefined, undefined],
])('docs/sessions.md says: %s, %j', (verdict, fields, invoice) => {
  const { verdict: judged, reason } = standingOf(fields && subscriptionState(fields), invoice, TERMS);
  expect(judged).toBe(verdict === 'policy' ? 'hold' : verdict);
  expect(readFileSync('docs/sessions.md', 'utf8')).toContain(`| ${verdict} | ${reason} `);
});

describe('the scheduled end', () => {
  test.each<[string, SubscriptionFields, number | null]>([
    ['none', {}, null],
    ['cancel_at', { cancel_at: START + DAY }, START + DAY],
    ['cancel_at before the end of the period', { cancel_at: START + DAY, cancel_at_period_end: true }, START + DAY],
    ['cancel_at_period_end', { cancel_at_period_end: true }, START + 30 * DAY],
    ['none once it has ended', { cancel_at_period_end: true, cancel_at: START + DAY, ended_at: START }, null],
  ])('%s', (_what, fields, end) => {
    expect(scheduledEnd(subscription(fields))).toBe(end);
  });
});

describe('the failed payment, as people read it', () => {
  test('all that is known', () => {
    expect(failedPaymentOf(failed)).toEqual({
      invoice: 'in_1',
      amount: { amount: 6000, currency: 'usd' },
      failedAt: '2026-01-15T13:00:00.000Z',
      reason: 'insufficient funds',
      needsConfirmation: false,
      card: 'Visa 0341',
      nextAttempt: '2026-01-18T12:00:00.000Z',
    });
  });

  test.each([
    ['expired_card', 'the card has expired'],
    ['authentication_required', 'the bank asks the customer to confirm'],
    ['lost_card', 'the card was declined'],
    ['stolen_card', 'the card was declined'],
    [null, null],
  ])('the code %s is said as: %s', (failureCode, reason) => {
    expect(failedPaymentOf({ ...failed, failureCode })?.reason).toBe(reason);
  });

  test.each([undefined, invoiceState(), invoiceState({ status: 'paid', failedAt: FAILED_AT })])('none', (invoice) => {
    expect(failedPaymentOf(invoice)).toBeNull();
  });
});
