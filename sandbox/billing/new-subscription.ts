/** A new subscription, as its order describes it. */
import { invalidRequest } from '../wire/errors.ts';
import type { World } from '../world.ts';
import { DAY_SECONDS } from './calendar.ts';
import { paymentMethodFor } from './payment-methods.ts';
import type { Customer, Subscription } from './shapes.ts';
import { NO_CANCELLATION } from './subscription-end.ts';
import { buildItem, periodFrom, type ItemOrder, type PricedOrder } from './subscription-items.ts';
import type { CancellationSchedule } from './subscription-schedule.ts';

export const PAYMENT_BEHAVIORS = ['allow_incomplete', 'default_incomplete', 'error_if_incomplete'] as const;

export const MISSING_PAYMENT_METHOD = ['cancel', 'create_invoice', 'pause'] as const;

export interface PaymentSettingsOrder {
  save_default_payment_method?: 'off' | 'on_subscription' | null;
}

export interface TrialSettingsOrder {
  end_behavior?: { billing_cycle_anchor?: 'now' | null; missing_payment_method?: (typeof MISSING_PAYMENT_METHOD)[number] | null } | null;
}

/** What `POST /v1/subscriptions` takes; the names are Stripe's. */
export interface SubscriptionOrder extends CancellationSchedule {
  customer: string;
  items: readonly ItemOrder[];
  billing_mode?: { type: 'classic' | 'flexible' } | null;
  collection_method?: Subscription['collection_method'] | null;
  days_until_due?: number | null;
  default_payment_method?: string | null;
  description?: string | null;
  metadata?: Record<string, string> | null;
  payment_behavior?: (typeof PAYMENT_BEHAVIORS)[number] | null;
  payment_settings?: PaymentSettingsOrder | null;
  trial_end?: 'now' | number | null;
  trial_period_days?: number | null;
  trial_settings?: TrialSettingsOrder | null;
}

/** The subscription as ordered, not stored yet: `trialing` with a trial, else `incomplete`. Throws StripeError (400). */
export function buildSubscription(
  world: World,
  customer: Customer,
  orders: readonly PricedOrder[],
  order: Omit<SubscriptionOrder, 'items'>,
): Subscription {
  const id = world.newId('sub');
  const now = world.now();
  const trial_end = trialEnd(world, order);
  const first = orders[0]!.price;
  const period = trial_end === null ? periodFrom(first, now, now) : { start: now, end: trial_end };
  return {
    id,
    object: 'subscription',
    ...PLAIN_SUBSCRIPTION,
    billing_cycle_anchor: trial_end ?? now,
    billing_mode: billingMode(order.billing_mode?.type ?? world.switchOf('billing_mode')),
    ...collectionOf(order.collection_method ?? 'charge_automatically', order.days_until_due),
    created: now,
    currency: first.currency,
    customer: customer.id,
    default_payment_method: defaultPaymentMethod(world, order),
    description: order.description ?? null,
    items: {
      object: 'list',
      data: orders.map((ordered) => buildItem(world, id, ordered, period)),
      has_more: false,
      url: `/v1/subscription_items?subscription=${id}`,
    },
    metadata: order.metadata ?? {},
    payment_settings: paymentSettings(order.payment_settings),
    start_date: now,
    status: trial_end === null ? UNPAID_STATUS[order.collection_method ?? 'charge_automatically'] : 'trialing',
    test_clock: customer.test_clock ?? null,
    trial_end,
    trial_settings: trialSettings(order.trial_settings),
    trial_start: trial_end === null ? null : now,
  };
}

/** Before the first payment: who is sent an invoice need not wait for it. */
const UNPAID_STATUS = { charge_automatically: 'incomplete', send_invoice: 'active' } as const;

/** How a subscription is paid for. Throws StripeError (400) where the time to pay is missing, or of no use. */
export function collectionOf(
  collection_method: Subscription['collection_method'],
  days_until_due: number | null | undefined,
): Pick<Subscription, 'collection_method' | 'days_until_due'> {
  if (collection_method === 'send_invoice' && days_until_due == null) {
    const message = 'You must pass `days_until_due` with `collection_method=send_invoice`.';
    throw invalidRequest(message, 'days_until_due', 'parameter_missing');
  }
  if (collection_method === 'charge_automatically' && days_until_due != null) {
    throw invalidRequest('`days_until_due` can only be set with `collection_method=send_invoice`.', 'days_until_due');
  }
  return { collection_method, days_until_due: days_until_due ?? null };
}

/** Nothing scheduled; much scheduled; much of it the sandbox never fills. */
const PLAIN_SUBSCRIPTION = {
  application: null,
  application_fee_percent: null,
  automatic_tax: { disabled_reason: null, enabled: false, liability: null },
  billing_cycle_anchor_config: null,
  billing_schedules: [],
  billing_thresholds: null,
  cancel_at: null,
  cancel_at_period_end: false,
  canceled_at: null,
  cancellation_details: NO_CANCELLATION,
  customer_account: null,
  default_source: null,
  default_tax_rates: [],
  discounts: [],
  ended_at: null,
  invoice_settings: {
    account_tax_ids: null,
    custom_fields: null,
    description: null,
    footer: null,
    issuer: { type: 'self' },
  },
  latest_invoice: null,
  livemode: false,
  managed_payments: null,
  next_pending_invoice_item_invoice: null,
  on_behalf_of: null,
  pause_collection: null,
  pending_invoice_item_interval: null,
  pending_setup_intent: null,
  pending_update: null,
  schedule: null,
  transfer_data: null,
} satisfies Partial<Subscription>;

export function paymentSettings(order: PaymentSettingsOrder | null | undefined): Subscription['payment_settings'] {
  const save_default_payment_method = order?.save_default_payment_method ?? 'off';
  return { payment_method_options: null, payment_method_types: null, save_default_payment_method };
}

export function trialSettings(order: TrialSettingsOrder | null | undefined): Subscription['trial_settings'] {
  const missing_payment_method = order?.end_behavior?.missing_payment_method ?? 'create_invoice';
  return { end_behavior: { billing_cycle_anchor: order?.end_behavior?.billing_cycle_anchor ?? null, missing_payment_method } };
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

function defaultPaymentMethod(world: World, order: Omit<SubscriptionOrder, 'items'>): string | null {
  const id = order.default_payment_method;
  return id == null ? null : paymentMethodFor(world, order.customer, id, 'default_payment_method').id;
}
