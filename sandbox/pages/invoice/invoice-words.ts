/** What the hosted page says about an invoice. */
import { payingMethod } from '../../billing/invoice-payment.ts';
import type { Invoice } from '../../billing/shapes.ts';
import type { World } from '../../world.ts';
import { BUSINESS_NAME } from '../../business.ts';
import { cardLabel, longDate, money } from '../format.ts';
import type { InvoicePaymentView, InvoiceView } from './view.ts';

export function invoiceView(world: World, invoice: Invoice, entered: Partial<InvoicePaymentView>): InvoiceView {
  const amount = (minorUnits: number): string => money(minorUnits, invoice.currency);
  return {
    business: BUSINESS_NAME,
    number: invoice.number ?? invoice.id,
    amount: amount(invoice.total),
    ...stateOf(invoice),
    billedTo: invoice.customer_name ?? invoice.customer_email ?? '',
    date: longDate(invoice.effective_at ?? invoice.created),
    lines: invoice.lines.data.map((line) => ({
      description: line.description ?? '',
      quantity: String(line.quantity ?? 1),
      amount: amount(line.amount),
    })),
    totals: [
      { label: 'Total', amount: amount(invoice.total) },
      { label: 'Amount due', amount: amount(invoice.amount_remaining) },
    ],
    payment: invoice.status === 'open' ? paymentView(world, invoice, entered) : null,
  };
}

function stateOf(invoice: Invoice): Pick<InvoiceView, 'state' | 'tone'> {
  const paidAt = invoice.status_transitions.paid_at;
  if (invoice.status === 'paid') return { state: `Paid on ${longDate(paidAt ?? invoice.created)}`, tone: 'good' };
  if (invoice.status === 'open') return { state: 'Due', tone: 'warning' };
  return { state: invoice.status === 'void' ? 'Void' : 'Uncollectible', tone: 'quiet' };
}

function paymentView(world: World, invoice: Invoice, entered: Partial<InvoicePaymentView>): InvoicePaymentView {
  const saved = payingMethod(world, invoice);
  return {
    savedCard: saved === undefined ? null : cardLabel(saved),
    submitLabel: `Pay ${money(invoice.amount_remaining, invoice.currency)}`,
    values: {},
    errors: {},
    ...entered,
  };
}
