/** /v1/invoices */
import { editInvoice } from '../billing/invoice-edits.ts';
import { issueInvoice, settleOutOfBand } from '../billing/invoice-payment.ts';
import { previewInvoice } from '../billing/invoice-preview.ts';
import { sendInvoice } from '../billing/invoice-sending.ts';
import { markUncollectible, voidInvoice } from '../billing/invoices.ts';
import { deleteDraft, draftManualInvoice, payInvoice } from '../billing/manual-invoices.ts';
import type { Invoice } from '../billing/shapes.ts';
import { existing } from '../wire/existing.ts';
import { boolean, choice, currency, either, hash, integer, metadata, required, string, timestamp } from '../wire/params.ts';
import { listRoute, route } from '../wire/route.ts';
import type { World } from '../world.ts';
import { innerPage, innerPageSpec } from './inner-list.ts';
import { COLLECTION_METHODS, itemChangesSpec, PRORATION_BEHAVIORS } from './subscription-params.ts';

const editableSpec = {
  auto_advance: boolean(),
  collection_method: choice(COLLECTION_METHODS),
  days_until_due: integer({ min: 0 }),
  default_payment_method: string(),
  description: string({ max: 1500 }),
  due_date: timestamp(),
  footer: string(),
  metadata: metadata(),
};

const createSpec = {
  ...editableSpec,
  currency: currency(),
  customer: required(string()),
  pending_invoice_items_behavior: choice(['exclude', 'include']),
};

const previewSpec = {
  customer: string(),
  preview_mode: choice(['next', 'recurring']),
  subscription: string(),
  subscription_details: hash({
    cancel_now: boolean(),
    items: itemChangesSpec,
    proration_behavior: choice(PRORATION_BEHAVIORS),
    proration_date: timestamp(),
    trial_end: either(choice(['now']), timestamp()),
  }),
};

const paySpec = { off_session: boolean(), paid_out_of_band: boolean(), payment_method: string() };

const filters = {
  collection_method: choice(COLLECTION_METHODS),
  customer: string(),
  status: choice(['draft', 'open', 'paid', 'uncollectible', 'void']),
  subscription: string(),
};

export const invoiceRoutes = [
  route('POST', '/v1/invoices', createSpec, (world, { params }) => draftManualInvoice(world, params)),
  route('POST', '/v1/invoices/create_preview', previewSpec, (world, { params }) => previewInvoice(world, params)),
  route('GET', '/v1/invoices/:id', {}, (world, { path }) => invoiceOf(world, path.id)),
  route('POST', '/v1/invoices/:id', editableSpec, (world, { path, params }) => editInvoice(world, invoiceOf(world, path.id), params)),
  route('DELETE', '/v1/invoices/:id', {}, (world, { path }) => {
    deleteDraft(world, invoiceOf(world, path.id));
    return { id: path.id, object: 'invoice', deleted: true as const };
  }),
  route('GET', '/v1/invoices/:id/lines', innerPageSpec, (world, { path, params }) => {
    const { lines } = invoiceOf(world, path.id);
    return innerPage(lines.data, lines.url, params);
  }),
  route('POST', '/v1/invoices/:id/finalize', { auto_advance: boolean() }, (world, { path, params }) => {
    return issueInvoice(world, invoiceOf(world, path.id), params.auto_advance ?? undefined);
  }),
  route('POST', '/v1/invoices/:id/send', {}, (world, { path }) => sendInvoice(world, invoiceOf(world, path.id))),
  route('POST', '/v1/invoices/:id/pay', paySpec, (world, { path, params }) => {
    if (params.paid_out_of_band === true) return settleOutOfBand(world, invoiceOf(world, path.id));
    return payInvoice(world, path.id, params.payment_method);
  }),
  route('POST', '/v1/invoices/:id/void', {}, (world, { path }) => voidInvoice(world, invoiceOf(world, path.id))),
  route('POST', '/v1/invoices/:id/mark_uncollectible', {}, (world, { path }) => {
    return markUncollectible(world, invoiceOf(world, path.id));
  }),
  listRoute('/v1/invoices', 'invoice', filters, ({ collection_method, customer, status, subscription }) => ({
    ...(collection_method == null ? {} : { collection_method }),
    ...(customer == null ? {} : { customer }),
    ...(status == null ? {} : { status }),
    ...(subscription == null ? {} : { 'parent.subscription_details.subscription': subscription }),
  })),
];

function invoiceOf(world: World, id: string): Invoice {
  return existing<Invoice>(world, 'invoice', id);
}
