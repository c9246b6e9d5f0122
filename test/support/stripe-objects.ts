/** Stripe's objects for tests: complete enough for what is read of them, in the shape of the pinned API version. */
import type Stripe from 'stripe';
import { API_VERSION } from '../../core/api-version.ts';
import { DEFAULT_RULES, type Terms } from '../../core/billing/policy.ts';
import type { InvoiceState, SubscriptionState } from '../../core/billing/state.ts';

/** 2026-01-15 12:00:00 UTC, in seconds: when the stories begin. */
export const START = Date.UTC(2026, 0, 15, 12) / 1000;
export const HOUR = 3600;
export const DAY = 24 * HOUR;

/** The default policy, in UTC, at the beginning of the stories. */
export const TERMS: Terms = { ...DEFAULT_RULES, now: START * 1000 };

export const SUBSCRIPTION = 'sub_1';
export const CUSTOMER = 'cus_1';
export const INVOICE = 'in_1';
export const PAYMENT_METHOD = 'pm_1';

/** `period` sets the billing period of its one item. */
export interface SubscriptionFields extends Partial<Omit<Stripe.Subscription, 'items'>> {
  period?: { start: number; end: number };
}

/** $60 a month, `active` since a month ago without a trial, unless told otherwise. */
export function subscription({ period, ...fields }: SubscriptionFields = {}): Stripe.Subscription {
  const item = {
    id: 'si_1',
    object: 'subscription_item',
    current_period_start: period?.start ?? START,
    current_period_end: period?.end ?? START + 30 * DAY,
    price: { id: 'price_1', object: 'price', unit_amount: 6000, currency: 'usd', recurring: { interval: 'month', interval_count: 1 } },
  };
  return {
    id: SUBSCRIPTION,
    object: 'subscription',
    customer: CUSTOMER,
    status: 'active',
    created: START - 30 * DAY,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, reason: null },
    ended_at: null,
    latest_invoice: INVOICE,
    trial_end: null,
    items: { object: 'list', data: [item], has_more: false, url: `/v1/subscription_items?subscription=${SUBSCRIPTION}` },
    livemode: false,
    metadata: {},
    ...fields,
  } as unknown as Stripe.Subscription;
}

/** The open invoice of `SUBSCRIPTION` over $60, not tried yet, unless told otherwise. */
export function invoice(fields: Partial<Stripe.Invoice> = {}): Stripe.Invoice {
  return {
    id: INVOICE,
    object: 'invoice',
    customer: CUSTOMER,
    status: 'open',
    created: START,
    amount_due: 6000,
    amount_remaining: fields.status === 'paid' ? 0 : 6000,
    attempted: false,
    currency: 'usd',
    next_payment_attempt: null,
    parent: { type: 'subscription_details', quote_details: null, subscription_details: { subscription: SUBSCRIPTION, metadata: {} } },
    livemode: false,
    ...fields,
  } as unknown as Stripe.Invoice;
}

/** What Stripe lists, all on one page. */
export function listOf(...data: object[]): object {
  return { object: 'list', data, has_more: false };
}

/** The customer's Visa 4242, good until November 2026, unless told otherwise. */
export function paymentMethod({ card, ...fields }: Omit<Partial<Stripe.PaymentMethod>, 'card'> & { card?: Partial<Stripe.PaymentMethod.Card> } = {}): Stripe.PaymentMethod {
  return {
    id: PAYMENT_METHOD,
    object: 'payment_method',
    customer: CUSTOMER,
    type: 'card',
    card: { brand: 'visa', display_brand: 'visa', last4: '4242', exp_month: 11, exp_year: 2026, ...card },
    ...fields,
  } as unknown as Stripe.PaymentMethod;
}

/** The customer, with this card to pay with. */
export function customer(default_payment_method: Stripe.PaymentMethod | string | null = null, fields: Partial<Stripe.Customer> = {}): Stripe.Customer {
  return { id: CUSTOMER, object: 'customer', default_source: null, invoice_settings: { default_payment_method }, ...fields } as unknown as Stripe.Customer;
}

export interface EventFields {
  id?: string;
  created?: number;
  previous?: Record<string, unknown>;
  livemode?: boolean;
  account?: string;
  api_version?: string | null;
}

let counter = 0;

/** A snapshot event about `object`; its id is new unless told. */
export function event(type: string, object: object, { previous, ...fields }: EventFields = {}): Stripe.Event {
  counter += 1;
  return {
    id: `evt_${counter}`,
    object: 'event',
    type,
    api_version: API_VERSION,
    created: START,
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    data: { object, ...(previous ? { previous_attributes: previous } : {}) },
    ...fields,
  } as unknown as Stripe.Event;
}

/** The cached state that the given snapshot left behind; by default an event of `START` brought it. */
export function subscriptionState(fields: SubscriptionFields = {}, state: Partial<SubscriptionState> = {}): SubscriptionState {
  const snapshot = subscription(fields);
  return {
    id: snapshot.id,
    customer: CUSTOMER,
    status: snapshot.status,
    asOf: START,
    version: 1,
    event: { type: 'customer.subscription.updated', previous: null },
    snapshot,
    ...state,
  };
}

/** The cached state of the open invoice over $60, without a failure, unless told otherwise. */
export function invoiceState(fields: Partial<InvoiceState> = {}): InvoiceState {
  return {
    id: INVOICE,
    subscription: SUBSCRIPTION,
    status: 'open',
    created: START,
    asOf: START,
    amountDue: 6000,
    currency: 'usd',
    nextAttempt: null,
    failedAt: null,
    firstFailedAt: fields.failedAt ?? null,
    failureCode: null,
    card: null,
    ...fields,
  };
}
