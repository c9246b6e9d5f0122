import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { orderOf, type IncomingSnapshot, type Order } from '../../../../core/billing/ordering.ts';
import type { SubscriptionState } from '../../../../core/billing/state.ts';
import { START, subscription, subscriptionState, type SubscriptionFields } from '../../../support/stripe-objects.ts';

const UPDATED = 'customer.subscription.updated';

function incoming(fields: SubscriptionFields, more: Partial<IncomingSnapshot> = {}): IncomingSnapshot {
  return { asOf: START, type: UPDATED, previous: null, snapshot: subscription(fields), ...more };
}

describe('a subscription that has ended', () => {
  test.each(['canceled', 'incomplete_expired'] as const)('stays %s, however late an update comes', (status) => {
    const late = incoming({ status: 'active' }, { asOf: START + 1000 });
    expect(orderOf(subscriptionState({ status }), late)).toBe('older');
  });

  test.each(['canceled', 'incomplete_expired'] as const)('is %s even by an event that comes late', (status) => {
    const late = incoming({ status }, { asOf: START - 1000 });
    expect(orderOf(subscriptionState({ status: 'active' }), late)).toBe('newer');
  });

  test('takes later details of its end', () => {
    const feedback = incoming({ status: 'canceled', canceled_at: START + 5 }, { asOf: START + 5 });
    expect(orderOf(subscriptionState({ status: 'canceled' }), feedback)).toBe('newer');
  });
});

test('the later second is newer, the earlier one older', () => {
  const current = subscriptionState({ status: 'past_due' });
  expect(orderOf(current, incoming({ status: 'active' }, { asOf: START + 1 }))).toBe('newer');
  expect(orderOf(current, incoming({ status: 'active' }, { asOf: START - 1 }))).toBe('older');
});

describe('within one second', () => {
  const failed = { previous: { status: 'active' }, snapshot: subscription({ status: 'past_due' }) };
  const before = { previous: { status: 'trialing' }, snapshot: subscription({ status: 'active' }) };
  const asCurrent = ({ previous, snapshot }: typeof failed) => subscriptionState({ status: snapshot.status }, { event: { type: UPDATED, previous } });
  const asIncoming = ({ previous, snapshot }: typeof failed): IncomingSnapshot => ({ asOf: START, type: UPDATED, previous, snapshot });

  test('the same snapshot is the same', () => {
    expect(orderOf(subscriptionState(), incoming({}))).toBe('same');
  });

  test('what an update says it changed proves that it came after', () => {
    expect(orderOf(asCurrent(before), asIncoming(failed))).toBe('newer');
    expect(orderOf(asCurrent(failed), asIncoming(before))).toBe('older');
  });

  test('nested changes prove it, too', () => {
    const scheduled = incoming({ metadata: { plan: 'new' } }, { previous: { metadata: { plan: 'old' } } });
    const state = subscriptionState({ metadata: { plan: 'old' } });
    expect(orderOf(state, scheduled)).toBe('newer');
  });

  test('a change there and back proves nothing', () => {
    const there = subscriptionState({ cancel_at_period_end: true }, { event: { type: UPDATED, previous: { cancel_at_period_end: false } } });
    const back = incoming({ cancel_at_period_end: false }, { previous: { cancel_at_period_end: true } });
    expect(orderOf(there, back)).toBe('unsure');
  });

  test('the same again, by another change: what lay between may still come', () => {
    const first = subscriptionState({ status: 'active' }, { event: { type: UPDATED, previous: { status: 'trialing' } } });
    expect(orderOf(first, incoming({ status: 'active' }, { previous: { status: 'past_due' } }))).toBe('unsure');
  });

  test('without previous attributes nothing is proved', () => {
    expect(orderOf(subscriptionState({ status: 'active' }), incoming({ status: 'past_due' }))).toBe('unsure');
  });

  test('previous attributes that neither shows prove nothing', () => {
    const update = incoming({ status: 'past_due' }, { previous: { status: 'unpaid' } });
    expect(orderOf(subscriptionState({ status: 'active' }), update)).toBe('unsure');
  });

  test("against Stripe's own answer nothing can be proved", () => {
    const answered = subscriptionState({ status: 'active' }, { event: null });
    expect(orderOf(answered, asIncoming(failed))).toBe('unsure');
  });

  test('the birth comes first', () => {
    const born = { type: 'customer.subscription.created' };
    expect(orderOf(subscriptionState({ status: 'active' }), incoming({ status: 'incomplete' }, born))).toBe('older');
    expect(orderOf(subscriptionState({ status: 'incomplete' }, { event: { ...born, previous: null } }), incoming({ status: 'active' }))).toBe('newer');
  });
});

describe('for any two snapshots', () => {
  const snapshots = fc.record({
    asOf: fc.integer({ min: START, max: START + 2 }),
    status: fc.constantFrom('trialing', 'active', 'past_due', 'canceled', 'incomplete_expired'),
    type: fc.constantFrom('customer.subscription.created', UPDATED, 'customer.subscription.deleted'),
    previousStatus: fc.constantFrom(null, 'trialing', 'active', 'past_due'),
    cancelAtPeriodEnd: fc.boolean(),
  });
  type Drawn = typeof snapshots extends fc.Arbitrary<infer T> ? T : never;

  const incomingOf = (drawn: Drawn): IncomingSnapshot =>
    incoming(
      { status: drawn.status, cancel_at_period_end: drawn.cancelAtPeriodEnd },
      { asOf: drawn.asOf, type: drawn.type, previous: drawn.previousStatus === null ? null : { status: drawn.previousStatus } },
    );
  const currentOf = (drawn: Drawn): SubscriptionState => {
    const { asOf, type, previous, snapshot } = incomingOf(drawn);
    return subscriptionState({}, { asOf, status: snapshot.status, event: { type, previous }, snapshot });
  };
  const OPPOSITE: Readonly<Record<Order, Order>> = { newer: 'older', older: 'newer', same: 'same', unsure: 'unsure' };

  test('the one that arrives first does not matter: the order turns round with them', () => {
    const isTwoBirths = (one: Drawn, other: Drawn) => one.type === other.type && one.type === 'customer.subscription.created';
    fc.assert(
      fc.property(snapshots, snapshots, (one, other) => {
        fc.pre(!isTwoBirths(one, other));
        expect(orderOf(currentOf(one), incomingOf(other))).toBe(OPPOSITE[orderOf(currentOf(other), incomingOf(one))]);
      }),
      { numRuns: 2000 },
    );
  });

  test('of different seconds nothing is unsure', () => {
    fc.assert(
      fc.property(snapshots, snapshots, (one, other) => {
        fc.pre(one.asOf !== other.asOf);
        expect(orderOf(currentOf(one), incomingOf(other))).toMatch(/newer|older/);
      }),
    );
  });
});
