/** What an event's object may hold: what no store keeps and no calendar knows is refused, and all that is taken can be shown. */
import { describe, expect, test } from 'vitest';
import type Stripe from 'stripe';
import { applyEvent } from '../../../../core/billing/apply-event.ts';
import { risksOf } from '../../../../core/billing/at-risk.ts';
import { cardOf } from '../../../../core/billing/cards.ts';
import { invoiceAfter } from '../../../../core/billing/invoice-state.ts';
import { rankedObject } from '../../../../core/billing/rank.ts';
import { subscriptionView } from '../../../../core/billing/subscription-view.ts';
import { event, invoice, paymentMethod, START, subscription, subscriptionState, TERMS } from '../../../support/stripe-objects.ts';

const UPDATED = 'customer.subscription.updated';
const LAST_SECOND = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000;
const NO_TIMES = [1.5, -1, 1e30, 1e300, 8.64e12, LAST_SECOND + 1, '1768478400'];

const appliedTo = (type: string, object: object) => () => applyEvent(event(type, object), {}, { livemode: false });
const item = (fields: object) => ({ items: { data: [{ ...subscription().items.data[0], ...fields }] } });
const price = (fields: object) => item({ price: { ...subscription().items.data[0]!.price, ...fields } });

describe('times', () => {
  test.each<[string, (time: unknown) => () => unknown]>([
    ['created of a subscription', (created) => appliedTo(UPDATED, { ...subscription(), created })],
    ['ended_at', (ended_at) => appliedTo(UPDATED, { ...subscription(), ended_at })],
    ['cancel_at', (cancel_at) => appliedTo(UPDATED, { ...subscription(), cancel_at })],
    ['trial_end', (trial_end) => appliedTo(UPDATED, { ...subscription(), trial_end })],
    ['the start of a period', (current_period_start) => appliedTo(UPDATED, { ...subscription(), ...item({ current_period_start }) })],
    ['the end of a period', (current_period_end) => appliedTo(UPDATED, { ...subscription(), ...item({ current_period_end }) })],
    ['the end of a pause', (resumes_at) => appliedTo(UPDATED, { ...subscription(), pause_collection: { resumes_at } })],
    ['the anchor of the billing cycle', (billing_cycle_anchor) => appliedTo(UPDATED, { ...subscription(), billing_cycle_anchor })],
    ['created of an invoice', (created) => appliedTo('invoice.updated', { ...invoice(), created })],
    ['the next attempt', (next_payment_attempt) => appliedTo('invoice.updated', { ...invoice(), next_payment_attempt })],
  ])('%s', (_, applied) => {
    for (const time of NO_TIMES) expect(applied(time), String(time)).toThrow(/^it is not a whole (subscription|invoice)$/);
    for (const time of [0, START, LAST_SECOND]) expect(applied(time)()).toMatchObject({ outcome: 'applied' });
  });
});

test.each<[string, string, object]>([
  ['half a cent', 'invoice.updated', { ...invoice(), amount_remaining: 1.5 }],
  ['more cents than can be counted', 'invoice.updated', { ...invoice(), amount_remaining: 1e30 }],
  ['half a month', 'payment_method.updated', paymentMethod({ card: { exp_month: 1.5 } })],
  ['a thirteenth month', 'payment_method.updated', paymentMethod({ card: { exp_month: 13 } })],
  ['a year without end', 'payment_method.updated', paymentMethod({ card: { exp_year: 1e300 } })],
  ['a brand that is a number', 'payment_method.updated', paymentMethod({ card: { display_brand: 5 as never } })],
  ['an id with half a letter', UPDATED, { ...subscription(), id: 'sub_\ud800' }],
  ['a status with half a letter', UPDATED, { ...subscription(), status: 'a\ud800b' }],
  ['a pause that is a number', UPDATED, { ...subscription(), pause_collection: 5 }],
  ['a farewell that is a number', UPDATED, { ...subscription(), cancellation_details: { feedback: 5 } }],
  ['a source that is a number', UPDATED, { ...subscription(), default_source: 5 }],
  ['a price in no currency', UPDATED, { ...subscription(), ...price({ currency: 5 }) }],
  ['a period of no months', UPDATED, { ...subscription(), ...price({ recurring: { interval: 'month', interval_count: 0 } }) }],
  ['a period of half a month', UPDATED, { ...subscription(), ...price({ recurring: { interval: 'month', interval_count: 0.5 } }) }],
  ['a trial that ends in no way', UPDATED, { ...subscription(), trial_settings: {} }],
])('%s is refused', (_, type, object) => {
  expect(appliedTo(type, object)).toThrow(/^it is not a whole (subscription|invoice|payment method)$/);
});

test('what is left out is as good as none', () => {
  expect(appliedTo('invoice.updated', { ...invoice(), next_payment_attempt: undefined })()).toMatchObject({ invoice: { nextAttempt: null } });
  expect(rankedObject(event('payment_method.detached', paymentMethod({ customer: undefined as never })), { livemode: false })).toEqual(rankedObject(event('payment_method.detached', paymentMethod({ customer: null })), { livemode: false }));
});

test('an invoice of what cannot be a subscription is of none', () => {
  for (const odd of [{}, 5, 'a\u0000b']) expect(appliedTo('invoice.updated', { ...invoice(), parent: { subscription_details: { subscription: odd } } })()).toMatchObject({ outcome: 'ignored', reason: 'an invoice without a subscription' });
});

describe('what is taken can be shown', () => {
  const shown = (fields: object) => {
    const whole = { ...subscription(), ...fields } as Stripe.Subscription;
    expect(appliedTo(UPDATED, whole)()).toMatchObject({ outcome: 'applied' });
    const cached = { subscription: subscriptionState(fields), invoice: invoiceAfter(event('invoice.payment_failed', {}), invoice({ next_payment_attempt: LAST_SECOND }), undefined), email: null, card: cardOf(paymentMethod({ card: { exp_year: 9999, exp_month: 12 } }), START) };
    return [cached, { ...cached, invoice: undefined, card: null }].map((each) => [subscriptionView(each, TERMS), risksOf(each, TERMS)]);
  };

  test.each(['trialing', 'active', 'past_due', 'unpaid', 'incomplete', 'paused', 'canceled', 'incomplete_expired', 'zzz'])('%s', (status) => {
    const last = { created: LAST_SECOND, trial_end: LAST_SECOND, pause_collection: { resumes_at: LAST_SECOND }, ...item({ current_period_start: LAST_SECOND, current_period_end: LAST_SECOND }) };
    for (const ends of [{ cancel_at: LAST_SECOND }, { ended_at: LAST_SECOND }, { cancel_at_period_end: true }]) expect(shown({ status, ...last, ...ends })).toHaveLength(2);
    const left = { ended_at: undefined, cancel_at: undefined, trial_end: undefined, pause_collection: undefined, cancellation_details: undefined, ...price({ currency: undefined }) };
    expect(shown({ status, ...left })).toHaveLength(2);
    expect(shown({ status, ...left, pause_collection: {}, trial_settings: null })).toHaveLength(2);
  });
});
