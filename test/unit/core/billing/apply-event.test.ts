import { describe, expect, test } from 'vitest';
import { applyEvent, RELEVANT_TYPES, subjectOf, type Known } from '../../../../core/billing/apply-event.ts';
import { CUSTOMER, event, HOUR, INVOICE, invoice, invoiceState, START, subscription, subscriptionState, SUBSCRIPTION, type EventFields } from '../../../support/stripe-objects.ts';

const TEST_MODE = { livemode: false };
const UPDATED = 'customer.subscription.updated';

function decide(type: string, object: object, { cached = {}, ...fields }: EventFields & { cached?: Known } = {}) {
  return applyEvent(event(type, object, fields), cached, TEST_MODE);
}

describe('a subscription', () => {
  test('seen for the first time is stored as it is', () => {
    expect(decide('customer.subscription.created', subscription({ status: 'trialing' }))).toEqual({
      outcome: 'applied',
      reason: 'first seen, trialing',
      subscription: {
        id: SUBSCRIPTION,
        customer: CUSTOMER,
        status: 'trialing',
        asOf: START,
        version: 1,
        event: { type: 'customer.subscription.created', previous: null },
        snapshot: subscription({ status: 'trialing' }),
      },
    });
  });

  test('that changes is stored with what it was before', () => {
    const cached = { subscription: subscriptionState({ status: 'active' }, { version: 7 }) };
    const previous = { status: 'active' };
    expect(decide(UPDATED, subscription({ status: 'past_due' }), { created: START + 1, previous, cached })).toMatchObject({
      outcome: 'applied',
      reason: 'active -> past_due',
      subscription: { status: 'past_due', version: 8, asOf: START + 1, event: { type: UPDATED, previous } },
    });
  });

  test('takes the id of a customer that is shown in full', () => {
    const expanded = { id: 'cus_9', object: 'customer' } as never;
    expect(decide(UPDATED, subscription({ customer: expanded })).subscription?.customer).toBe('cus_9');
  });

  test('older than the cached one is stale, and nothing is stored', () => {
    const cached = { subscription: subscriptionState({ status: 'past_due' }) };
    expect(decide(UPDATED, subscription(), { created: START - 1, cached })).toEqual({ outcome: 'stale', reason: 'older than the cached state (past_due)' });
  });

  test('that has ended stays so: a late update is stale', () => {
    const cached = { subscription: subscriptionState({ status: 'canceled' }) };
    expect(decide(UPDATED, subscription(), { created: START + HOUR, cached })).toEqual({ outcome: 'stale', reason: 'older than the cached state (canceled)' });
  });

  test('told twice by different events changes nothing', () => {
    const cached = { subscription: subscriptionState() };
    expect(decide(UPDATED, subscription(), { cached })).toEqual({ outcome: 'applied', reason: 'the cached state is this one already' });
  });

  test('of the same second without a proof is asked for, and not stored', () => {
    const cached = { subscription: subscriptionState({ status: 'past_due' }) };
    expect(decide(UPDATED, subscription(), { cached })).toEqual({
      outcome: 'applied',
      reason: 'same second as the cached state: Stripe is asked which holds',
      ask: SUBSCRIPTION,
    });
  });

  test('of one second is the one that all others lead to, though it came before what led to it: it is stored, with the card that it tells of', () => {
    const pays = (before: string | null, card: string) => event(UPDATED, subscription({ default_payment_method: card }), { previous: { default_payment_method: before } });
    const [first, missing, last] = [pays(null, 'pm_1'), pays('pm_1', 'pm_2'), pays('pm_2', 'pm_3')];
    const known = { subscription: subscriptionState({ default_payment_method: 'pm_1' }, { version: 7 }) };
    expect(applyEvent(last, { ...known, tied: [first] }, TEST_MODE)).toMatchObject({ ask: SUBSCRIPTION });
    expect(applyEvent(missing, { ...known, tied: [first, last] }, TEST_MODE)).toMatchObject({
      outcome: 'applied',
      subscription: { version: 8, event: { type: UPDATED, previous: { default_payment_method: 'pm_2' } }, snapshot: last.data.object },
      collect: { customer: CUSTOMER, paymentMethod: 'pm_3' },
    });
  });

  test('as none of the events of its second shows it holds against all that they prove, and Stripe is asked', () => {
    const cached = { subscription: subscriptionState({ status: 'active' }) };
    const later = event(UPDATED, subscription({ status: 'unpaid' }), { previous: { status: 'past_due' } });
    for (const tied of [undefined, [], [later]]) {
      expect(decide(UPDATED, subscription({ status: 'past_due' }), { previous: { status: 'active' }, cached: { ...cached, tied } })).toMatchObject({ outcome: 'applied', ask: SUBSCRIPTION });
    }
  });

  test.each(RELEVANT_TYPES.filter((type) => type.startsWith('customer.subscription.')))('%s counts', (type) => {
    expect(decide(type, subscription()).subscription).toBeDefined();
  });
});

