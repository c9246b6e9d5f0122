/** An invoice's way from draft to open, and out of the books without a payment. */
import { invalidRequest, resourceMissing } from '../wire/errors.ts';
import type { World } from '../world.ts';
import { HOUR_SECONDS } from './calendar.ts';
import { change } from './change.ts';
import type { Period } from './invoice-lines.ts';
import { cancelPaymentIntent, createPaymentIntent } from './payment-intents.ts';
import type { Customer, Invoice, InvoiceLine, InvoicePayment, Subscription } from './shapes.ts';

/** A draft waits this long before it is finalized, so that its owner can still edit it. */
export const DRAFT_SECONDS = HOUR_SECONDS;

const ACCOUNT_COUNTRY = 'US';
const NUMBER_DIGITS = 4;

export interface InvoiceDraft {
  customer: Customer;
  currency: string;
  lines: InvoiceLine[];
  billing_reason: NonNullable<Invoice['billing_reason']>;
  /** The time that the invoice looks back on. */
  period: Period;
  auto_advance: boolean;
  subscription?: Subscription;
  description?: string | null;
  metadata?: Record<string, string>;
  default_payment_method?: string | null;
  footer?: string | null;
}

/** A new draft. Emits `invoice.created`. */
export function createInvoice(world: World, draft: InvoiceDraft): Invoice {
  const id = world.newId('in');
  const invoice = world.store.insert(withTotals(buildInvoice(world, id, draft)));
  world.emit('invoice.created', invoice);
  return invoice;
}

function buildInvoice(world: World, id: string, draft: InvoiceDraft): Invoice {
  const { customer } = draft;
  const finalizesAt = draft.auto_advance ? world.now() + DRAFT_SECONDS : null;
  return {
    id,
    object: 'invoice',
    account_country: ACCOUNT_COUNTRY,
    account_name: null,
    account_tax_ids: null,
    amount_due: 0,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: 0,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: draft.auto_advance,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    automatically_finalizes_at: finalizesAt,
    billing_reason: draft.billing_reason,
    collection_method: 'charge_automatically',
    created: world.now(),
    currency: draft.currency,
    custom_fields: null,
    customer: customer.id,
    customer_account: null,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: customer.shipping,
    customer_tax_exempt: customer.tax_exempt ?? 'none',
    customer_tax_ids: [],
    default_payment_method: draft.default_payment_method ?? null,
    default_source: null,
    default_tax_rates: [],
    description: draft.description ?? null,
    discounts: [],
    due_date: null,
    effective_at: null,
    ending_balance: null,
    footer: draft.footer ?? null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: {
      object: 'list',
      data: draft.lines.map((line) => ({ ...line, invoice: id })),
      has_more: false,
      url: `/v1/invoices/${id}/lines`,
    },
    livemode: false,
    metadata: draft.metadata ?? {},
    next_payment_attempt: finalizesAt,
    number: null,
    on_behalf_of: null,
    parent: parentOf(draft.subscription),
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: draft.period.end,
    period_start: draft.period.start,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: 0,
    statement_descriptor: null,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    subtotal: 0,
    subtotal_excluding_tax: 0,
    test_clock: null,
    total: 0,
    total_discount_amounts: [],
    total_excluding_tax: 0,
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: world.now(),
  };
}

function parentOf(subscription: Subscription | undefined): Invoice['parent'] {
  if (subscription === undefined) return null;
  return {
    quote_details: null,
    subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
    type: 'subscription_details',
  };
}

/** The amounts that follow from an unpaid invoice's lines. */
export function withTotals(invoice: Invoice): Invoice {
  const total = invoice.lines.data.reduce((sum, line) => sum + line.amount, 0);
  const due = Math.max(total, 0);
  return {
    ...invoice,
    amount_due: due,
    amount_remaining: due,
    subtotal: total,
    subtotal_excluding_tax: total,
    total,
    total_excluding_tax: total,
  };
}

/** Throws StripeError: 404, or 400 when `param` named the id. */
export function findInvoice(world: World, id: string, param?: string): Invoice {
  const found = world.store.find<Invoice>('invoice', id);
  if (found === undefined) throw resourceMissing('invoice', id, param);
  return found;
}

