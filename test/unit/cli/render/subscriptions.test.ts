import { Chalk } from 'chalk';
import { describe, expect, test } from 'vitest';
import { cardJson, subscriptionDetail, subscriptionLines, subscriptionRow } from '../../../../cli/render/subscriptions.ts';
import type { SubscriptionView } from '../../../../core/billing/views.ts';

const plain = new Chalk({ level: 0 });

function viewed(fields: Partial<SubscriptionView> = {}): SubscriptionView {
  return {
    id: 'sub_10CPnLjdrJehRj83irPPuEdQ',
    customer: 'cus_6JbyxtFR2b7o9U',
    email: 'ada.lovelace@example.com',
    status: 'active',
    type: 'monthly',
    price: 'price_1',
    currentPeriodEnd: '2026-12-23T13:04:30.000Z',
    trialEnd: null,
    endsAt: null,
    endedAt: null,
    cancellation: null,
    failedPayment: null,
    standing: { verdict: 'on', reason: 'subscribed' },
    ...fields,
  };
}

const FOUR = [
  viewed({ status: 'trialing', trialEnd: '2026-11-26T13:04:30.000Z' }),
  viewed({ email: 'grace.hopper@example.org', status: 'past_due', standing: { verdict: 'hold', reason: 'a payment is missing' } }),
  viewed({ email: 'alan@example.org', status: 'canceled', endedAt: '2026-11-23T13:04:31.000Z', standing: { verdict: 'off', reason: 'ended' } }),
  viewed({ email: null, endsAt: '2026-12-23T13:04:30.000Z' }),
];

const lines = (views: readonly SubscriptionView[], room: number) => [...subscriptionLines(views.map((each) => subscriptionRow(each, plain)), plain, room)];

test('an end for a reason that every object inherits is told by that word', () => {
  const lines = subscriptionDetail(viewed({ cancellation: { reason: 'constructor', feedback: null, comment: null } }), [], plain, 80);
  expect(lines.some((line) => line.endsWith('constructor'))).toBe(true);
});

describe('a list of subscriptions', () => {
  test('tells who, what Stripe says, whether the next session may happen, and until when', () => {
    expect(lines(FOUR, Infinity)).toEqual([
      'WHO                       STATUS    SESSION  UNTIL (UTC)             ID',
      'ada.lovelace@example.com  trialing  on       2026-11-26 13:04        sub_10CPnLjdrJehRj83irPPuEdQ',
      'grace.hopper@example.org  past_due  hold     2026-12-23 13:04        sub_10CPnLjdrJehRj83irPPuEdQ',
      'alan@example.org          canceled  off      ended 2026-11-23 13:04  sub_10CPnLjdrJehRj83irPPuEdQ',
      'cus_6JbyxtFR2b7o9U        active    on       ends 2026-12-23 13:04   sub_10CPnLjdrJehRj83irPPuEdQ',
    ]);
  });

  test('leaves the ids out where a terminal has no room for them: `show` takes the first column, too', () => {
    expect(lines(FOUR, 80)).toEqual([
      'WHO                       STATUS    SESSION  UNTIL (UTC)',
      'ada.lovelace@example.com  trialing  on       2026-11-26 13:04',
      'grace.hopper@example.org  past_due  hold     2026-12-23 13:04',
      'alan@example.org          canceled  off      ended 2026-11-23 13:04',
      'cus_6JbyxtFR2b7o9U        active    on       ends 2026-12-23 13:04',
    ]);
  });

  test('sends the dates below a long e-mail address', () => {
    expect(lines([viewed({ email: 'grace.hopper.with.a.long.name@navy.example.com' })], 80)).toEqual([
      'WHO                                             STATUS  SESSION',
      '    UNTIL (UTC)',
      'grace.hopper.with.a.long.name@navy.example.com  active  on',
      '    2026-12-23 13:04',
    ]);
  });
});

test('one subscription: what is not there has no line', () => {
  const failedPayment = {
    invoice: 'in_1pWACZWDOYdgGZEYnx6xVSCT',
    amount: { amount: 6000, currency: 'usd' },
    failedAt: '2026-11-23T13:04:31.000Z',
    reason: 'the card was declined',
    needsConfirmation: false,
    card: 'Visa 0341',
    nextAttempt: '2026-11-24T22:04:31.000Z',
  };
  const standing = { verdict: 'hold', reason: 'the payment of 23 Nov over $60 failed (the card was declined), Stripe tries again on 24 Nov' } as const;
  expect(subscriptionDetail(viewed({ status: 'past_due', failedPayment, standing }), [['session', 'booked, 2026-12-01 15:00 (UTC), ses_abc']], plain, 80)).toEqual([
    'subscription    sub_10CPnLjdrJehRj83irPPuEdQ',
    'customer        cus_6JbyxtFR2b7o9U (ada.lovelace@example.com)',
    'status          past_due',
    'next session    hold: the payment of 23 Nov over $60 failed (the card was',
    '                declined), Stripe tries again on 24 Nov',
    'session         booked, 2026-12-01 15:00 (UTC), ses_abc',
    'period until    2026-12-23 13:04 UTC',
    'failed payment  $60, Visa 0341, the card was declined,',
    '                in_1pWACZWDOYdgGZEYnx6xVSCT',
    'tries again     2026-11-24 22:04 UTC',
  ]);
});

describe('what pays', () => {
  const card = { id: 'pm_1', customer: 'cus_1', asOf: 0, name: 'Visa 4242', expires: { month: 3, year: 2027 } };

  test.each([
    ['a card, with its last month', card, 'card          Visa 4242, good until 03/2027', { id: 'pm_1', name: 'Visa 4242', expires: '2027-03' }],
    ['what does not expire', { ...card, name: 'sepa debit', expires: null }, 'card          sepa debit', { id: 'pm_1', name: 'sepa debit', expires: null }],
    ['nothing', null, 'card          none', null],
    ['what is not known', undefined, undefined, undefined],
  ])('%s', (_what, known, line, json) => {
    expect(subscriptionDetail({ ...viewed(), card: known }, [], plain, 80).find((each) => each.startsWith('card'))).toBe(line);
    expect(cardJson(known)).toEqual(json);
  });
});

test.each([
  [{ reason: 'cancellation_requested', feedback: 'too_expensive', comment: 'I moved on' }, 'why           cancelled on request, too expensive: "I moved on"'],
  [{ reason: 'payment_failed', feedback: null, comment: null }, 'why           the payment failed'],
  [{ reason: 'a_reason_to_come', feedback: null, comment: null }, 'why           a reason to come'],
  [{ reason: null, feedback: 'unused', comment: null }, 'why           unused'],
  [null, undefined],
])('why it ends: %j', (cancellation, line) => {
  expect(subscriptionDetail(viewed({ cancellation }), [], plain, 80).find((each) => each.startsWith('why'))).toBe(line);
});
