import { Chalk } from 'chalk';
import { expect, test } from 'vitest';
import { atRiskLines } from '../../../../cli/render/at-risk.ts';
import { atRisk, type SubscriptionAtRisk } from '../../../../core/billing/at-risk.ts';
import { DAY, invoiceState, START, subscriptionState, TERMS } from '../../../support/stripe-objects.ts';

const TWO: SubscriptionAtRisk[] = atRisk(
  [
    { subscription: subscriptionState({ cancel_at: START + 9 * DAY }), invoice: undefined, email: null },
    { subscription: subscriptionState({ status: 'past_due' }), invoice: invoiceState({ failedAt: START - DAY, failureCode: 'insufficient_funds', nextAttempt: START + DAY }), email: 'grace.hopper@example.org' },
  ],
  TERMS,
);

const lines = (room: number, level: 0 | 1 = 0) => atRiskLines(TWO, TERMS, new Chalk({ level }), room);

test('one line each where there is room', () => {
  expect(lines(Infinity)).toEqual([
    'WHO                       WHEN          WHAT',
    'grace.hopper@example.org  since 14 Jan  the payment of 14 Jan over $60 failed (insufficient funds), Stripe tries again on 16 Jan',
    'cus_1                     24 Jan        the subscription is set to end on 24 Jan 2026',
  ]);
});

test('at 80 columns, what it is stands below', () => {
  expect(lines(80)).toEqual([
    'WHO                       WHEN',
    '    WHAT',
    'grace.hopper@example.org  since 14 Jan',
    '    the payment of 14 Jan over $60 failed (insufficient funds), Stripe tries',
    '    again on 16 Jan',
    'cus_1                     24 Jan',
    '    the subscription is set to end on 24 Jan 2026',
  ]);
});

test('what hurts already is red', () => {
  expect(lines(80, 1)[2]).toContain('\u001b[31msince 14 Jan\u001b[39m');
  expect(lines(80, 1)[5]).toContain('\u001b[33m24 Jan\u001b[39m');
});
