/** How a subscription begins: with a trial, or with a first payment that decides whether it is active. */
import { invalidRequest } from '../wire/errors.ts';
import type { World } from '../world.ts';
import { DAY_SECONDS } from './calendar.ts';
import { change, tellInOrder } from './change.ts';
import { findCustomer } from './customers.ts';
import { collectInvoice, missingPaymentMethod, payingMethod, paymentRefusal } from './invoice-payment.ts';
import { createInvoice, finalizeInvoice } from './invoices.ts';
import { paymentMethodFor } from './payment-methods.ts';
import type { Customer, Invoice, Subscription } from './shapes.ts';
import { NO_CANCELLATION } from './subscription-end.ts';
import {
  buildItem,
  currentPeriod,
  periodFrom,
  priceOrders,
  subscriptionLines,
  type ItemOrder,
  type PricedOrder,
} from './subscription-items.ts';
import { remindOfTrialEnd } from './trial-reminder.ts';

export const PAYMENT_BEHAVIORS = ['allow_incomplete', 'default_incomplete', 'error_if_incomplete'] as const;

export const MISSING_PAYMENT_METHOD = ['cancel', 'create_invoice', 'pause'] as const;

export interface TrialSettingsOrder {
  end_behavior?: { missing_payment_method?: (typeof MISSING_PAYMENT_METHOD)[number] | null } | null;
}

/** What `POST /v1/subscriptions` takes; the names are Stripe's. */
export interface SubscriptionOrder {
  customer: string;
  items: readonly ItemOrder[];
  billing_mode?: { type: 'classic' | 'flexible' } | null;
  default_payment_method?: string | null;
  description?: string | null;
  metadata?: Record<string, string> | null;
  payment_behavior?: (typeof PAYMENT_BEHAVIORS)[number] | null;
  payment_settings?: { save_default_payment_method?: 'off' | 'on_subscription' | null } | null;
  trial_end?: 'now' | number | null;
  trial_period_days?: number | null;
  trial_settings?: TrialSettingsOrder | null;
}

const TOLD_OF_A_TRIAL = [
  'payment_method.attached',
  'setup_intent.succeeded',
  'setup_intent.created',
  'checkout.session.completed',
  'customer.created',
  'customer.updated',
  'invoice.created',
  'invoice.finalized',
  'invoice.paid',
  'invoice.payment_succeeded',
  'customer.subscription.created',
  'customer.subscription.trial_will_end',
] as const;

const TOLD_OF_A_PAYMENT = [
  'charge.succeeded',
  'charge.failed',
  'payment_method.attached',
  'checkout.session.completed',
  'customer.created',
  'customer.updated',
  'customer.subscription.created',
  'payment_intent.succeeded',
  'payment_intent.created',
  'payment_intent.requires_action',
  'payment_intent.payment_failed',
  'invoice.created',
  'invoice.finalized',
  'invoice.paid',
  'invoice.payment_succeeded',
  'invoice.payment_action_required',
  'invoice.payment_failed',
  'invoice_payment.paid',
] as const;

/** The order in which a beginning is told, as recorded from Stripe. */
export function beginningOrder(hasTrial: boolean): readonly string[] {
  return hasTrial ? TOLD_OF_A_TRIAL : TOLD_OF_A_PAYMENT;
}

/**
 * Subscribes a customer: `trialing` with a trial, else `active` or `incomplete` by the first payment. Throws StripeError:
 * 400 for what cannot be ordered or paid, 402 with `payment_behavior: error_if_incomplete` and a declined card.
 */
export function createSubscription(world: World, order: SubscriptionOrder): Subscription {
  const hasTrial = trialEnd(world, order) !== null;
  return tellInOrder(world, beginningOrder(hasTrial), (telling) => beginSubscription(telling, order));
}

/** The same without an order of events: for Checkout, which tells more than this. */
export function beginSubscription(world: World, order: SubscriptionOrder): Subscription {
  const customer = findCustomer(world, order.customer, 'customer');
  const prices = priceOrders(world, order.items);
  const begun = world.store.insert(buildSubscription(world, customer, prices, order));
  setCurrency(world, customer, begun.currency);
  const invoice = billBeginning(world, begun);
  payBeginning(world, invoice, order);
  const subscription = world.store.find<Subscription>('subscription', begun.id) ?? begun;
  world.emit('customer.subscription.created', subscription);
  remindOfTrialEnd(world, subscription);
  return subscription;
}

