/** The customer's invoices, as the portal lists them: newest first, page by page. */
import type { Customer, Invoice } from '../../billing/shapes.ts';
import type { World } from '../../world.ts';
import { money, shortDate } from '../format.ts';
import type { InvoiceRow, InvoicesView } from './home-view.ts';
import type { PortalVisit } from './session.ts';

const PAGE_INVOICES = 10;

/** Drafts are nobody's business yet. */
const STATUS_TAGS: Readonly<Record<string, InvoiceRow['status']>> = {
  open: { label: 'Open', tone: 'warning' },
  paid: { label: 'Paid', tone: 'good' },
  uncollectible: { label: 'Uncollectible', tone: 'quiet' },
  void: { label: 'Void', tone: 'quiet' },
};

/** `after` is the last invoice of the page before; one that is not the customer's counts as none. */
export function invoicesView(world: World, { customer, root }: PortalVisit, after: unknown): InvoicesView {
  const startingAfter = ownInvoice(world, customer, after);
  const where = { customer: customer.id, status: Object.keys(STATUS_TAGS) };
  const { data, hasMore } = world.store.list<Invoice>('invoice', { where, limit: PAGE_INVOICES, ...(startingAfter ? { startingAfter } : {}) });
  const last = data.at(-1);
  return {
    rows: data.map(invoiceRow),
    olderUrl: hasMore && last ? `${root}?invoices_after=${last.id}#invoice-history-heading` : null,
    newestUrl: startingAfter ? `${root}#invoice-history-heading` : null,
  };
}

function ownInvoice(world: World, customer: Customer, id: unknown): string | undefined {
  const invoice = typeof id === 'string' ? world.store.find<Invoice>('invoice', id) : undefined;
  return invoice?.customer === customer.id ? invoice.id : undefined;
}

function invoiceRow(invoice: Invoice): InvoiceRow {
  const url = invoice.hosted_invoice_url ?? null;
  return {
    date: shortDate(invoice.created),
    number: invoice.number ?? invoice.id,
    amount: money(invoice.total, invoice.currency),
    status: STATUS_TAGS[invoice.status ?? ''] ?? { label: 'Open', tone: 'quiet' },
    url,
    receiptUrl: url !== null && invoice.status === 'paid' ? `${url}/receipt` : null,
    isPayable: invoice.status === 'open',
  };
}
