import { expect, test } from 'vitest';
import { DAY_SECONDS, HOUR_SECONDS } from '../../../../sandbox/billing/calendar.ts';
import { setDefaultPaymentMethod } from '../../../../sandbox/billing/customers.ts';
import { nextDue } from '../../../../sandbox/billing/due.ts';
import { payInvoice } from '../../../../sandbox/billing/manual-invoices.ts';
import type { Customer, Invoice, PaymentIntent } from '../../../../sandbox/billing/shapes.ts';
import { updateSubscription } from '../../../../sandbox/billing/subscriptions.ts';
import {
  FAILING_CARD,
  GOOD_CARD,
  latestInvoice,
  openBillingWorld,
  refusalOf,
  START,
  subscribe,
  subscriptionNow,
} from './billing-world.ts';

const TRIAL_END = START + 3 * DAY_SECONDS;
const trial = { trial_period_days: 3 };

test('a natural trial end makes it active first, even with a dead card; an hour later it is past due', () => {
  const world = openBillingWorld();
  const { id, customer } = subscribe(world, trial, FAILING_CARD);
  world.told();

  world.advanceTo(TRIAL_END);
  const [updated, created, ...more] = world.told();
  expect(more).toEqual([]);
  expect(updated).toMatchObject({
    type: 'customer.subscription.updated',
    created: TRIAL_END,
    object: { status: 'active', latest_invoice: latestInvoice(world, id).id },
    previous: { status: 'trialing', latest_invoice: expect.stringMatching(/^in_/) as string, items: { data: [{ current_period_end: TRIAL_END }] } },
  });
  expect(Object.keys(updated?.previous ?? {}).sort()).toEqual(['items', 'latest_invoice', 'status']);
  expect(created).toMatchObject({
    type: 'invoice.created',
    object: {
      status: 'draft',
      billing_reason: 'subscription_cycle',
      auto_advance: true,
      amount_due: 6000,
      number: null,
      next_payment_attempt: TRIAL_END + HOUR_SECONDS,
      parent: { type: 'subscription_details', subscription_details: { subscription: id } },
    },
  });

  world.advanceTo(TRIAL_END + HOUR_SECONDS);
  const events = world.told();
  expect(events.map((event) => event.type)).toEqual([
    'invoice.finalized',
    'payment_intent.created',
    'charge.failed',
    'payment_intent.payment_failed',
    'invoice.payment_failed',
    'invoice.updated',
    'customer.subscription.updated',
    'customer.updated',
  ]);
  expect(events[2]?.object).toMatchObject({ status: 'failed', failure_code: 'card_declined', paid: false });
  expect(events[4]?.object).toMatchObject({
    status: 'open',
    attempted: true,
    attempt_count: 1,
    auto_advance: true,
    amount_remaining: 6000,
    next_payment_attempt: TRIAL_END + 34 * HOUR_SECONDS,
  });
  expect(events[6]?.previous).toEqual({ status: 'active' });
  expect(events[6]?.object.status).toBe('past_due');
  expect(events[7]?.previous).toEqual({ delinquent: false });
  expect(world.store.find<Customer>('customer', customer.id)?.delinquent).toBe(true);
});

test("trial_end 'now' with a dead card answers at once with a subscription that is past due", () => {
  const world = openBillingWorld();
  const { id } = subscribe(world, trial, FAILING_CARD);
  world.told();
  world.advanceTo(START + DAY_SECONDS);

  const answer = updateSubscription(world, id, { trial_end: 'now' });

  expect(answer).toMatchObject({
    status: 'past_due',
    trial_end: START + DAY_SECONDS,
    billing_cycle_anchor: START + DAY_SECONDS,
    items: { data: [{ current_period_start: START + DAY_SECONDS, current_period_end: Date.UTC(2026, 1, 16, 12) / 1000 }] },
  });
  const events = world.told();
  expect(events.map((event) => event.type)).toEqual([
    'customer.subscription.trial_will_end',
    'customer.subscription.updated',
    'invoice.created',
    'invoice.finalized',
    'payment_intent.created',
    'charge.failed',
    'payment_intent.payment_failed',
    'invoice.payment_failed',
    'invoice.updated',
    'customer.subscription.updated',
    'customer.updated',
  ]);
  expect(events[1]).toMatchObject({ object: { status: 'active' }, previous: { status: 'trialing', trial_end: TRIAL_END } });
  expect(events[9]).toMatchObject({ object: { status: 'past_due' }, previous: { status: 'active' } });
});

