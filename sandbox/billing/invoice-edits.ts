/** What may still be changed about an invoice: everything of a draft, little of a finalized one. */
import { invalidRequest } from '../wire/errors.ts';
import { mergeMetadata } from '../wire/params.ts';
import type { World } from '../world.ts';
import { DAY_SECONDS } from './calendar.ts';
import { change } from './change.ts';
import { itemLine } from './invoice-lines.ts';
import { stopped } from './invoices.ts';
import { DRAFT_SECONDS, withTotals } from './new-invoice.ts';
import { paymentMethodFor } from './payment-methods.ts';
import type { Invoice, InvoiceItem } from './shapes.ts';

/** What `POST /v1/invoices/:id` takes; the names are Stripe's, null means unset. */
export interface InvoiceEdits {
  auto_advance?: boolean | null;
  collection_method?: Invoice['collection_method'] | null;
  days_until_due?: number | null;
  default_payment_method?: string | null;
  description?: string | null;
  due_date?: number | null;
  footer?: string | null;
  metadata?: Record<string, string> | null;
}

const EDITABLE_WHEN_FINALIZED: readonly string[] = ['auto_advance', 'default_payment_method', 'metadata'];

/** Emits `invoice.updated`. Throws StripeError (400) for what a finalized invoice does not let change any more. */
export function editInvoice(world: World, invoice: Invoice, edits: InvoiceEdits): Invoice {
  const isFinal = invoice.status !== 'draft';
  if (isFinal && Object.keys(edits).some((name) => !EDITABLE_WHEN_FINALIZED.includes(name))) {
    throw invalidRequest('Finalized invoices can’t be updated in this way', undefined, 'invoice_not_editable');
  }
  const { auto_advance, default_payment_method: card, description, footer, metadata } = edits;
  const edited = {
    ...invoice,
    ...dueAfter(world, invoice, edits),
    ...(card === undefined ? {} : { default_payment_method: card && payingCard(world, invoice, card) }),
    ...(description === undefined ? {} : { description }),
    ...(footer === undefined ? {} : { footer }),
    metadata: mergeMetadata(invoice.metadata ?? {}, metadata),
  };
  return change(world, 'invoice.updated', auto_advance == null ? edited : withAutoAdvance(world, edited, auto_advance));
}

function payingCard(world: World, invoice: Invoice, card: string): string {
  return paymentMethodFor(world, invoice.customer ?? '', card, 'default_payment_method').id;
}

function dueAfter(world: World, invoice: Invoice, { collection_method, days_until_due, due_date }: InvoiceEdits): Partial<Invoice> {
  if (collection_method == null && days_until_due == null && due_date == null) return {};
  const method = collection_method ?? invoice.collection_method;
  if (method === 'charge_automatically') {
    if (days_until_due == null && due_date == null) return { collection_method: method, due_date: null };
    throw invalidRequest('`due_date` and `days_until_due` can only be set with `collection_method=send_invoice`.', 'collection_method');
  }
  const due = due_date ?? (days_until_due == null ? invoice.due_date : world.now() + days_until_due * DAY_SECONDS);
  if (due === null) throw invalidRequest('You must pass `due_date` or `days_until_due` with `collection_method=send_invoice`.', 'due_date');
  return { collection_method: method, due_date: due, next_payment_attempt: null };
}

const UNSETTLED: readonly Invoice['status'][] = ['draft', 'open'];

/** Whether Stripe goes on by itself with the invoice, an hour from now. */
function withAutoAdvance(world: World, invoice: Invoice, auto_advance: boolean): Invoice {
  if (!auto_advance || !UNSETTLED.includes(invoice.status)) return { ...stopped(invoice), auto_advance };
  const soon = world.now() + DRAFT_SECONDS;
  return {
    ...invoice,
    auto_advance,
    automatically_finalizes_at: invoice.status === 'draft' ? soon : null,
    next_payment_attempt: invoice.collection_method === 'charge_automatically' ? soon : null,
  };
}

/** A pending item goes onto a draft. Emits `invoice.updated`. Throws StripeError (400) for an invoice that is no draft, or in another currency. */
export function addToDraft(world: World, invoice: Invoice, item: InvoiceItem): Invoice {
  if (invoice.status !== 'draft') throw invalidRequest('You can only add invoice items to a draft invoice.', 'invoice', 'invoice_not_editable');
  if (item.currency !== invoice.currency) {
    throw invalidRequest(`The currency of the invoice item (${item.currency}) is not that of the invoice (${invoice.currency}).`, 'currency');
  }
  world.store.save<InvoiceItem>({ ...item, invoice: invoice.id });
  const line = { ...itemLine(world, item), invoice: invoice.id };
  const lines = { ...invoice.lines, data: [...invoice.lines.data, line] };
  return change(world, 'invoice.updated', withTotals({ ...invoice, lines }));
}
