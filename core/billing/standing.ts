/** Whether the next session may take place, and why: one verdict from a subscription and the invoice that matters. */
import type Stripe from 'stripe';
import { own } from '../own.ts';
import { follows, type Policy, type Rules, type Terms } from './policy.ts';
import { isSettled, type InvoiceState, type SubscriptionState } from './state.ts';
import type { FailedPayment, Standing } from './views.ts';
import { day, dayAndYear, isoTime, money } from './words.ts';

/** An invoice whose payment failed and is not made good. */
type MissingInvoice = InvoiceState & { firstFailedAt: number };

interface Facts {
  subscription: Stripe.Subscription;
  invoice: InvoiceState | undefined;
  terms: Terms;
}

const STANDING_BY_STATUS: Readonly<Record<string, (facts: Facts) => Standing>> = {
  trialing: trialStanding,
  active: activeStanding,
  past_due: missingPayment,
  unpaid: ({ invoice, terms }) => byPolicy('unpaid', `${missingWords(invoice && { ...invoice, nextAttempt: null }, terms)}; Stripe has given up trying`, terms),
  incomplete: ({ invoice, terms }) => byPolicy('incomplete', isMissing(invoice) ? failureSentence(invoice, terms) : 'the first payment has not been made', terms),
  paused: ({ terms }) => byPolicy('paused', 'the subscription is paused', terms),
  canceled: ({ subscription, terms }) => off(`ended on ${dayAndYear(subscription.ended_at, terms)}${endReason(subscription)}`),
  incomplete_expired: () => off('the first payment was never made'),
};

/**
 * The verdict on the next session: `on`, `hold` or `off`, with the reason in one sentence. What follows from a missing payment is the
 * owner's policy. A status that Stripe adds one day is a hold unless the policy says otherwise: what is not known grants nothing.
 */
export function standingOf(subscription: SubscriptionState | undefined, invoice: InvoiceState | undefined, terms: Terms): Standing {
  if (!subscription) return off('no subscription');
  const facts = { subscription: subscription.snapshot, invoice, terms };
  return own(STANDING_BY_STATUS, subscription.status)?.(facts) ?? byPolicy('unknown', `Stripe says "${subscription.status}", which is not known here`, terms);
}

/** Whether a subscription's status is one that Stripe had when this was written. */
export function isKnownStatus(status: string): boolean {
  return Object.hasOwn(STANDING_BY_STATUS, status);
}

/** The failed payment that is still missing, for people; null when none is. */
export function failedPaymentOf(invoice: InvoiceState | undefined): FailedPayment | null {
  if (!isMissing(invoice)) return null;
  return {
    invoice: invoice.id,
    amount: { amount: invoice.amountDue, currency: invoice.currency },
    failedAt: isoTime(invoice.firstFailedAt),
    reason: declineWords(invoice.failureCode),
    needsConfirmation: invoice.failureCode === 'authentication_required',
    card: invoice.card,
    nextAttempt: invoice.nextAttempt === null ? null : isoTime(invoice.nextAttempt),
  };
}

function trialStanding(facts: Facts): Standing {
  const { subscription, invoice, terms } = facts;
  return isMissing(invoice) ? missingPayment(facts) : on(`trial until ${day(subscription.trial_end, terms)}${endWords(subscription, terms)}`);
}

function activeStanding(facts: Facts): Standing {
  const { subscription, invoice, terms } = facts;
  if (isMissing(invoice)) return missingPayment(facts);
  const awaited = subscription.pause_collection || !isFirstAfterTrial(subscription) ? null : firstPaymentAwaited(subscription, invoice);
  return awaited === null ? on(`subscribed${collectionWords(subscription, terms)}${endWords(subscription, terms)}`) : hold(awaited);
}

/** Stripe calls a subscription active as its trial ends and charges an hour later: active alone does not mean paid. */
function firstPaymentAwaited(subscription: Stripe.Subscription, invoice: InvoiceState | undefined): string | null {
  const isKnown = invoice !== undefined && invoice.created >= (subscription.trial_end ?? 0);
  if (!isKnown) return 'the first payment has not been made yet';
  return isSettled(invoice.status) || invoice.amountDue <= 0 ? null : `the first payment, ${amountOf(invoice)}, has not been made yet`;
}

function isFirstAfterTrial(subscription: Stripe.Subscription): boolean {
  return subscription.trial_end !== null && subscription.trial_end === subscription.items.data[0]?.current_period_start;
}

/** The owner gives the service for free meanwhile, and the status stays: https://docs.stripe.com/billing/subscriptions/pause-payment */
function collectionWords({ pause_collection: pause }: Stripe.Subscription, terms: Terms): string {
  if (!pause) return '';
  return pause.resumes_at == null ? ', nothing is collected for now' : `, nothing is collected until ${day(pause.resumes_at, terms)}`;
}

function endWords(subscription: Stripe.Subscription, terms: Terms): string {
  const end = scheduledEnd(subscription);
  return end === null ? '' : `, ends on ${dayAndYear(end, terms)}`;
}

function missingPayment({ invoice, terms }: Facts): Standing {
  const { verdict, graceUntil } = follows(terms.policy.past_due, invoice?.firstFailedAt ?? null, terms.now);
  const what = missingWords(invoice, terms);
  if (graceUntil === null) return { verdict, reason: what };
  return { verdict, reason: `${what}; in grace until ${day(graceUntil, terms)}`, graceUntil: isoTime(graceUntil) };
}

function missingWords(invoice: InvoiceState | undefined, terms: Terms): string {
  return isMissing(invoice) ? failureSentence(invoice, terms) : 'a payment is missing';
}

function isMissing(invoice: InvoiceState | undefined): invoice is MissingInvoice {
  return invoice !== undefined && invoice.firstFailedAt !== null && !isSettled(invoice.status);
}

function byPolicy(status: keyof Policy, reason: string, terms: Terms): Standing {
  return { verdict: follows(terms.policy[status], null, terms.now).verdict, reason };
}

/** When a scheduled cancellation takes effect, in seconds; Stripe marks it in two ways (flexible and classic billing). */
export function scheduledEnd(subscription: Stripe.Subscription): number | null {
  if (subscription.ended_at != null) return null;
  if (subscription.cancel_at != null) return subscription.cancel_at;
  return subscription.cancel_at_period_end ? (subscription.items.data[0]?.current_period_end ?? null) : null;
}

/** "the payment of 20 Nov over $60 failed (insufficient funds), Stripe tries again on 23 Nov" */
export function failureSentence(invoice: InvoiceState, rules: Rules): string {
  const words = declineWords(invoice.failureCode);
  const next = invoice.nextAttempt === null ? '' : `, Stripe tries again on ${day(invoice.nextAttempt, rules)}`;
  return `the payment of ${day(invoice.firstFailedAt, rules)} over ${amountOf(invoice)} failed${words ? ` (${words})` : ''}${next}`;
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
  return own(DECLINE_WORDS, code) ?? 'the card was declined';
}

function endReason(subscription: Stripe.Subscription): string {
  return subscription.cancellation_details?.reason === 'payment_failed' ? ', after the payment failed' : '';
}

const on = (reason: string): Standing => ({ verdict: 'on', reason });
const hold = (reason: string): Standing => ({ verdict: 'hold', reason });
const off = (reason: string): Standing => ({ verdict: 'off', reason });