test('a paid renewal keeps it active and moves its period by a month', () => {
  const world = openBillingWorld();
  const { id } = subscribe(world);
  world.told();
  const renewal = Date.UTC(2026, 1, 15, 12) / 1000;
  world.advanceTo(renewal - 7 * DAY_SECONDS);
  expect(world.toldTypes()).toEqual(['invoice.upcoming']);
  expect(nextDue(world)).toBe(renewal);

  world.advanceTo(renewal + HOUR_SECONDS);

  expect(world.toldTypes()).toEqual([
    'customer.subscription.updated',
    'invoice.created',
    'invoice.finalized',
    'payment_intent.created',
    'charge.succeeded',
    'payment_intent.succeeded',
    'invoice.updated',
    'invoice.paid',
    'invoice.payment_succeeded',
    'invoice_payment.paid',
  ]);
  expect(subscriptionNow(world, id)).toMatchObject({
    status: 'active',
    items: { data: [{ current_period_start: renewal, current_period_end: Date.UTC(2026, 2, 15, 12) / 1000 }] },
  });
  expect(latestInvoice(world, id)).toMatchObject({
    status: 'paid',
    billing_reason: 'subscription_cycle',
    period_start: START,
    period_end: renewal,
    amount_paid: 6000,
    amount_remaining: 0,
    auto_advance: false,
    next_payment_attempt: null,
    number: expect.stringMatching(/-0002$/) as string,
    status_transitions: { finalized_at: renewal + HOUR_SECONDS, paid_at: renewal + HOUR_SECONDS },
    lines: { data: [{ description: '1 × Pair Coding (at $60.00 / month)', amount: 6000, period: { start: renewal } }] },
  });
});

test('an unpaid invoice is tried eight times more within two weeks, and then the subscription ends', () => {
  const world = openBillingWorld();
  const { id } = subscribe(world, trial, FAILING_CARD);
  world.advanceTo(TRIAL_END + HOUR_SECONDS);
  world.told();

  world.advanceTo(TRIAL_END + 14 * DAY_SECONDS);

  const types = world.toldTypes();
  const retry = ['charge.failed', 'payment_intent.payment_failed', 'invoice.payment_failed', 'invoice.updated'];
  expect(types).toEqual([...Array.from({ length: 8 }, () => retry).flat(), 'customer.subscription.deleted']);
  expect(subscriptionNow(world, id)).toMatchObject({
    status: 'canceled',
    cancellation_details: { reason: 'payment_failed' },
  });
  expect(latestInvoice(world, id)).toMatchObject({ status: 'open', attempt_count: 9, auto_advance: false, next_payment_attempt: null });
  expect(nextDue(world)).toBeUndefined();
});

test('a new card in the portal waits for the next try; paying the invoice by hand cures at once', () => {
  const world = openBillingWorld();
  const { id, customer } = subscribe(world, trial, FAILING_CARD);
  world.advanceTo(TRIAL_END + HOUR_SECONDS);
  world.told();

  const { payment_method: card } = setDefaultPaymentMethod(world, customer.id, GOOD_CARD);
  const events = world.told();
  expect(events.map((event) => event.type)).toEqual([
    'setup_intent.created',
    'payment_method.attached',
    'setup_intent.succeeded',
    'customer.updated',
    'customer.subscription.updated',
  ]);
  expect(events[3]?.previous).toEqual({ invoice_settings: { default_payment_method: null } });
  expect(subscriptionNow(world, id)).toMatchObject({ status: 'past_due', default_payment_method: card });

  payInvoice(world, latestInvoice(world, id).id);
  expect(world.toldTypes()).toEqual([
    'charge.succeeded',
    'payment_intent.succeeded',
    'invoice.updated',
    'invoice.paid',
    'invoice.payment_succeeded',
    'customer.subscription.updated',
    'invoice_payment.paid',
    'customer.updated',
  ]);
  expect(subscriptionNow(world, id).status).toBe('active');
  expect(world.store.find<Customer>('customer', customer.id)?.delinquent).toBe(false);
});

test("the customer's new default card alone does not cure a subscription that has its own", () => {
  const world = openBillingWorld();
  const { id, customer } = subscribe(world, trial, FAILING_CARD);
  world.advanceTo(TRIAL_END + HOUR_SECONDS);
  const failing = subscriptionNow(world, id).default_payment_method;
  setDefaultPaymentMethod(world, customer.id, GOOD_CARD);
  updateSubscription(world, id, { default_payment_method: failing });
  const error = refusalOf(() => payInvoice(world, latestInvoice(world, id).id));
  expect(error).toMatchObject({ status: 402, keepsWrites: true, body: { type: 'card_error', code: 'card_declined' } });
  expect(subscriptionNow(world, id).status).toBe('past_due');
});

