import { expect, test } from 'vitest';
import { subscriptionView } from '../../../../core/billing/subscription-view.ts';
import { DAY, HOUR, invoiceState, START, subscriptionState, TERMS } from '../../../support/stripe-objects.ts';

test('a subscription in good order', () => {
  expect(subscriptionView({ subscription: subscriptionState(), invoice: invoiceState({ status: 'paid' }), email: 'ada@example.com' }, TERMS)).toEqual({
    id: 'sub_1',
    customer: 'cus_1',
    email: 'ada@example.com',
    status: 'active',
    type: 'monthly',
    price: 'price_1',
    currentPeriodEnd: '2026-02-14T12:00:00.000Z',
    trialEnd: null,
    endsAt: null,
    endedAt: null,
    cancellation: null,
    failedPayment: null,
    standing: { verdict: 'on', reason: 'subscribed' },
  });
});

test('a subscription past due, which ends at the end of its period', () => {
  const view = subscriptionView({
    subscription: subscriptionState({ status: 'past_due', cancel_at_period_end: true, trial_end: START }),
    invoice: invoiceState({ failedAt: START + HOUR, failureCode: 'expired_card', card: 'Visa 0341' }),
    email: null,
  }, TERMS);
  expect(view).toMatchObject({
    email: null,
    status: 'past_due',
    trialEnd: '2026-01-15T12:00:00.000Z',
    endsAt: '2026-02-14T12:00:00.000Z',
    failedPayment: { invoice: 'in_1', reason: 'the card has expired', card: 'Visa 0341', nextAttempt: null },
    standing: { verdict: 'hold' },
  });
});

test('a subscription that has ended', () => {
  const view = subscriptionView({ subscription: subscriptionState({ status: 'canceled', ended_at: START + DAY }), invoice: undefined, email: null }, TERMS);
  expect(view).toMatchObject({ status: 'canceled', endedAt: '2026-01-16T12:00:00.000Z', endsAt: null, standing: { verdict: 'off' } });
});

test.each([
  [{ interval: 'month', interval_count: 1 }, 'monthly'],
  [{ interval: 'month', interval_count: 3 }, 'other'],
  [{ interval: 'year', interval_count: 1 }, 'other'],
  [null, 'other'],
])('what recurs by %j is %s', (recurring, type) => {
  const subscription = subscriptionState();
  subscription.snapshot.items.data[0]!.price.recurring = recurring as never;
  expect(subscriptionView({ subscription, invoice: undefined, email: null }, TERMS).type).toBe(type);
});
