/** Invoices that somebody makes by hand, for a customer's pending items. */
import { invalidRequest } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import type { World } from '../world.ts';
import { itemLine } from './invoice-lines.ts';
import { DEFAULT_CURRENCY, pendingItems } from './invoice-items.ts';
import { collectInvoice, missingPaymentMethod, payingMethod, paymentRefusal } from './invoice-payment.ts';
import { createInvoice } from './new-invoice.ts';
import type { CardDetails } from './cards.ts';
import { createPaymentMethod, keepCard, paymentMethodFor } from './payment-methods.ts';
import type { Customer, Invoice, InvoiceItem, PaymentMethod } from './shapes.ts';

/** What `POST /v1/invoices` takes; the names are Stripe's. */
export interface InvoiceOrder {
  customer: string;
  auto_advance?: boolean | null;
  collection_method?: Invoice['collection_method'] | null;
  currency?: string | null;
  default_payment_method?: string | null;
  days_until_due?: number | null;
  description?: string | null;
  due_date?: number | null;
  footer?: string | null;
  metadata?: Record<string, string> | null;
  pending_invoice_items_behavior?: 'exclude' | 'include' | null;
}

/** A draft of the customer's pending items, or an empty one. Emits `invoice.created`. Throws StripeError (400). */
export function draftManualInvoice(world: World, order: InvoiceOrder): Invoice {
  const customer = existing<Customer>(world, 'customer', order.customer, 'customer');
  const pending = order.pending_invoice_items_behavior === 'include' ? pendingItems(world, customer.id) : [];
  const currency = order.currency ?? pending[0]?.currency ?? customer.currency ?? DEFAULT_CURRENCY;
  const items = pending.filter((item) => item.currency === currency);
  const { default_payment_method: card } = order;
  const invoice = createInvoice(world, {
    customer,
    currency,
    lines: items.map((item) => itemLine(world, item)),
    billing_reason: 'manual',
    period: { start: world.now(), end: world.now() },
    auto_advance: order.auto_advance ?? false,
    default_payment_method: card == null ? null : paymentMethodFor(world, customer.id, card, 'default_payment_method').id,
    ...dueOf(order),
    description: order.description ?? null,
    footer: order.footer ?? null,
    metadata: order.metadata ?? {},
  });
  for (const item of items) world.store.save<InvoiceItem>({ ...item, invoice: invoice.id });
  return invoice;
}

/** Throws StripeError (400) for an invoice to be sent without a time to pay it. */
function dueOf({ collection_method, days_until_due = null, due_date = null }: InvoiceOrder): { days_until_due: number | null; due_date: number | null } {
  const isSent = collection_method === 'send_invoice';
  if (isSent === ((days_until_due ?? due_date) !== null)) return { days_until_due, due_date };
  const rule = isSent ? 'You must pass `due_date` or `days_until_due`' : '`due_date` and `days_until_due` can only be set';
  throw invalidRequest(`${rule} with \`collection_method=send_invoice\`.`, 'due_date');
}

/**
 * Pays an invoice because somebody asks for it: `POST /v1/invoices/:id/pay`, the hosted invoice page, the portal. A draft is
 * finalized on the way. Throws StripeError: 402 for a refused card (what the try wrote stays), 400 without a card.
 */
export function payInvoice(world: World, id: string, paymentMethodId?: string | null): Invoice {
  return payInvoiceBy(world, id, (invoice) => {
    return paymentMethodId == null ? payingMethod(world, invoice) : givenMethod(world, invoice, paymentMethodId);
  });
}

/** The same with a card that a person types on the hosted page; its customer keeps it once it has paid. */
export function payInvoiceWithCard(world: World, id: string, card: CardDetails): Invoice {
  return payInvoiceBy(world, id, () => createPaymentMethod(world, card));
}

function payInvoiceBy(world: World, id: string, choose: (invoice: Invoice) => PaymentMethod | undefined): Invoice {
  const collected = world.store.transaction(() => {
    const invoice = existing<Invoice>(world, 'invoice', id);
    const paymentMethod = choose(invoice);
    if (paymentMethod === undefined && invoice.amount_remaining > 0) throw missingPaymentMethod();
    const tried = collectInvoice(world, invoice, { automatic: false, paymentMethod });
    if (tried.status === 'paid') keepCard(world, paymentMethod, tried.customer);
    return tried;
  });
  if (collected.status !== 'paid') throw paymentRefusal(world, collected);
  return collected;
}

function givenMethod(world: World, invoice: Invoice, id: string): PaymentMethod {
  return paymentMethodFor(world, invoice.customer ?? '', id, 'payment_method');
}

/** Removes a draft that somebody made by hand; its items are pending again. Throws StripeError (400) for any other. */
export function deleteDraft(world: World, invoice: Invoice): void {
  if (invoice.status !== 'draft') {
    throw invalidRequest("You can only delete draft invoices. This invoice isn't a draft: void it instead.");
  }
  if (invoice.parent !== null) throw invalidRequest('You cannot delete an invoice that a subscription made: void it instead.');
  for (const item of world.store.all<InvoiceItem>('invoiceitem', { invoice: invoice.id })) {
    world.store.save<InvoiceItem>({ ...item, invoice: null });
  }
  world.store.remove('invoice', invoice.id);
  world.emit('invoice.deleted', invoice);
}