test('a first payment that fails leaves it incomplete, and 23 hours later it has expired and its invoice is void', () => {
  const world = openBillingWorld();
  const { id } = subscribe(world, {}, FAILING_CARD);
  expect(world.toldTypes()).toEqual([
    'payment_method.attached',
    'charge.failed',
    'customer.updated',
    'customer.subscription.created',
    'payment_intent.created',
    'payment_intent.payment_failed',
    'invoice.created',
    'invoice.finalized',
    'invoice.payment_failed',
  ]);
  expect(subscriptionNow(world, id).status).toBe('incomplete');
  expect(latestInvoice(world, id)).toMatchObject({ status: 'open', attempt_count: 1, next_payment_attempt: null });

  world.advanceTo(START + 23 * HOUR_SECONDS);
  const events = world.told();
  expect(events.map((event) => event.type)).toEqual([
    'customer.subscription.updated',
    'invoice.updated',
    'invoice.voided',
    'payment_intent.canceled',
  ]);
  expect(events[0]).toMatchObject({ object: { status: 'incomplete_expired' }, previous: { status: 'incomplete', ended_at: null } });
  expect(latestInvoice(world, id).status).toBe('void');
  expect(nextDue(world)).toBeUndefined();
});

test('an incomplete one that is paid in time becomes active', () => {
  const world = openBillingWorld();
  const { id, customer } = subscribe(world, {}, FAILING_CARD);
  setDefaultPaymentMethod(world, customer.id, GOOD_CARD);
  world.told();
  payInvoice(world, latestInvoice(world, id).id);
  const change = world.told().find((event) => event.type === 'customer.subscription.updated');
  expect(change).toMatchObject({ object: { status: 'active' }, previous: { status: 'incomplete' } });
});

test('a longer trial tells of its end three days before, once', () => {
  const world = openBillingWorld();
  world.switches.set({ upcoming_invoice_days: 'never' });
  subscribe(world, { trial_period_days: 10 });
  expect(world.toldTypes()).not.toContain('customer.subscription.trial_will_end');
  world.advanceTo(START + 7 * DAY_SECONDS);
  expect(world.toldTypes()).toEqual(['customer.subscription.trial_will_end']);
  world.advanceTo(START + 8 * DAY_SECONDS);
  expect(world.toldTypes()).toEqual([]);
});

test('a trial without a card that is to pause does, and comes back with one', () => {
  const world = openBillingWorld();
  const order = { default_payment_method: null, trial_settings: { end_behavior: { missing_payment_method: 'pause' as const } } };
  const { id } = subscribe(world, { ...trial, ...order });
  world.told();
  updateSubscription(world, id, { trial_end: 'now' });
  expect(world.toldTypes()).toEqual(['customer.subscription.trial_will_end', 'customer.subscription.updated', 'customer.subscription.paused']);
  expect(subscriptionNow(world, id)).toMatchObject({
    status: 'paused',
    status_details: { paused: { subscription: { type: 'trial_end_without_payment_method' } } },
  });
  expect(nextDue(world)).toBeUndefined();
});

test('what was paid can be followed from the invoice to the charge', () => {
  const world = openBillingWorld();
  const { id } = subscribe(world);
  const invoice = latestInvoice(world, id);
  const [payment] = world.store.all('invoice_payment', { invoice: invoice.id });
  expect(payment).toMatchObject({ status: 'paid', amount_paid: 6000, is_default: true, payment: { type: 'payment_intent' } });
  const [intent] = world.store.all<PaymentIntent>('payment_intent');
  expect(intent).toMatchObject({ status: 'succeeded', amount_received: 6000, customer: invoice.customer });
  expect(world.store.find('charge', intent?.latest_charge ?? '')).toMatchObject({ status: 'succeeded', paid: true });
});

test('a year of a good card is twelve renewals, each on its day', () => {
  const world = openBillingWorld(Date.UTC(2026, 0, 31, 9) / 1000);
  subscribe(world);
  world.advanceTo(Date.UTC(2027, 1, 1) / 1000);
  const starts = world.store.all<Invoice>('invoice').map((invoice) => new Date((invoice.lines.data[0]?.period.start ?? 0) * 1000));
  expect(starts.map((date) => date.toISOString().slice(0, 10))).toEqual([
    '2026-01-31',
    '2026-02-28',
    '2026-03-31',
    '2026-04-30',
    '2026-05-31',
    '2026-06-30',
    '2026-07-31',
    '2026-08-31',
    '2026-09-30',
    '2026-10-31',
    '2026-11-30',
    '2026-12-31',
    '2027-01-31',
  ]);
});
