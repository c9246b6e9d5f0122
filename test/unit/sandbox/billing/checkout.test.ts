import { expect, test } from 'vitest';
import { completeCheckout } from '../../../../sandbox/billing/checkout.ts';
import { createCheckoutSession, type StoredSession } from '../../../../sandbox/billing/checkout-sessions.ts';
import { DAY_SECONDS } from '../../../../sandbox/billing/calendar.ts';
import { createInvoiceItem } from '../../../../sandbox/billing/invoice-items.ts';
import { cancelPaymentIntent } from '../../../../sandbox/billing/payment-intents.ts';
import type { Charge, Invoice, PaymentIntent, PaymentMethod, Subscription } from '../../../../sandbox/billing/shapes.ts';
import {
  addCustomer,
  addPrice,
  FAILING_CARD,
  GOOD_CARD,
  openBillingWorld,
  refusalOf,
  REFUSED_CARD,
  START,
  type BillingWorld,
} from './billing-world.ts';

const NOWHERE = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };

function openSession(world: BillingWorld, trialDays: number | null = 3) {
  const customer = addCustomer(world);
  const price = addPrice(world);
  const session = createCheckoutSession(world, {
    customer: customer.id,
    line_items: [{ price: price.id, quantity: 1 }],
    success_url: 'http://shop.test/done?session_id={CHECKOUT_SESSION_ID}',
    cancel_url: 'http://shop.test/',
    subscription_data: trialDays === null ? null : { trial_period_days: trialDays, metadata: { plan: 'paircode' } },
  });
  return { customer, price, session };
}

