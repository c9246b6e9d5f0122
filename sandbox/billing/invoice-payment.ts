/** Collecting an open invoice: which card pays, what success and failure change, when the next try is due. */
import { cardError, invalidRequest, type StripeError } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import type { World } from '../world.ts';
import { change } from './change.ts';
import { canRetry, followFailure, skipRetry, withAttempt } from './dunning.ts';
import { cancelPayment, finalizeInvoice, markDelinquent, paymentOf, stopped, subscriptionOf } from './invoices.ts';
import { confirmPaymentIntent } from './payment-intents.ts';
import type { Customer, Invoice, InvoicePayment, PaymentIntent, PaymentMethod, Subscription } from './shapes.ts';
import { completeResumption } from './resumption.ts';

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
  if (attempt.automatic && open.attempt_count > 0 && !canRetry(world, open, paymentMethod)) return skipRetry(world, open);
  if (paymentMethod === undefined) return failInvoice(world, open, attempt);
  const intent = attempt.confirmed ?? confirmPaymentIntent(world, intentOf(world, open), paymentMethod);
  if (intent.status !== 'succeeded') return failInvoice(world, open, attempt, intent);
  return settle(world, open, paymentMethod);
}

/** Finalizes a draft; where nothing is due, also by the customer's credit, it is paid with that. Throws StripeError (400) for no draft. */
export function issueInvoice(world: World, draft: Invoice, autoAdvance?: boolean): Invoice {
  const open = finalizeInvoice(world, draft, autoAdvance);
  return open.amount_remaining === 0 ? settle(world, open) : open;
}

function refuseUncollectable(invoice: Invoice): void {
  if (invoice.status === 'paid') throw invalidRequest('Invoice is already paid');
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
  const paid = markPaid(world, invoice, { attempt_count: invoice.amount_due === 0 ? 0 : Math.max(invoice.attempt_count, 1), attempted: true });
  world.emit('invoice.payment_succeeded', paid);
  reactivate(world, paid, paymentMethod);
  markPaymentPaid(world, paid);
  markDelinquent(world, paid.customer, false);
  return paid;
}

/**
 * The customer paid in another way than through Stripe. Emits `invoice.updated`, `invoice.paid` and `payment_intent.canceled`, and
 * what a payment does for the subscription. Throws StripeError (400) for an invoice that nobody can pay any more.
 */
export function settleOutOfBand(world: World, invoice: Invoice): Invoice {
  refuseUncollectable(invoice);
  const open = invoice.status === 'draft' ? finalizeInvoice(world, invoice, false) : invoice;
  const paid = markPaid(world, open, { amount_paid_off_stripe: open.amount_due });
  reactivate(world, paid, undefined);
  cancelPayment(world, paid);
  markDelinquent(world, paid.customer, false);
  return paid;
}

/** Emits `invoice.updated` and `invoice.paid`. */
function markPaid(world: World, invoice: Invoice, fields: Partial<Invoice>): Invoice {
  const paid = change<Invoice>(world, 'invoice.updated', {
    ...stopped(invoice),
    ...fields,
    amount_paid: invoice.amount_due,
    amount_remaining: 0,
    status: 'paid',
    status_transitions: { ...invoice.status_transitions, paid_at: world.now() },
  });
  world.emit('invoice.paid', paid);
  return paid;
}

const CURED_BY_PAYMENT: readonly string[] = ['incomplete', 'past_due', 'unpaid'];

function reactivate(world: World, invoice: Invoice, paymentMethod: PaymentMethod | undefined): void {
  const subscription = subscriptionOf(world, invoice);
  if (subscription?.status === 'paused') return completeResumption(world, subscription, invoice);
  if (subscription === undefined || !CURED_BY_PAYMENT.includes(subscription.status)) return;
  if (!decides(world, invoice, subscription)) return;
  const saves = subscription.payment_settings?.save_default_payment_method === 'on_subscription';
  const default_payment_method = (saves && paymentMethod?.id) || subscription.default_payment_method;
  change<Subscription>(world, 'customer.subscription.updated', { ...subscription, default_payment_method, status: 'active' });
}

/** Only the latest invoice decides; of a subscription that is past due the latest one that is no draft any more. */
function decides(world: World, { id, customer }: Invoice, subscription: Subscription): boolean {
  if (subscription.latest_invoice === id || subscription.status !== 'past_due') return subscription.latest_invoice === id;
  const invoices = world.store.all<Invoice>('invoice', { customer, 'parent.subscription_details.subscription': subscription.id });
  return invoices.findLast(({ status }) => status !== 'draft')?.id === id;
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
  const failed = withAttempt(world, invoice, attempt.automatic);
  if (intent?.status === 'requires_action') world.emit('invoice.payment_action_required', failed);
  world.emit('invoice.payment_failed', failed);
  change(world, 'invoice.updated', failed);
  const hasRetry = failed.next_payment_attempt !== null;
  followFailure(world, failed, attempt.automatic && !hasRetry);
  if (attempt.automatic) markDelinquent(world, failed.customer, true);
  return failed;
}
