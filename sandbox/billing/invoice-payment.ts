/** Collecting an open invoice: which card pays, what success and failure change, when the next try is due. */
import { cardError, invalidRequest, type StripeError } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import type { World } from '../world.ts';
import { DAY_SECONDS, HOUR_SECONDS } from './calendar.ts';
import { change } from './change.ts';
import { finalizeInvoice, markDelinquent, paymentOf, stopped, subscriptionOf } from './invoices.ts';
import { confirmPaymentIntent } from './payment-intents.ts';
import type { Customer, Invoice, InvoicePayment, PaymentIntent, PaymentMethod, Subscription } from './shapes.ts';
import { endSubscription, isEnded } from './subscription-end.ts';

/**
 * How long after each failed try the next one follows: 8 tries in two weeks.
 * @see https://docs.stripe.com/billing/revenue-recovery/smart-retries
 */
const RETRY_DELAYS_SECONDS = [
  33 * HOUR_SECONDS,
  DAY_SECONDS,
  2 * DAY_SECONDS,
  2 * DAY_SECONDS,
  2 * DAY_SECONDS,
  2 * DAY_SECONDS,
  2 * DAY_SECONDS,
  DAY_SECONDS,
] as const;

export interface Attempt {
  /** Stripe's own try by its schedule; else somebody asked for it. */
  automatic: boolean;
  paymentMethod?: PaymentMethod | undefined;
  /** The invoice's intent when somebody else confirmed it: Checkout, a call, or the holder's authentication. */
  confirmed?: PaymentIntent | undefined;
}

/**
 * Finalizes a draft and tries to collect it; the answer's status tells whether it is paid. Whoever needs the reason asks
 * `paymentRefusal`. Throws StripeError (400) for an invoice that nobody can pay any more.
 */
export function collectInvoice(world: World, invoice: Invoice, attempt: Attempt): Invoice {
  refuseUncollectable(invoice);
  const open = invoice.status === 'draft' ? finalizeInvoice(world, invoice, undefined, attempt.confirmed) : invoice;
  if (open.amount_remaining === 0) return settle(world, open);
  const paymentMethod = attempt.paymentMethod ?? payingMethod(world, open);
  if (paymentMethod === undefined) return failInvoice(world, open, attempt);
  const intent = attempt.confirmed ?? confirmPaymentIntent(world, intentOf(world, open), paymentMethod);
  if (intent.status !== 'succeeded') return failInvoice(world, open, attempt, intent);
  return settle(world, open, paymentMethod);
}

function refuseUncollectable(invoice: Invoice): void {
  if (invoice.status === 'paid') throw invalidRequest('Invoice is already paid', undefined, 'invoice_already_paid');
  if (invoice.status === 'void') throw invalidRequest('This invoice is void and cannot be paid.');
}

/**
 * The card that pays: the invoice's own, then the subscription's, then the customer's default.
 * @see https://docs.stripe.com/billing/subscriptions/payment-methods-setting#payment-method-priority
 */
export function payingMethod(world: World, invoice: Invoice): PaymentMethod | undefined {
  const customer = world.store.find<Customer>('customer', invoice.customer ?? '');
  const id =
    invoice.default_payment_method ??
    subscriptionOf(world, invoice)?.default_payment_method ??
    customer?.invoice_settings.default_payment_method;
  return id == null ? undefined : world.store.find<PaymentMethod>('payment_method', id);
}

/** The error of the last try, as `POST /v1/invoices/:id/pay` answers it (402); what the try wrote stays unless told otherwise. */
export function paymentRefusal(world: World, invoice: Invoice, options: { keepsWrites?: boolean } = {}): StripeError {
  const intent = intentOf(world, invoice);
  if (intent.status === 'requires_action') {
    const message =
      'Payment for this invoice requires additional user action before it can be completed successfully. ' +
      'Payment can be completed using the PaymentIntent associated with the invoice.';
    return cardError({ code: 'invoice_payment_intent_requires_action', message }, options);
  }
  if (intent.last_payment_error === null) return missingPaymentMethod();
  const { code = 'card_declined', message = 'Your card was declined.' } = intent.last_payment_error;
  return cardError({ ...intent.last_payment_error, code, message, payment_intent: intent }, options);
}