/** The subscription that an invoice bills. */
export function subscriptionOf(world: World, invoice: Invoice): Subscription | undefined {
  const id = invoice.parent?.subscription_details?.subscription;
  return id === undefined ? undefined : world.store.find<Subscription>('subscription', id);
}

/**
 * Opens a draft: it gets its number and, when something is due, its payment intent; nothing is charged yet.
 * Emits `invoice.finalized` and `payment_intent.created`. Throws StripeError (400) for an invoice that is no draft.
 */
export function finalizeInvoice(world: World, draft: Invoice, autoAdvance = draft.auto_advance ?? false): Invoice {
  if (draft.status !== 'draft') {
    throw invalidRequest("This invoice is already finalized, you can't re-finalize a non-draft invoice.");
  }
  const invoice = world.store.save<Invoice>({
    ...draft,
    auto_advance: autoAdvance,
    automatically_finalizes_at: null,
    effective_at: world.now(),
    ending_balance: 0,
    hosted_invoice_url: `${world.baseUrl}/i/${draft.id}`,
    invoice_pdf: `${world.baseUrl}/i/${draft.id}/pdf`,
    next_payment_attempt: autoAdvance ? world.now() + DRAFT_SECONDS : null,
    number: nextNumber(world, draft),
    status: 'open',
    status_transitions: { ...draft.status_transitions, finalized_at: world.now() },
  });
  world.emit('invoice.finalized', invoice);
  if (invoice.amount_due > 0) requestPayment(world, invoice);
  return invoice;
}

function nextNumber(world: World, invoice: Invoice): string {
  const customer = world.store.find<Customer>('customer', invoice.customer ?? '');
  if (customer === undefined) return `${invoice.id.slice(-8).toUpperCase()}-0001`;
  const sequence = customer.next_invoice_sequence ?? 1;
  world.store.save<Customer>({ ...customer, next_invoice_sequence: sequence + 1 });
  return `${customer.invoice_prefix ?? ''}-${String(sequence).padStart(NUMBER_DIGITS, '0')}`;
}

function requestPayment(world: World, invoice: Invoice): void {
  const description = invoice.billing_reason === 'subscription_create' ? 'Subscription creation' : 'Subscription update';
  const intent = createPaymentIntent(world, {
    amount: invoice.amount_due,
    currency: invoice.currency,
    customer: invoice.customer,
    description: invoice.parent === null ? `Payment for Invoice ${invoice.number ?? ''}` : description,
    setupFutureUsage: invoice.billing_reason === 'subscription_create' ? 'off_session' : null,
  });
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
    throw invalidRequest(`You can only pass in open or uncollectible invoices. This invoice isn't open: it is ${invoice.status}.`);
  }
  const voided = change<Invoice>(world, 'invoice.updated', {
    ...stopped(invoice),
    status: 'void',
    status_transitions: { ...invoice.status_transitions, voided_at: world.now() },
  });
  world.emit('invoice.voided', voided);
  cancelPayment(world, voided);
  return voided;
}

function cancelPayment(world: World, invoice: Invoice): void {
  const payment = paymentOf(world, invoice);
  if (payment?.payment.payment_intent === undefined) return;
  const status_transitions = { ...payment.status_transitions, canceled_at: world.now() };
  world.store.save<InvoicePayment>({ ...payment, status: 'canceled', status_transitions });
  cancelPaymentIntent(world, payment.payment.payment_intent, 'void_invoice');
}

/** Writes an unpaid invoice off. Emits `invoice.updated` and `invoice.marked_uncollectible`. */
export function markUncollectible(world: World, invoice: Invoice): Invoice {
  if (invoice.status !== 'open') throw invalidRequest(`You can only mark open invoices as uncollectible; this one is ${invoice.status}.`);
  const written = change<Invoice>(world, 'invoice.updated', {
    ...stopped(invoice),
    status: 'uncollectible',
    status_details: { uncollectible: { reason: 'user_forgiven' } },
    status_transitions: { ...invoice.status_transitions, marked_uncollectible_at: world.now() },
  });
  world.emit('invoice.marked_uncollectible', written);
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
