/** Who is at risk, of what, and when it hurts: by Stripe's facts alone. */
import { describe, expect, test } from 'vitest';
import { atRisk, risksOf } from '../../../../core/billing/at-risk.ts';
import type { Card } from '../../../../core/billing/cards.ts';
import { isoTime } from '../../../../core/billing/words.ts';
import { CUSTOMER, DAY, HOUR, invoiceState, START, subscriptionState, TERMS, type SubscriptionFields } from '../../../support/stripe-objects.ts';
import type { InvoiceState } from '../../../../core/billing/state.ts';

const PERIOD_END = START + 30 * DAY; // 14 Feb 2026
const TRIAL_END = START + 3 * DAY; // 18 Jan 2026
const TRIAL: SubscriptionFields = { status: 'trialing', trial_end: TRIAL_END, period: { start: START, end: TRIAL_END } };

function card(month: number, year: number): Card {
  return { id: 'pm_1', customer: CUSTOMER, asOf: START, name: 'Visa 4242', expires: { month, year } };
}

function risks(fields: SubscriptionFields, known: { card?: Card | null; invoice?: InvoiceState } = {}, terms = TERMS) {
  return risksOf({ subscription: subscriptionState(fields), invoice: undefined, email: null, ...known }, terms);
}

function risk(...told: Parameters<typeof risks>) {
  const [first, ...others] = risks(...told);
  expect(others).toEqual([]);
  return first;
}

test('in good order: none', () => {
  expect(risks({ status: 'active' }, { card: card(2, 2026) })).toEqual([]);
  expect(risks(TRIAL, { card: card(1, 2026) })).toEqual([]);
});

describe('a payment that is missing hurts since it failed first', () => {
  const invoice = invoiceState({ failedAt: START - DAY, firstFailedAt: START - 4 * DAY, failureCode: 'insufficient_funds' });
  const words = 'the payment of 11 Jan over $60 failed (insufficient funds)';

  test.each([
    ['past_due', START + 2 * DAY, `${words}, Stripe tries again on 17 Jan`],
    ['active', START + 2 * DAY, `${words}, Stripe tries again on 17 Jan`],
    ['unpaid', null, `${words}; Stripe has given up trying`],
  ] as const)('%s', (status, nextAttempt, sentence) => {
    expect(risk({ status }, { invoice: { ...invoice, nextAttempt } })).toEqual({ kind: 'past_due', at: isoTime(START - 4 * DAY), sentence });
  });

  test('as long as nobody has said what failed, since Stripe says so', () => {
    expect(risk({ status: 'past_due' })).toEqual({ kind: 'past_due', at: isoTime(START), sentence: 'a payment is missing' });
  });
});

describe('a first payment that is missing hurts 23 hours after the beginning', () => {
  const first = { status: 'incomplete', created: START } as const;

  test('untried', () => {
    expect(risk(first)).toEqual({ kind: 'incomplete', at: isoTime(START + 23 * HOUR), sentence: 'the first payment of $60 has not been made, Stripe waits until Fri 16 Jan, 11:00' });
  });

  test('and failed: that is one risk, not two', () => {
    const invoice = invoiceState({ failedAt: START, failureCode: 'lost_card' });
    expect(risk(first, { invoice })?.sentence).toBe('the first payment of $60 has not been made (the card was declined), Stripe waits until Fri 16 Jan, 11:00');
  });
});

describe('a trial that ends without a card', () => {
  const ending = (missing_payment_method: 'cancel' | 'pause' | 'create_invoice') => ({ ...TRIAL, trial_settings: { end_behavior: { billing_cycle_anchor: null, missing_payment_method } } });

  test.each([
    ['cancel', 'the subscription ends with it'],
    ['pause', 'the subscription is paused then'],
    ['create_invoice', 'the first payment of $60 will fail'],
  ] as const)('which Stripe ends by %s', (missing, then) => {
    expect(risk(ending(missing), { card: null })).toEqual({ kind: 'trial_without_card', at: isoTime(TRIAL_END), sentence: `the trial ends on 18 Jan and there is no card: ${then}` });
  });

  test.each<[string, SubscriptionFields, Card | null | undefined]>([
    ['what it is charged to is not known', TRIAL, undefined],
    ['it is not soon', { ...TRIAL, trial_end: START + 8 * DAY }, null],
    ['it is sent invoices', { ...TRIAL, collection_method: 'send_invoice' }, null],
    ['it has no trial', { status: 'active' }, null],
  ])('is none where %s', (_why, fields, known) => {
    expect(risks(fields, known === undefined ? {} : { card: known })).toEqual([]);
  });

  test('seven days before it is soon', () => {
    expect(risk({ ...TRIAL, trial_end: START + 7 * DAY }, { card: null })?.kind).toBe('trial_without_card');
  });
});

