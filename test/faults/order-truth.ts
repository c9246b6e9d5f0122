/** What the cache must hold in the end, read from Stripe's own objects; it shares no code with what it judges. */
import { isDeepStrictEqual } from 'node:util';
import type Stripe from 'stripe';
import type { InvoiceState, SubscriptionState } from '../../core/billing/state.ts';
import type { Flow, Truth } from './order-flows.ts';

/** What is compared of an invoice. */
type Fields = Omit<InvoiceState, 'asOf'>;

/** Where the cached state is otherwise than at Stripe, in words; none when it holds. */
export function differences(flow: Flow, subscription: SubscriptionState | undefined, invoices: ReadonlyArray<InvoiceState | undefined>): string[] {
  const { truth } = flow.stages.at(-1)!;
  return [
    ...differing('subscription', { status: subscription?.status, customer: subscription?.customer, snapshot: subscription?.snapshot }, {
      status: truth.subscription.status,
      customer: truth.subscription.customer,
      snapshot: truth.subscription,
    }),
    ...truth.invoices.flatMap((invoice) => {
      const cached = invoices.find((each) => each?.id === invoice.id);
      const { asOf: _, ...fields }: Partial<InvoiceState> = cached ?? {};
      return differing(invoice.id, fields, expected(invoice, flow, truth));
    }),
  ];
}

function expected(invoice: Stripe.Invoice, flow: Flow, truth: Truth): Partial<Fields> {
  const failures = failuresOf(invoice, flow);
  const isMissing = invoice.status === 'open' && failures.length > 0;
  const refusal = isMissing ? lastRefusal(invoice) : null;
  return {
    id: invoice.id,
    subscription: truth.subscription.id,
    status: invoice.status ?? 'draft',
    created: invoice.created,
    amountDue: invoice.amount_remaining,
    currency: invoice.currency,
    failedAt: isMissing ? Math.max(...failures) : null,
    firstFailedAt: isMissing ? Math.min(...failures) : null,
    failureCode: refusal?.decline_code ?? null,
    card: refusal?.payment_method?.card ? `Visa ${refusal.payment_method.card.last4}` : null,
    // No event tells that an ended subscription's invoices are collected no more, and nobody asks on.
    ...(truth.subscription.ended_at === null ? { nextAttempt: invoice.next_payment_attempt } : {}),
  };
}

function failuresOf(invoice: Stripe.Invoice, { stages }: Flow): number[] {
  const events = stages.flatMap((stage) => stage.events);
  return events.filter(({ type, data }) => type === 'invoice.payment_failed' && data.object.id === invoice.id).map(({ created }) => created);
}

function lastRefusal(invoice: Stripe.Invoice): Stripe.PaymentIntent.LastPaymentError | null {
  const intents = (invoice.payments?.data ?? []).map(({ payment }) => payment.payment_intent as Stripe.PaymentIntent);
  return intents.at(-1)?.last_payment_error ?? null;
}

function differing(what: string, cached: object, truth: object): string[] {
  const is = cached as Record<string, unknown>;
  const ought = truth as Record<string, unknown>;
  return Object.keys(ought).flatMap((field) => {
    if (isDeepStrictEqual(is[field], ought[field])) return [];
    if (isHash(is[field]) && isHash(ought[field])) return differing(`${what} ${field}`, is[field], ought[field]);
    return [`${what} ${field}: ${JSON.stringify(is[field])} is ${JSON.stringify(ought[field])} at Stripe`];
  });
}

function isHash(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
