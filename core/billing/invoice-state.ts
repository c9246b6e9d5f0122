/** Reads from Stripe's invoices what they say about missing money. */
import type Stripe from 'stripe';
import { cardName } from './cards.ts';
import { isSettled, subscriptionOf, type InvoiceState } from './state.ts';

const PAYMENT_FAILED: readonly string[] = ['invoice.payment_failed', 'invoice.payment_action_required'];

/**
 * The state after an invoice event; `undefined` for an invoice that bills no subscription.
 * A failure stays until the invoice is paid, voided or written off: later snapshots of the open invoice do not clear it.
 */
export function invoiceAfter(event: { type: string; created: number }, invoice: Stripe.Invoice, current: InvoiceState | undefined): InvoiceState | undefined {
  const subscription = subscriptionOf(invoice);
  if (!subscription || !invoice.id) return undefined;
  const failedNow = PAYMENT_FAILED.includes(event.type) ? event.created : null;
  if (current && isOutdated(event, invoice, current)) return failedNow === null || isSettled(current.status) ? current : { ...current, ...failures(current, failedNow) };
  return keepSettled(current, {
    ...seen(invoice, subscription),
    asOf: event.created,
    ...failures(current, failedNow),
    failureCode: current?.failureCode ?? null,
    card: current?.card ?? null,
  });
}

/** The last failure and the first, whichever is heard of first. */
function failures(current: InvoiceState | undefined, failedNow: number | null): Pick<InvoiceState, 'failedAt' | 'firstFailedAt'> {
  if (failedNow === null) return { failedAt: current?.failedAt ?? null, firstFailedAt: current?.firstFailedAt ?? null };
  return { failedAt: Math.max(current?.failedAt ?? 0, failedNow), firstFailedAt: Math.min(current?.firstFailedAt ?? failedNow, failedNow) };
}

/** Being settled is final, so it is never too late to hear of it. */
function isOutdated(event: { created: number }, invoice: Stripe.Invoice, current: InvoiceState): boolean {
  const settles = isSettled(invoice.status ?? 'draft') && !isSettled(current.status);
  return event.created < current.asOf && !settles;
}

/** The state of an invoice that Stripe was asked for, `payments.data.payment.payment_intent` expanded. `asOf` in Stripe's seconds. */
export function invoiceAsAnswered(invoice: Stripe.Invoice, asOf: number, current: InvoiceState | undefined): InvoiceState | undefined {
  const subscription = subscriptionOf(invoice);
  if (!subscription) return undefined;
  const failure = lastFailure(invoice);
  const failedAt = current?.failedAt ?? (failure || hasFailed(invoice) ? (failure?.at ?? asOf) : null);
  return keepSettled(current, {
    ...seen(invoice, subscription),
    asOf,
    failedAt,
    firstFailedAt: failedAt === null ? null : (current?.firstFailedAt ?? failedAt),
    failureCode: (failure ?? current)?.failureCode ?? null,
    card: (failure ?? current)?.card ?? null,
  });
}

type Seen = Omit<InvoiceState, 'asOf' | 'failedAt' | 'firstFailedAt' | 'failureCode' | 'card'>;

function seen(invoice: Stripe.Invoice, subscription: string): Seen {
  return {
    id: invoice.id,
    subscription,
    status: invoice.status ?? 'draft',
    created: invoice.created,
    amountDue: invoice.amount_remaining,
    currency: invoice.currency,
    nextAttempt: invoice.next_payment_attempt ?? null,
  };
}

/** Paid, void and uncollectible end the matter; of those only a write-off can still turn into another. */
function keepSettled(current: InvoiceState | undefined, next: InvoiceState): InvoiceState {
  const isFinal = current && isSettled(current.status) && !(current.status === 'uncollectible' && isSettled(next.status));
  if (isFinal && next.status !== current.status) return current;
  return isSettled(next.status) ? { ...next, failedAt: null, firstFailedAt: null, failureCode: null, card: null } : next;
}

function hasFailed(invoice: Stripe.Invoice): boolean {
  return invoice.status === 'open' && invoice.attempted && invoice.amount_remaining > 0;
}

type Refusal = Pick<InvoiceState, 'failureCode' | 'card'>;

function lastFailure(invoice: Stripe.Invoice): (Refusal & { at: number }) | undefined {
  const failures = (invoice.payments?.data ?? []).flatMap((payment) => {
    const intent = payment.payment.payment_intent;
    const refusal = typeof intent === 'object' && intent !== null ? refusalOf(intent) : undefined;
    return refusal ? [{ ...refusal, at: payment.created }] : [];
  });
  return failures.sort((one, other) => other.at - one.at)[0];
}

/** A payment that waits for the customer's word to the bank has no error: https://docs.stripe.com/payments/paymentintents/lifecycle */
function refusalOf({ status, last_payment_error: error }: Stripe.PaymentIntent): Refusal | undefined {
  if (status === 'requires_action') return { failureCode: 'authentication_required', card: null };
  if (!error) return undefined;
  return { failureCode: error.decline_code ?? error.code ?? null, card: error.payment_method ? cardName(error.payment_method) : null };
}
