/** What the cache holds of a subscription and its invoices: Stripe's snapshots, and how far each can be trusted. */
import type Stripe from 'stripe';
import { isId } from './whole.ts';

/** The cached state of one subscription. */
export interface SubscriptionState {
  id: string;
  customer: string;
  status: string;
  /** Stripe's time, in seconds, of the event or answer that this state came from. */
  asOf: number;
  /** Counts what was heard of this subscription and its invoices: an answer that was asked for before the last of it is outdated. */
  version: number;
  /** The event that it came from; null when Stripe was asked. */
  event: { type: string; previous: Record<string, unknown> | null } | null;
  snapshot: Stripe.Subscription;
}

/** What an invoice of a subscription says about money. Times are Stripe's, in seconds. */
export interface InvoiceState {
  id: string;
  subscription: string;
  status: string;
  created: number;
  asOf: number;
  amountDue: number;
  currency: string;
  nextAttempt: number | null;
  /** When the payment that is still missing failed last; null when none failed or it was made good. */
  failedAt: number | null;
  /** When it failed first; null as above. Grace counts from here. */
  firstFailedAt: number | null;
  /** Stripe's decline code, or its error code; null until Stripe was asked. */
  failureCode: string | null;
  /** Brand and last four digits, as "Visa 0341"; null until Stripe was asked. */
  card: string | null;
}

const TERMINAL: readonly string[] = ['canceled', 'incomplete_expired'];
const SETTLED: readonly string[] = ['paid', 'void', 'uncollectible'];

/** Whether a subscription in this status has ended for good (https://docs.stripe.com/billing/subscriptions/overview). */
export function isTerminal(status: string): boolean {
  return TERMINAL.includes(status);
}

/** Whether an invoice in this status waits for no payment any more. */
export function isSettled(status: string): boolean {
  return SETTLED.includes(status);
}

/** The id of what Stripe shows either as an id or, expanded, as an object. */
export function idOf(reference: string | { id: string }): string {
  return typeof reference === 'string' ? reference : reference.id;
}

/** The subscription that an invoice bills, where it bills one: since API version 2025-03-31 it stands under `parent`. */
export function subscriptionOf(invoice: Stripe.Invoice): string | null {
  const subscription = invoice.parent?.subscription_details?.subscription;
  const id = subscription ? idOf(subscription) : null;
  return isId(id) ? id : null;
}