function buildSubscription(
  world: World,
  customer: Customer,
  orders: readonly PricedOrder[],
  order: SubscriptionOrder,
): Subscription {
  const id = world.newId('sub');
  const now = world.now();
  const trial_end = trialEnd(world, order);
  const first = orders[0]!.price;
  const period = trial_end === null ? periodFrom(first, now, now) : { start: now, end: trial_end };
  return {
    id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: trial_end ?? now,
    billing_cycle_anchor_config: null,
    billing_mode: billingMode(order.billing_mode?.type ?? 'flexible'),
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: NO_CANCELLATION,
    collection_method: 'charge_automatically',
    created: now,
    currency: first.currency,
    customer: customer.id,
    customer_account: null,
    days_until_due: null,
    default_payment_method: defaultPaymentMethod(world, order),
    default_source: null,
    default_tax_rates: [],
    description: order.description ?? null,
    discounts: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    items: {
      object: 'list',
      data: orders.map((ordered) => buildItem(world, id, ordered, period)),
      has_more: false,
      url: `/v1/subscription_items?subscription=${id}`,
    },
    latest_invoice: null,
    livemode: false,
    managed_payments: null,
    metadata: order.metadata ?? {},
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: order.payment_settings?.save_default_payment_method ?? 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: now,
    status: trial_end === null ? 'incomplete' : 'trialing',
    test_clock: null,
    transfer_data: null,
    trial_end,
    trial_settings: trialSettings(order.trial_settings),
    trial_start: trial_end === null ? null : now,
  };
}

export function trialSettings(order: TrialSettingsOrder | null | undefined): Subscription['trial_settings'] {
  const missing_payment_method = order?.end_behavior?.missing_payment_method ?? 'create_invoice';
  return { end_behavior: { billing_cycle_anchor: null, missing_payment_method } };
}

function billingMode(type: 'classic' | 'flexible'): Subscription['billing_mode'] {
  return { flexible: type === 'flexible' ? { proration_discounts: 'included' } : null, type };
}

/** `now` and no trial at all are the same. Throws StripeError (400) for an end that has passed, or two ends. */
export function trialEnd(world: World, order: Pick<SubscriptionOrder, 'trial_end' | 'trial_period_days'>): number | null {
  const { trial_end = null, trial_period_days = null } = order;
  if (trial_end !== null && trial_period_days !== null) {
    throw invalidRequest('You may only specify one of these parameters: trial_end, trial_period_days.', 'trial_end');
  }
  if (typeof trial_end === 'number') return futureTrialEnd(world, trial_end);
  return trial_period_days === null ? null : world.now() + trial_period_days * DAY_SECONDS;
}

export function futureTrialEnd(world: World, trialEnd: number): number {
  if (trialEnd > world.now()) return trialEnd;
  throw invalidRequest('Invalid timestamp: must be an integer Unix timestamp in the future.', 'trial_end');
}

function defaultPaymentMethod(world: World, order: SubscriptionOrder): string | null {
  const id = order.default_payment_method;
  return id == null ? null : paymentMethodFor(world, order.customer, id, 'default_payment_method').id;
}

function setCurrency(world: World, customer: Customer, currency: string): void {
  if (customer.currency == null) change(world, 'customer.updated', { ...customer, currency });
}

function billBeginning(world: World, subscription: Subscription): Invoice {
  const invoice = createInvoice(world, {
    customer: findCustomer(world, subscription.customer),
    currency: subscription.currency,
    lines: subscriptionLines(world, subscription, currentPeriod(subscription)),
    billing_reason: 'subscription_create',
    period: { start: world.now(), end: world.now() },
    auto_advance: true,
    subscription,
  });
  world.store.save({ ...subscription, latest_invoice: invoice.id });
  return invoice;
}

function payBeginning(world: World, invoice: Invoice, order: SubscriptionOrder): void {
  if (order.payment_behavior === 'default_incomplete' && invoice.amount_due > 0) {
    finalizeInvoice(world, invoice, false);
    return;
  }
  if (invoice.amount_due > 0 && payingMethod(world, invoice) === undefined) throw missingPaymentMethod();
  const collected = collectInvoice(world, invoice, { automatic: false });
  if (collected.status !== 'paid' && order.payment_behavior === 'error_if_incomplete') {
    throw paymentRefusal(world, collected, { keepsWrites: false });
  }
}