describe('a card that expires before the next charge', () => {
  test('hurts then', () => {
    expect(risk({}, { card: card(1, 2026) })).toEqual({
      kind: 'card_expires',
      at: isoTime(PERIOD_END),
      sentence: 'the card Visa 4242 expires at the end of Jan, the next charge of $60 is on 14 Feb',
    });
  });

  test('or has expired', () => {
    expect(risk(TRIAL, { card: card(12, 2025) })?.sentence).toBe('the card Visa 4242 expired at the end of Dec 2025, the next charge of $60 is on 18 Jan');
  });

  test.each([
    ['on the last day of its month it is good', Date.UTC(2026, 1, 1) / 1000 - 1, []],
    ['on the first of the next it is not', Date.UTC(2026, 1, 1) / 1000, ['card_expires']],
  ])('%s', (_what, end, kinds) => {
    expect(risks({ period: { start: START, end } }, { card: card(1, 2026) }).map(({ kind }) => kind)).toEqual(kinds);
  });

  test.each<[string, SubscriptionFields]>([
    ['collection is paused', { pause_collection: { behavior: 'void', resumes_at: null } }],
    ['the subscription is paused', { status: 'paused' }],
    ['the charge is more than a month ahead', { period: { start: START, end: START + 32 * DAY } }],
    ['it has ended', { status: 'canceled', ended_at: START }],
    ['it is sent invoices', { collection_method: 'send_invoice' }],
  ])('is none where %s', (_why, fields) => {
    expect(risks(fields, { card: card(1, 2026) })).toEqual([]);
  });

  test('is none where it does not expire, or is not known', () => {
    expect(risks({}, { card: { ...card(1, 2026), name: 'sepa debit', expires: null } })).toEqual([]);
    expect(risks({})).toEqual([]);
  });

  test('names no amount where the prices do not tell it', () => {
    const discounted = { discounts: ['di_1'], period: { start: START, end: PERIOD_END } };
    expect(risk(discounted, { card: card(1, 2026) })?.sentence).toMatch(/, the next charge is on 14 Feb$/);
  });
});

describe('a scheduled end', () => {
  const details = { reason: 'cancellation_requested', feedback: 'too_expensive', comment: 'I moved on', feedback_option: null } as const;

  test.each<[string, SubscriptionFields]>([
    ['flexible', { cancel_at: PERIOD_END, cancel_at_period_end: false }],
    ['classic', { cancel_at: null, cancel_at_period_end: true }],
  ])('marked by %s billing', (_mode, fields) => {
    expect(risk({ ...fields, cancellation_details: details })).toEqual({
      kind: 'scheduled_end',
      at: isoTime(PERIOD_END),
      sentence: 'the subscription is set to end on 14 Feb 2026 (too expensive: "I moved on")',
    });
  });

  test('before the next charge: an expired card does not matter any more, nor a missing one', () => {
    expect(risk({ cancel_at: PERIOD_END }, { card: card(1, 2026) })?.kind).toBe('scheduled_end');
    expect(risk({ ...TRIAL, cancel_at: TRIAL_END }, { card: null })?.kind).toBe('scheduled_end');
  });

  test('after the next charge: both matter', () => {
    expect(risks({ cancel_at: PERIOD_END + 1 }, { card: card(1, 2026) }).map(({ kind }) => kind)).toEqual(['card_expires', 'scheduled_end']);
  });
});

test('the list is sorted by when it hurts, and leaves out who is safe', () => {
  const cached = (id: string, fields: SubscriptionFields, invoice?: InvoiceState) => ({ subscription: subscriptionState({ id, ...fields }), invoice, email: null });
  const list = atRisk(
    [
      cached('sub_ending', { cancel_at: START + 9 * DAY }),
      cached('sub_safe', {}),
      cached('sub_past_due', { status: 'past_due', cancel_at: START + DAY }, invoiceState({ failedAt: START - DAY })),
      cached('sub_incomplete', { status: 'incomplete', created: START }),
      cached('sub_gone', { status: 'canceled', ended_at: START, cancel_at: START }),
    ],
    TERMS,
  );
  expect(list.map(({ id, risks: found }) => [id, ...found.map(({ kind }) => kind)])).toEqual([
    ['sub_past_due', 'past_due', 'scheduled_end'],
    ['sub_incomplete', 'incomplete'],
    ['sub_ending', 'scheduled_end'],
  ]);
});
