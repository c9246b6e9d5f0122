/** A whole life of a subscription, told in any order: the cached state at the end is the same. */
import fc from 'fast-check';
import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import { applyEvent, type Cached } from '../../../../core/billing/apply-event.ts';
import { standingOf } from '../../../../core/billing/standing.ts';
import { event, HOUR, invoice, START, subscription, TERMS } from '../../../support/stripe-objects.ts';

const UPDATED = 'customer.subscription.updated';
const TRIAL_END = START;
const AFTER_TRIAL = { trial_end: TRIAL_END };

/** Subscribed, the trial ends, the payment fails, is made good, fails again; each at its own second. */
const LIFE: Stripe.Event[] = [
  event('customer.subscription.created', subscription({ status: 'trialing', trial_end: TRIAL_END }), { created: START - 72 * HOUR }),
  event(UPDATED, subscription({ status: 'active', ...AFTER_TRIAL }), { created: START, previous: { status: 'trialing' } }),
  event('invoice.created', invoice({ status: 'draft' }), { created: START + 1 }),
  event('invoice.finalized', invoice(), { created: START + HOUR }),
  event('invoice.payment_failed', invoice({ attempted: true, next_payment_attempt: START + 30 * HOUR }), { created: START + HOUR + 1 }),
  event('invoice.updated', invoice({ attempted: true, next_payment_attempt: START + 30 * HOUR }), { created: START + HOUR + 2 }),
  event(UPDATED, subscription({ status: 'past_due', ...AFTER_TRIAL }), { created: START + HOUR + 3, previous: { status: 'active' } }),
];
const RECOVERY: Stripe.Event[] = [
  event('invoice.paid', invoice({ status: 'paid', attempted: true }), { created: START + 2 * HOUR }),
  event(UPDATED, subscription({ status: 'active', ...AFTER_TRIAL }), { created: START + 2 * HOUR + 1, previous: { status: 'past_due' } }),
];
const END: Stripe.Event[] = [
  event('customer.subscription.deleted', subscription({ status: 'canceled', ended_at: START + 3 * HOUR, ...AFTER_TRIAL }), { created: START + 3 * HOUR }),
];

test.each([
  ['a failure', LIFE, 'hold'],
  ['a failure that is made good', [...LIFE, ...RECOVERY], 'on'],
  ['a failure and the end', [...LIFE, ...END], 'off'],
  ['the whole life', [...LIFE, ...RECOVERY, ...END], 'off'],
] as const)('%s, in any order and with duplicates', (_what, life, verdict) => {
  const inOrder = tell(life);
  expect(standingOf(inOrder.subscription, inOrder.invoice, TERMS).verdict).toBe(verdict);
  fc.assert(
    fc.property(anyOrderOf(life), (events) => {
      expect(known(tell(events))).toEqual(known(inOrder));
    }),
    { numRuns: 500 },
  );
});

test('all of it within one second: where the order decides, Stripe is asked', () => {
  const atOnce = [...LIFE, ...RECOVERY].map((told) => ({ ...told, created: START }));
  fc.assert(
    fc.property(anyOrderOf(atOnce), (events) => {
      const { asked, subscription: cached, invoice: ofIt } = tell(events);
      if (!asked.subscription) expect(cached?.status).toBe('active');
      if (!asked.invoice) expect(ofIt?.status).toBe('paid');
    }),
    { numRuns: 1000 },
  );
});

function anyOrderOf(life: readonly Stripe.Event[]): fc.Arbitrary<Stripe.Event[]> {
  const duplicates = fc.subarray([...life]);
  return duplicates.chain((twice) => fc.shuffledSubarray([...life, ...twice], { minLength: life.length + twice.length }));
}

function tell(events: readonly Stripe.Event[]) {
  let cached: Cached = {};
  const asked = { subscription: false, invoice: false };
  for (const told of events) {
    const { subscription: nextSubscription, invoice: nextInvoice, ask } = applyEvent(told, cached, { livemode: false });
    cached = { subscription: nextSubscription ?? cached.subscription, invoice: nextInvoice ?? cached.invoice };
    asked[told.data.object.object as keyof typeof asked] ||= ask !== undefined;
  }
  return { ...cached, asked };
}

/** All that is kept, but for how often it was saved. */
function known({ subscription: cached, invoice: ofIt }: Cached) {
  return { status: cached?.status, asOf: cached?.asOf, snapshot: cached?.snapshot, invoice: ofIt };
}