describe('an invoice', () => {
  const known = { subscription: subscriptionState(), invoice: invoiceState() };

  test('is stored with what it says', () => {
    expect(decide('invoice.updated', invoice(), { created: START + 1, cached: known })).toEqual({
      outcome: 'applied',
      reason: 'in_1 is open',
      invoice: invoiceState({ asOf: START + 1 }),
    });
  });

  test('whose payment failed makes Stripe be asked why', () => {
    expect(decide('invoice.payment_failed', invoice(), { created: START + HOUR, cached: known })).toEqual({
      outcome: 'applied',
      reason: 'the payment of in_1 failed: Stripe is asked why',
      invoice: invoiceState({ asOf: START + HOUR, failedAt: START + HOUR }),
      ask: SUBSCRIPTION,
    });
  });

  test('whose failure is known already is not asked about again', () => {
    const cached = { ...known, invoice: invoiceState({ asOf: START + HOUR, failedAt: START + HOUR }) };
    expect(decide('invoice.updated', invoice(), { created: START + HOUR + 1, cached }).ask).toBeUndefined();
  });

  test('of a subscription that is not known yet makes Stripe be asked for it', () => {
    expect(decide('invoice.paid', invoice({ status: 'paid' }))).toMatchObject({ outcome: 'applied', ask: SUBSCRIPTION });
  });

  test('of the same second as the cached one, and unlike it, is asked about: nothing proves which came first', () => {
    const draft = invoice({ status: 'draft' });
    expect(decide('invoice.created', draft, { cached: known })).toMatchObject({ outcome: 'applied', ask: SUBSCRIPTION });
    expect(decide('invoice.updated', invoice(), { cached: known }).ask).toBeUndefined();
  });

  test('older than what is known is stale', () => {
    expect(decide('invoice.finalized', invoice(), { created: START - 1, cached: known })).toEqual({
      outcome: 'stale',
      reason: 'older than what is known of in_1 (open)',
    });
  });

  test('without a subscription is ignored', () => {
    expect(decide('invoice.paid', invoice({ parent: null }))).toEqual({ outcome: 'ignored', reason: 'an invoice without a subscription' });
  });

  test.each(RELEVANT_TYPES.filter((type) => type.startsWith('invoice.')))('%s counts', (type) => {
    expect(decide(type, invoice()).invoice).toBeDefined();
  });
});

describe('a Checkout that is completed', () => {
  const session = { id: 'cs_1', object: 'checkout.session', customer: CUSTOMER, subscription: SUBSCRIPTION };

  test('makes Stripe be asked for its subscription', () => {
    expect(decide('checkout.session.completed', session)).toEqual({ outcome: 'applied', reason: 'Stripe is asked for its subscription', ask: SUBSCRIPTION });
  });

  test('adds nothing where the subscription is known', () => {
    const cached = { subscription: subscriptionState() };
    expect(decide('checkout.session.completed', session, { cached })).toEqual({ outcome: 'applied', reason: 'its subscription is cached already' });
  });

  test('is ignored where it sold no subscription', () => {
    expect(decide('checkout.session.completed', { ...session, subscription: null }).outcome).toBe('ignored');
  });
});

describe('a card', () => {
  const customer = (paymentMethod: unknown) => ({ id: CUSTOMER, object: 'customer', invoice_settings: { default_payment_method: paymentMethod } });
  const before = (paymentMethod: string | null) => ({ invoice_settings: { default_payment_method: paymentMethod } });
  const collect = { customer: CUSTOMER, paymentMethod: 'pm_new' };

  test.each<[string, unknown, string | null]>([
    ['that replaces another', 'pm_new', 'pm_old'],
    ['where there was none', 'pm_new', null],
    ['shown in full', { id: 'pm_new', object: 'payment_method' }, 'pm_old'],
  ])('%s may pay what is missing', (_what, paymentMethod, previous) => {
    expect(decide('customer.updated', customer(paymentMethod), { previous: before(previous) }).collect).toEqual(collect);
  });

  test.each<[string, unknown, Record<string, unknown> | undefined]>([
    ['that is taken away', null, before('pm_old')],
    ['that is as it was', 'pm_old', { delinquent: false }],
    ['in an event that says nothing of a change', 'pm_old', undefined],
  ])('%s pays nothing', (_what, paymentMethod, previous) => {
    expect(decide('customer.updated', customer(paymentMethod), previous ? { previous } : {}).collect).toBeUndefined();
  });

  test('of the subscription may pay too, and an old event of it may not', () => {
    const told = (created: number) => decide(UPDATED, subscription({ default_payment_method: 'pm_new' }), { created, previous: { default_payment_method: null }, cached: { subscription: subscriptionState() } });
    expect(told(START + 1).collect).toEqual(collect);
    expect(told(START - 1).collect).toBeUndefined();
  });
});