test('a trial through Checkout starts a subscription that owns its card, and tells it in the order of Stripe', () => {
  const world = openBillingWorld();
  const { customer, session } = openSession(world);
  expect(session.url).toMatch(/^http:\/\/127\.0\.0\.1:12111\/c\/pay\/cs_test_\w+#.+/);

  const { redirectUrl } = completeCheckout(world, session.id, { ...GOOD_CARD, name: 'Ada', address: { ...NOWHERE, country: 'GB', postal_code: 'N1' } });

  expect(redirectUrl).toBe(`http://shop.test/done?session_id=${session.id}`);
  const events = world.told();
  expect(events.map((event) => event.type)).toEqual([
    'payment_method.attached',
    'setup_intent.succeeded',
    'setup_intent.created',
    'checkout.session.completed',
    'customer.updated',
    'invoice.created',
    'invoice.finalized',
    'invoice.paid',
    'invoice.payment_succeeded',
    'customer.subscription.created',
    'customer.subscription.trial_will_end',
  ]);
  const [subscription] = world.store.all<Subscription>('subscription');
  const [card] = world.store.all<PaymentMethod>('payment_method');
  expect(subscription).toMatchObject({
    status: 'trialing',
    customer: customer.id,
    default_payment_method: card?.id,
    trial_start: START,
    trial_end: START + 3 * DAY_SECONDS,
    billing_cycle_anchor: START + 3 * DAY_SECONDS,
    metadata: { plan: 'paircode' },
    items: { data: [{ current_period_start: START, current_period_end: START + 3 * DAY_SECONDS, quantity: 1 }] },
  });
  expect(events[3]?.object).toMatchObject({
    status: 'complete',
    payment_status: 'no_payment_required',
    url: null,
    subscription: subscription?.id,
    invoice: subscription?.latest_invoice,
    amount_total: 0,
    success_url: 'http://shop.test/done?session_id={CHECKOUT_SESSION_ID}',
  });
  expect(events[3]?.object).not.toHaveProperty('line_items');
  const [invoice] = world.store.all<Invoice>('invoice');
  expect(invoice).toMatchObject({ status: 'paid', total: 0, billing_reason: 'subscription_create', attempt_count: 0 });
  expect(world.store.all('payment_intent')).toEqual([]);
});

test('without a trial the first month is charged on the page', () => {
  const world = openBillingWorld();
  const { session } = openSession(world, null);
  completeCheckout(world, session.id, GOOD_CARD);
  expect(world.toldTypes()).toEqual([
    'charge.succeeded',
    'payment_method.attached',
    'checkout.session.completed',
    'customer.updated',
    'customer.subscription.created',
    'payment_intent.succeeded',
    'payment_intent.created',
    'invoice.created',
    'invoice.finalized',
    'invoice.paid',
    'invoice.payment_succeeded',
    'invoice_payment.paid',
  ]);
  expect(world.store.all<Subscription>('subscription')[0]?.status).toBe('active');
  expect(world.store.all<Invoice>('invoice')[0]).toMatchObject({ amount_paid: 6000, attempt_count: 1, number: expect.stringMatching(/-0001$/) as string });
});

test.each([
  ['with a trial, a card that no bank keeps', REFUSED_CARD, 3, ['setup_intent.created', 'setup_intent.setup_failed']],
  ['without a trial, a card that fails when charged', FAILING_CARD, null, ['payment_intent.created', 'charge.failed', 'payment_intent.payment_failed']],
])('%s leaves its traces, and the session open', (_case, card, trialDays, traces) => {
  const world = openBillingWorld();
  const { session } = openSession(world, trialDays);
  const error = refusalOf(() => completeCheckout(world, session.id, card));
  expect(error).toMatchObject({
    status: 402,
    keepsWrites: true,
    body: { type: 'card_error', code: 'card_declined', decline_code: 'generic_decline', message: 'Your card was declined.' },
  });
  expect(world.toldTypes()).toEqual(traces);
  expect(world.store.find('checkout.session', session.id)).toMatchObject({ status: 'open', subscription: null });
  expect(world.store.all('payment_method')).toMatchObject([{ customer: null }]);
  expect(world.store.all('subscription')).toEqual([]);
  expect(world.store.all('invoice')).toEqual([]);
  completeCheckout(world, session.id, GOOD_CARD);
  expect(world.store.find('checkout.session', session.id)).toMatchObject({ status: 'complete' });
  expect(world.store.count('payment_intent') + world.store.count('setup_intent')).toBe(1);
});

test('a completed session sells nothing twice', () => {
  const world = openBillingWorld();
  const { session } = openSession(world);
  completeCheckout(world, session.id, GOOD_CARD);
  expect(refusalOf(() => completeCheckout(world, session.id, GOOD_CARD)).status).toBe(400);
  expect(world.store.all('subscription')).toHaveLength(1);
});

test('a session that nobody completes expires after a day', () => {
  const world = openBillingWorld();
  const { session } = openSession(world);
  world.advanceTo(START + DAY_SECONDS - 1);
  expect(world.toldTypes()).toEqual([]);
  world.advanceTo(START + DAY_SECONDS);
  expect(world.toldTypes()).toEqual(['checkout.session.expired']);
  expect(world.store.find('checkout.session', session.id)).toMatchObject({ status: 'expired', url: null });
});

test('a session without a customer makes one', () => {
  const world = openBillingWorld();
  const price = addPrice(world);
  const session = createCheckoutSession(world, {
    line_items: [{ price: price.id }],
    success_url: 'http://shop.test/',
    subscription_data: { trial_period_days: 3 },
  });
  completeCheckout(world, session.id, { ...GOOD_CARD, email: 'new@example.com' });
  expect(world.toldTypes()).toContain('customer.created');
  expect(world.store.all('customer')).toMatchObject([{ email: 'new@example.com' }]);
});

test('it charges what it shows: the credit of the customer and what is pending wait for the next invoice', () => {
  const world = openBillingWorld();
  const { customer, session } = openSession(world, null);
  world.store.save({ ...customer, balance: -2000 });
  createInvoiceItem(world, { customer: customer.id, amount: 500, currency: 'usd' });
  completeCheckout(world, session.id, GOOD_CARD);
  const [first] = world.store.all<Invoice>('invoice');
  expect(first).toMatchObject({ total: 6000, amount_paid: 6000, starting_balance: 0 });
  expect(world.store.all<Charge>('charge').map(({ amount }) => amount)).toEqual([6000]);
  world.advanceTo(START + 31 * DAY_SECONDS);
  expect(world.store.all<Invoice>('invoice')[1]).toMatchObject({ total: 6500, status: 'draft' });
  world.advanceTo(START + 32 * DAY_SECONDS);
  expect(world.store.all<Invoice>('invoice')[1]).toMatchObject({ starting_balance: -2000, amount_paid: 4500 });
});

test('a session whose payment intent was cancelled by hand expires all the same', () => {
  const world = openBillingWorld();
  const { session } = openSession(world, null);
  refusalOf(() => completeCheckout(world, session.id, REFUSED_CARD));
  const [intent] = world.store.all<PaymentIntent>('payment_intent');
  cancelPaymentIntent(world, intent!.id, null);
  world.advanceTo(START + DAY_SECONDS);
  expect(world.store.find<StoredSession>('checkout.session', session.id)?.status).toBe('expired');
});
