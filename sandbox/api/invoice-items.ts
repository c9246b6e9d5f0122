/** /v1/invoiceitems */
import { addToDraft } from '../billing/invoice-edits.ts';
import { createInvoiceItem, deleteInvoiceItem, editInvoiceItem } from '../billing/invoice-items.ts';
import type { Invoice, InvoiceItem } from '../billing/shapes.ts';
import { existing } from '../wire/existing.ts';
import { currency, boolean, choice, hash, integer, metadata, required, string, timestamp } from '../wire/params.ts';
import { listRoute, route } from '../wire/route.ts';

const editableSpec = {
  amount: integer(),
  description: string(),
  discountable: boolean(),
  metadata: metadata(),
  period: hash({ end: required(timestamp()), start: required(timestamp()) }),
};

const createSpec = {
  ...editableSpec,
  currency: currency(),
  customer: required(string()),
  invoice: string(),
  pricing: hash({ price: string() }),
  quantity: integer({ min: 0 }),
  subscription: string(),
};

const filters = { customer: string(), invoice: string(), pending: choice(['true']) };

export const invoiceItemRoutes = [
  route('POST', '/v1/invoiceitems', createSpec, (world, { params }) => {
    const { invoice, ...order } = params;
    const item = createInvoiceItem(world, order);
    if (invoice == null) return item;
    addToDraft(world, existing<Invoice>(world, 'invoice', invoice, 'invoice'), item);
    return existing<InvoiceItem>(world, 'invoiceitem', item.id);
  }),
  route('GET', '/v1/invoiceitems/:id', {}, (world, { path }) => existing<InvoiceItem>(world, 'invoiceitem', path.id)),
  route('POST', '/v1/invoiceitems/:id', editableSpec, (world, { path, params }) => {
    return editInvoiceItem(world, existing<InvoiceItem>(world, 'invoiceitem', path.id), params);
  }),
  route('DELETE', '/v1/invoiceitems/:id', {}, (world, { path }) => {
    deleteInvoiceItem(world, existing<InvoiceItem>(world, 'invoiceitem', path.id));
    return { id: path.id, object: 'invoiceitem', deleted: true as const };
  }),
  listRoute('/v1/invoiceitems', 'invoiceitem', filters, ({ customer, invoice, pending }) => ({
    ...(customer == null ? {} : { customer }),
    ...(invoice == null ? {} : { invoice }),
    ...(pending === 'true' ? { invoice: null } : {}),
  })),
];