describe('events that are none of ours', () => {
  test.each([
    ['of live mode', event(UPDATED, subscription(), { livemode: true }), 'it is of live mode, and this cache is of test mode'],
    ['of another account', event(UPDATED, subscription(), { account: 'acct_9' }), 'it is about another Stripe account, acct_9'],
    ['of another type', event('payout.paid', { id: 'po_1', object: 'payout' }), 'payout.paid changes nothing here'],
    ['of a type yet to be invented', event('foo.bar', {}), 'foo.bar changes nothing here'],
    ['of a type that every object inherits', event('constructor', subscription()), 'constructor changes nothing here'],
  ])('%s are ignored', (_what, foreign, reason) => {
    expect(applyEvent(foreign, {}, TEST_MODE)).toEqual({ outcome: 'ignored', reason });
  });

  test('with a live key those of test mode are', () => {
    expect(applyEvent(event(UPDATED, subscription()), {}, { livemode: true })).toEqual({ outcome: 'ignored', reason: 'it is of test mode, and this cache is of live mode' });
  });
});

describe('an event shaped by another API version', () => {
  const OLD = '2020-03-02';

  test('is not read: Stripe is asked instead', () => {
    expect(decide(UPDATED, { id: SUBSCRIPTION, object: 'subscription', current_period_end: START }, { api_version: OLD })).toEqual({
      outcome: 'applied',
      reason: 'it is written for API version 2020-03-02, not for ours: Stripe is asked for sub_1',
      ask: SUBSCRIPTION,
    });
  });

  test('names the subscription of an invoice where it stood then', () => {
    const oldInvoice = { id: INVOICE, object: 'invoice', customer: CUSTOMER, subscription: SUBSCRIPTION };
    expect(decide('invoice.payment_failed', oldInvoice, { api_version: OLD }).ask).toBe(SUBSCRIPTION);
  });

  test.each(['2025-03-31.basil', '2025-09-30.clover', '2026-03-25.dahlia'])('names the subscription of an invoice where it stands since (%s)', (api_version) => {
    expect(decide('invoice.paid', invoice({ status: 'paid' }), { api_version }).ask).toBe(SUBSCRIPTION);
  });

  test('without a version is as strange', () => {
    expect(decide(UPDATED, subscription(), { api_version: null }).reason).toContain('API version unknown');
  });

  test('that names no subscription is ignored', () => {
    const oneOff = { id: INVOICE, object: 'invoice', customer: CUSTOMER, subscription: null };
    expect(decide('invoice.paid', oneOff, { api_version: OLD })).toMatchObject({ outcome: 'ignored' });
  });
});

test('ids that are none are nobody’s', () => {
  const odd = event(UPDATED, { ...subscription(), id: { id: 7 }, customer: {} });
  expect(subjectOf(odd)).toEqual({ customer: null, subscription: null, invoice: null });
});

describe('an event whose object is not what its type says', () => {
  test.each([
    ['a subscription without items', UPDATED, { ...subscription(), items: undefined }],
    ['a subscription without a status', UPDATED, { ...subscription(), status: undefined }],
    ['a subscription without a customer', UPDATED, { ...subscription(), customer: null }],
    ['a subscription without a birthday', UPDATED, { ...subscription(), created: undefined }],
    ['an invoice without an amount', 'invoice.paid', { ...invoice(), amount_remaining: undefined }],
    ['an invoice without a birthday', 'invoice.paid', { ...invoice(), created: undefined }],
  ])('%s is refused, so that it is kept as failed', (_what, type, object) => {
    expect(() => decide(type, object)).toThrow();
  });
});

describe('the subject', () => {
  test.each([
    ['a subscription', event(UPDATED, subscription()), { customer: CUSTOMER, subscription: SUBSCRIPTION, invoice: null }],
    ['an invoice', event('invoice.paid', invoice()), { customer: CUSTOMER, subscription: SUBSCRIPTION, invoice: INVOICE }],
    ['a customer', event('customer.updated', { id: CUSTOMER, object: 'customer' }), { customer: CUSTOMER, subscription: null, invoice: null }],
    ['a Checkout Session', event('checkout.session.completed', { object: 'checkout.session', customer: { id: CUSTOMER }, subscription: { id: SUBSCRIPTION } }), { customer: CUSTOMER, subscription: SUBSCRIPTION, invoice: null }],
    ['something else', event('payout.paid', { id: 'po_1', object: 'payout' }), { customer: null, subscription: null, invoice: null }],
  ])('of %s', (_what, told, subject) => {
    expect(subjectOf(told)).toEqual(subject);
  });
});
