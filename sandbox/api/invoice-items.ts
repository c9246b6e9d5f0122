/** /v1/invoiceitems */
import { createInvoiceItem } from '../billing/invoice-items.ts';
import type { InvoiceItem } from '../billing/shapes.ts';
import { invalidRequest } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import { boolean, hash, integer, metadata, required, string, timestamp } from '../wire/params.ts';
import { listRoute, route } from '../wire/route.ts';

const createSpec = {
  amount: required(integer()),
  currency: string({ max: 3 }),
  customer: required(string()),
  description: string(),
  discountable: boolean(),
  metadata: metadata(),
  period: hash({ end: required(timestamp()), start: required(timestamp()) }),
};

const filters = { customer: string(), invoice: string(), pending: boolean() };

export const invoiceItemRoutes = [
  route('POST', '/v1/invoiceitems', createSpec, (world, { params }) => createInvoiceItem(world, params)),
  route('GET', '/v1/invoiceitems/:id', {}, (world, { path }) => existing<InvoiceItem>(world, 'invoiceitem', path.id)),
  route('DELETE', '/v1/invoiceitems/:id', {}, (world, { path }) => {
    const item = existing<InvoiceItem>(world, 'invoiceitem', path.id);
    if (item.invoice !== null) throw invalidRequest('This invoice item is on an invoice and cannot be deleted any more.');
    world.store.remove('invoiceitem', item.id);
    world.emit('invoiceitem.deleted', item);
    return { id: item.id, object: 'invoiceitem', deleted: true as const };
  }),
  listRoute('/v1/invoiceitems', 'invoiceitem', filters, ({ customer, invoice, pending }) => ({
    ...(customer == null ? {} : { customer }),
    ...(invoice == null ? {} : { invoice }),
    ...(pending === true ? { invoice: null } : {}),
  })),
];
