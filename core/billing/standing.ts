/** Whether the next session may take place, and why: one verdict from a subscription and the invoice that matters. */
import type Stripe from 'stripe';
import { isSettled, type InvoiceState, type SubscriptionState } from './state.ts';
import type { FailedPayment, Money, Standing } from './views.ts';

type Facts = { subscription: Stripe.Subscription; invoice: InvoiceState | undefined };

const STANDING_BY_STATUS: Readonly<Record<string, (facts: Facts) => Standing>> = {
  trialing: ({ subscription }) => on(`trial until ${day(subscription.trial_end)}`),
  active: activeStanding,
  past_due: ({ invoice }) => hold(invoice?.failedAt ? failureSentence(invoice) : 'a payment is missing'),
  unpaid: ({ invoice }) => hold(`${invoice?.failedAt ? failureSentence(invoice) : 'a payment is missing'}; Stripe has given up trying`),
  incomplete: () => hold('the first payment has not been made'),
  paused: () => hold('the subscription is paused'),
  canceled: ({ subscription }) => off(`ended on ${dayAndYear(subscription.ended_at)}${endReason(subscription)}`),
  incomplete_expired: () => off('the first payment was never made'),
};

/**
 * The verdict on the next session: `on`, `hold` or `off`, with the reason in one sentence.
 * A status that Stripe adds one day is a hold: what is not known grants nothing.
 */
export function standingOf(subscription: SubscriptionState | undefined, invoice: InvoiceState | undefined): Standing {
  if (!subscription) return off('no subscription');
  const facts = { subscription: subscription.snapshot, invoice };
  return STANDING_BY_STATUS[subscription.status]?.(facts) ?? hold(`Stripe says "${subscription.status}", which is not known here`);
}

/** The failed payment that is still missing, for people; null when none is. */
export function failedPaymentOf(invoice: InvoiceState | undefined): FailedPayment | null {
  if (!invoice?.failedAt || isSettled(invoice.status)) return null;
  return {
    invoice: invoice.id,
    amount: { amount: invoice.amountDue, currency: invoice.currency },
    failedAt: isoTime(invoice.failedAt),
    reason: declineWords(invoice.failureCode),
    card: invoice.card,
    nextAttempt: invoice.nextAttempt === null ? null : isoTime(invoice.nextAttempt),
  };
}

/** Stripe's seconds as ISO 8601 in UTC. */
export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

/** An amount in minor units as people write it: "$60", "$60.50". */
export function money({ amount, currency }: Money): string {
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency, trailingZeroDisplay: 'stripIfInteger' });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount / 10 ** digits);
}

function activeStanding({ subscription, invoice }: Facts): Standing {
  if (invoice?.failedAt && !isSettled(invoice.status)) return hold(failureSentence(invoice));
  if (isFirstAfterTrial(subscription)) return firstPaymentStanding(subscription, invoice);
  return subscribed(subscription);
}

/** Stripe calls a subscription active as its trial ends and charges an hour later: active alone does not mean paid. */
function firstPaymentStanding(subscription: Stripe.Subscription, invoice: InvoiceState | undefined): Standing {
  const isKnown = invoice !== undefined && invoice.created >= (subscription.trial_end ?? 0);
  if (!isKnown) return hold('the first payment has not been made yet');
  if (!isSettled(invoice.status) && invoice.amountDue > 0) return hold(`the first payment, ${amountOf(invoice)}, has not been made yet`);
  return subscribed(subscription);
}

function isFirstAfterTrial(subscription: Stripe.Subscription): boolean {
  return subscription.trial_end !== null && subscription.trial_end === subscription.items.data[0]?.current_period_start;
}

function subscribed(subscription: Stripe.Subscription): Standing {
  const end = scheduledEnd(subscription);
  return on(end === null ? 'subscribed' : `subscribed, ends on ${dayAndYear(end)}`);
}

/** When a scheduled cancellation takes effect, in seconds; Stripe marks it in two ways (flexible and classic billing). */
export function scheduledEnd(subscription: Stripe.Subscription): number | null {
  if (subscription.ended_at !== null) return null;
  if (subscription.cancel_at !== null) return subscription.cancel_at;
  return subscription.cancel_at_period_end ? (subscription.items.data[0]?.current_period_end ?? null) : null;
}

function failureSentence(invoice: InvoiceState): string {
  const words = declineWords(invoice.failureCode);
  const next = invoice.nextAttempt === null ? '' : `, Stripe tries again on ${day(invoice.nextAttempt)}`;
  return `the payment of ${day(invoice.failedAt)} over ${amountOf(invoice)} failed${words ? ` (${words})` : ''}${next}`;
}

function amountOf(invoice: InvoiceState): string {
  return money({ amount: invoice.amountDue, currency: invoice.currency });
}

/** https://docs.stripe.com/declines/codes; lost and stolen cards are not named to customers, as Stripe advises there. */
const DECLINE_WORDS: Readonly<Record<string, string>> = {
  insufficient_funds: 'insufficient funds',
  expired_card: 'the card has expired',
  incorrect_cvc: 'the security code is wrong',
  incorrect_number: 'the card number is wrong',
  card_velocity_exceeded: 'the card is over its limit',
  authentication_required: 'the bank asks the customer to confirm',
  processing_error: 'the bank could not process it',
};

function declineWords(code: string | null): string | null {
  if (code === null) return null;
  return DECLINE_WORDS[code] ?? 'the card was declined';
}

function endReason(subscription: Stripe.Subscription): string {
  return subscription.cancellation_details?.reason === 'payment_failed' ? ', after the payment failed' : '';
}

function day(seconds: number | null): string {
  return date(seconds, { day: 'numeric', month: 'short' });
}

function dayAndYear(seconds: number | null): string {
  return date(seconds, { day: 'numeric', month: 'short', year: 'numeric' });
}

function date(seconds: number | null, shown: Intl.DateTimeFormatOptions): string {
  if (seconds === null) return 'an unknown day';
  return new Intl.DateTimeFormat('en-GB', { ...shown, timeZone: 'UTC' }).format(seconds * 1000);
}

const on = (reason: string): Standing => ({ verdict: 'on', reason });
const hold = (reason: string): Standing => ({ verdict: 'hold', reason });
const off = (reason: string): Standing => ({ verdict: 'off', reason });