export function missingPaymentMethod(): StripeError {
  const message =
    'This customer has no attached payment source or default payment method. Please consider adding a default payment ' +
    'method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting' +
    '#payment-method-priority.';
  return invalidRequest(message, undefined, 'resource_missing');
}

function intentOf(world: World, invoice: Invoice): PaymentIntent {
  return existing<PaymentIntent>(world, 'payment_intent', paymentOf(world, invoice)?.payment.payment_intent ?? '');
}

/** Everything that an invoice's being paid changes. */
function settle(world: World, invoice: Invoice, paymentMethod?: PaymentMethod): Invoice {
  const paid = change<Invoice>(world, 'invoice.updated', {
    ...stopped(invoice),
    amount_paid: invoice.amount_due,
    amount_remaining: 0,
    attempt_count: invoice.amount_due === 0 ? 0 : Math.max(invoice.attempt_count, 1),
    attempted: true,
    status: 'paid',
    status_transitions: { ...invoice.status_transitions, paid_at: world.now() },
  });
  world.emit('invoice.paid', paid);
  world.emit('invoice.payment_succeeded', paid);
  reactivate(world, paid, paymentMethod);
  markPaymentPaid(world, paid);
  markDelinquent(world, paid.customer, false);
  return paid;
}

const CURED_BY_PAYMENT: readonly string[] = ['incomplete', 'past_due', 'unpaid'];

/** Only the latest invoice decides. */
function reactivate(world: World, invoice: Invoice, paymentMethod: PaymentMethod | undefined): void {
  const subscription = subscriptionOf(world, invoice);
  if (subscription === undefined || !CURED_BY_PAYMENT.includes(subscription.status)) return;
  if (subscription.latest_invoice !== invoice.id) return;
  const saves = subscription.payment_settings?.save_default_payment_method === 'on_subscription';
  const default_payment_method = (saves && paymentMethod?.id) || subscription.default_payment_method;
  change<Subscription>(world, 'customer.subscription.updated', { ...subscription, default_payment_method, status: 'active' });
}

function markPaymentPaid(world: World, invoice: Invoice): void {
  const payment = paymentOf(world, invoice);
  if (payment === undefined) return;
  const paid = world.store.save<InvoicePayment>({
    ...payment,
    amount_paid: invoice.amount_due,
    status: 'paid',
    status_transitions: { ...payment.status_transitions, paid_at: world.now() },
  });
  world.emit('invoice_payment.paid', paid);
}

function failInvoice(world: World, invoice: Invoice, attempt: Attempt, intent?: PaymentIntent): Invoice {
  const failed = withAttempt(world, invoice, attempt);
  if (intent?.status === 'requires_action') world.emit('invoice.payment_action_required', failed);
  world.emit('invoice.payment_failed', failed);
  change(world, 'invoice.updated', failed);
  const hasRetry = failed.next_payment_attempt !== null;
  markPastDue(world, failed, attempt.automatic && !hasRetry);
  if (attempt.automatic) markDelinquent(world, failed.customer, true);
  return failed;
}

/** The first try counts whoever asked for it; after it only the automatic ones do, and only they move the schedule. */
function withAttempt(world: World, invoice: Invoice, { automatic }: Attempt): Invoice {
  const counts = automatic || invoice.attempt_count === 0;
  if (!counts) return { ...invoice, attempted: true };
  const delay = retries(world, invoice) ? RETRY_DELAYS_SECONDS[invoice.attempt_count] : undefined;
  const tried = { ...invoice, attempt_count: invoice.attempt_count + 1, attempted: true };
  return delay === undefined ? stopped(tried) : { ...tried, next_payment_attempt: world.now() + delay };
}

/** A first payment is never retried: its subscription waits for its customer and expires. */
function retries(world: World, invoice: Invoice): boolean {
  return invoice.auto_advance === true && subscriptionOf(world, invoice)?.status !== 'incomplete';
}

function markPastDue(world: World, invoice: Invoice, isLastTry: boolean): void {
  const subscription = subscriptionOf(world, invoice);
  if (subscription === undefined || isEnded(subscription) || subscription.status === 'incomplete') return;
  if (isLastTry) endSubscription(world, subscription, 'payment_failed');
  else if (subscription.status === 'active') {
    change<Subscription>(world, 'customer.subscription.updated', { ...subscription, status: 'past_due' });
  }
}
