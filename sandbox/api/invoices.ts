/** /v1/invoices and /v1/invoice_payments */
import { change } from '../billing/change.ts';
import { finalizeInvoice, markUncollectible, voidInvoice } from '../billing/invoices.ts';
import { deleteDraft, draftManualInvoice, payInvoice } from '../billing/manual-invoices.ts';
import { paymentMethodFor } from '../billing/payment-methods.ts';
import type { Invoice, InvoicePayment } from '../billing/shapes.ts';
import { invalidRequest } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import { boolean, choice, hash, mergeMetadata, metadata, required, string, type Params } from '../wire/params.ts';
import { listRoute, route } from '../wire/route.ts';
import type { World } from '../world.ts';

const editableSpec = {
  auto_advance: boolean(),
  collection_method: choice(['charge_automatically']),
  default_payment_method: string(),
  description: string({ max: 1500 }),
  footer: string(),
  metadata: metadata(),
};

const createSpec = {
  ...editableSpec,
  currency: string({ max: 3 }),
  customer: required(string()),
  pending_invoice_items_behavior: choice(['exclude', 'include']),
};

const filters = {
  collection_method: string(),
  customer: string(),
  status: choice(['draft', 'open', 'paid', 'uncollectible', 'void']),
  subscription: string(),
};

const paymentFilters = {
  invoice: string(),
  payment: hash({ payment_intent: string(), type: required(choice(['payment_intent'])) }),
  status: choice(['canceled', 'open', 'paid']),
};

export const invoiceRoutes = [
  route('POST', '/v1/invoices', createSpec, (world, { params }) => draftManualInvoice(world, params)),
  route('GET', '/v1/invoices/:id', {}, (world, { path }) => invoiceOf(world, path.id)),
  route('POST', '/v1/invoices/:id', editableSpec, (world, { path, params }) => {
    return change(world, 'invoice.updated', withChanges(world, invoiceOf(world, path.id), params));
  }),
  route('DELETE', '/v1/invoices/:id', {}, (world, { path }) => {
    deleteDraft(world, invoiceOf(world, path.id));
    return { id: path.id, object: 'invoice', deleted: true as const };
  }),
  route('GET', '/v1/invoices/:id/lines', {}, (world, { path }) => invoiceOf(world, path.id).lines),
  route('POST', '/v1/invoices/:id/finalize', { auto_advance: boolean() }, (world, { path, params }) => {
    return finalizeInvoice(world, invoiceOf(world, path.id), params.auto_advance ?? undefined);
  }),
  route('POST', '/v1/invoices/:id/pay', { off_session: boolean(), payment_method: string() }, (world, { path, params }) => {
    return payInvoice(world, path.id, params.payment_method);
  }),
  route('POST', '/v1/invoices/:id/void', {}, (world, { path }) => voidInvoice(world, invoiceOf(world, path.id))),
  route('POST', '/v1/invoices/:id/mark_uncollectible', {}, (world, { path }) => {
    return markUncollectible(world, invoiceOf(world, path.id));
  }),
  listRoute('/v1/invoices', 'invoice', filters, ({ subscription, ...equal }) => ({
    ...withoutNulls(equal),
    ...(subscription == null ? {} : { 'parent.subscription_details.subscription': subscription }),
  })),
  route('GET', '/v1/invoice_payments/:id', {}, (world, { path }) => {
    return existing<InvoicePayment>(world, 'invoice_payment', path.id);
  }),
  listRoute('/v1/invoice_payments', 'invoice_payment', paymentFilters, ({ payment, ...equal }) => ({
    ...withoutNulls(equal),
    ...(payment?.payment_intent == null ? {} : { 'payment.payment_intent': payment.payment_intent }),
  })),
];

function invoiceOf(world: World, id: string): Invoice {
  return existing<Invoice>(world, 'invoice', id);
}

function withoutNulls(filters: Record<string, string | null | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(filters).filter((entry): entry is [string, string] => entry[1] != null));
}

/** Once finalized, an invoice keeps what it says; notes about it may still change. */
function withChanges(world: World, invoice: Invoice, sent: Params<typeof editableSpec>): Invoice {
  const { auto_advance, collection_method: _only, default_payment_method: card, metadata: tags, ...text } = sent;
  if (invoice.status !== 'draft' && Object.keys(text).length > 0) {
    throw invalidRequest('Finalized invoices can’t be updated in this way', undefined, 'invoice_not_editable');
  }
  const param = 'default_payment_method';
  return {
    ...invoice,
    ...text,
    ...(auto_advance == null ? {} : { auto_advance }),
    ...(card === undefined ? {} : { [param]: card && paymentMethodFor(world, invoice.customer ?? '', card, param).id }),
    metadata: mergeMetadata(invoice.metadata ?? {}, tags),
  };
}
