/** An invoice's way from draft to open, and out of the books without a payment. */
import { invalidRequest } from '../wire/errors.ts';
import type { World } from '../world.ts';
import { change } from './change.ts';
import { returnBalance, takeBalance, withBalance } from './customer-balance.ts';
import { DRAFT_SECONDS } from './new-invoice.ts';
import { createPaymentIntent, giveUpPaymentIntent } from './payment-intents.ts';
import { completeResumption, dropResumption } from './resumption.ts';
import type { Customer, Invoice, InvoicePayment, PaymentIntent, Subscription } from './shapes.ts';

const NUMBER_DIGITS = 4;

/** The subscription that an invoice bills. */
export function subscriptionOf(world: World, invoice: Invoice): Subscription | undefined {
  const id = invoice.parent?.subscription_details?.subscription;
  return id === undefined ? undefined : world.store.find<Subscription>('subscription', id);
}

/**
 * Opens a draft: it gets its number and, when something is due, its payment intent; nothing is charged yet.
 * Emits `invoice.finalized` and `payment_intent.created`, unless Checkout has `paidBy` an intent already: then the customer's balance waits for the next one. Throws StripeError (400) for an invoice that is no draft.
 */
export function finalizeInvoice(
  world: World,
  draft: Invoice,
  autoAdvance = draft.auto_advance ?? false,
  paidBy?: PaymentIntent,
): Invoice {
  if (draft.status !== 'draft') {
    throw invalidRequest("This invoice is already finalized, you can't re-finalize a non-draft invoice.");
  }
  const invoice = world.store.save<Invoice>({
    ...(paidBy === undefined ? withBalance(world, draft) : draft),
    auto_advance: autoAdvance,
    automatically_finalizes_at: null,
    effective_at: world.now(),
    hosted_invoice_url: `${world.baseUrl}/i/${draft.id}`,
    invoice_pdf: `${world.baseUrl}/i/${draft.id}/pdf`,
    next_payment_attempt: autoAdvance && draft.collection_method === 'charge_automatically' ? world.now() + DRAFT_SECONDS : null,
    number: nextNumber(world, draft),
    status: 'open',
    status_transitions: { ...draft.status_transitions, finalized_at: world.now() },
  });
  world.emit('invoice.finalized', invoice);
  takeBalance(world, invoice);
  if (invoice.amount_due > 0) requestPayment(world, invoice, paidBy ?? createInvoiceIntent(world, invoice));
  return invoice;
}

function nextNumber(world: World, invoice: Invoice): string {
  const customer = world.store.find<Customer>('customer', invoice.customer ?? '');
  if (customer === undefined) return `${invoice.id.slice(-8).toUpperCase()}-0001`;
  const sequence = customer.next_invoice_sequence ?? 1;
  world.store.save<Customer>({ ...customer, next_invoice_sequence: sequence + 1 });
  return `${customer.invoice_prefix ?? ''}-${String(sequence).padStart(NUMBER_DIGITS, '0')}`;
}

function createInvoiceIntent(world: World, invoice: Invoice): PaymentIntent {
  const description = invoice.billing_reason === 'subscription_create' ? 'Subscription creation' : 'Subscription update';
  return createPaymentIntent(world, {
    amount: invoice.amount_due,
    currency: invoice.currency,
    customer: invoice.customer,
    description: invoice.parent === null ? `Payment for Invoice ${invoice.number ?? ''}` : description,
    setupFutureUsage: invoice.billing_reason === 'subscription_create' ? 'off_session' : null,
  });
}

function requestPayment(world: World, invoice: Invoice, intent: PaymentIntent): void {
  world.store.insert<InvoicePayment>({
    id: world.newId('inpay'),
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: invoice.amount_due,
    created: world.now(),
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { payment_intent: intent.id, type: 'payment_intent' },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  });
}

/** How a finalized invoice is to be paid; none when nothing was due. */
export function paymentOf(world: World, invoice: Invoice): InvoicePayment | undefined {
  return world.store.all<InvoicePayment>('invoice_payment', { invoice: invoice.id })[0];
}

/** Takes an unpaid invoice out of the books. Emits `invoice.updated`, `invoice.voided`, `payment_intent.canceled`. */
export function voidInvoice(world: World, invoice: Invoice): Invoice {
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible') {
    throw invalidRequest(`You can only void open and uncollectible invoices; this one is ${invoice.status}.`);
  }
  const voided = change<Invoice>(world, 'invoice.updated', {
    ...stopped(invoice),
    status: 'void',
    status_transitions: { ...invoice.status_transitions, voided_at: world.now() },
  });
  world.emit('invoice.voided', voided);
  const subscription = subscriptionOf(world, voided);
  if (subscription !== undefined) dropResumption(world, subscription, voided);
  returnBalance(world, voided);
  cancelPayment(world, voided);
  return voided;
}

/** Nobody will pay it through Stripe. Emits `payment_intent.canceled`. */
export function cancelPayment(world: World, invoice: Invoice): void {
  const payment = paymentOf(world, invoice);
  if (payment?.payment.payment_intent === undefined) return;
  const status_transitions = { ...payment.status_transitions, canceled_at: world.now() };
  world.store.save<InvoicePayment>({ ...payment, status: 'canceled', status_transitions });
  giveUpPaymentIntent(world, payment.payment.payment_intent, 'void_invoice');
}

type WriteOff = NonNullable<NonNullable<Invoice['status_details']>['uncollectible']>['reason'];

/** Writes an unpaid invoice off. Emits `invoice.updated` and `invoice.marked_uncollectible`. */
export function markUncollectible(world: World, invoice: Invoice, reason: WriteOff = 'user_forgiven'): Invoice {
  if (invoice.status !== 'open') {
    throw invalidRequest(`You can only mark open invoices as uncollectible; this one is ${invoice.status}.`);
  }
  const written = change<Invoice>(world, 'invoice.updated', {
    ...stopped(invoice),
    status: 'uncollectible',
    status_details: { uncollectible: { reason } },
    status_transitions: { ...invoice.status_transitions, marked_uncollectible_at: world.now() },
  });
  world.emit('invoice.marked_uncollectible', written);
  const subscription = subscriptionOf(world, written);
  if (subscription !== undefined) completeResumption(world, subscription, written);
  markDelinquent(world, invoice.customer, false);
  return written;
}

/** Stripe tries no longer to collect it by itself. */
export function stopped(invoice: Invoice): Invoice {
  return { ...invoice, auto_advance: false, automatically_finalizes_at: null, next_payment_attempt: null };
}

/** `delinquent` follows the latest news of any of the customer's invoices. Emits `customer.updated`. */
export function markDelinquent(world: World, customerId: string | null, delinquent: boolean): void {
  const customer = world.store.find<Customer>('customer', customerId ?? '');
  if (customer !== undefined) change(world, 'customer.updated', { ...customer, delinquent });
}
