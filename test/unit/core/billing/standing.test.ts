import { describe, expect, test } from 'vitest';
import { failedPaymentOf, scheduledEnd, standingOf } from '../../../../core/billing/standing.ts';
import { money } from '../../../../core/billing/words.ts';
import { DAY, HOUR, invoiceState, START, subscription, subscriptionState, TERMS, type SubscriptionFields } from '../../../support/stripe-objects.ts';

const FAILED_AT = START + HOUR;
const failed = invoiceState({ failedAt: FAILED_AT, failureCode: 'insufficient_funds', card: 'Visa 0341', nextAttempt: START + 3 * DAY });

function standing(fields: SubscriptionFields, invoice = invoiceState({ status: 'paid', amountDue: 0 })) {
  return standingOf(subscriptionState(fields), invoice, TERMS);
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

  test('even while Stripe still calls it active: the failed invoice counts', () => {
    expect(standing({ status: 'active' }, { ...failed, failureCode: null, nextAttempt: null })).toEqual({
      verdict: 'hold',
      reason: 'the payment of 15 Jan over $60 failed',
    });
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
  ])('%s', (status, reason) => {
    expect(standing({ status })).toEqual({ verdict: 'hold', reason });
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

test.each([
  [6000, 'usd', '$60'],
  [6050, 'usd', '$60.50'],
  [6000, 'jpy', '¥6,000'],
  [6000, 'eur', '€60'],
])('%d %s is written %s', (amount, currency, written) => {
  expect(money({ amount, currency })).toBe(written);
});
