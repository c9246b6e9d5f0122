/** What the hosted page says about an invoice. */
import { payingMethod } from '../../billing/invoice-payment.ts';
import type { Invoice, InvoicePayment, PaymentIntent, PaymentMethod } from '../../billing/shapes.ts';
import type { World } from '../../world.ts';
import { cardLabel, longDate, money } from '../format.ts';
import type { ReceiptView } from './receipt-view.ts';
import type { InvoicePaymentView, InvoiceView } from './view.ts';

export function invoiceView(world: World, invoice: Invoice, entered: Partial<InvoicePaymentView>): InvoiceView {
  const amount = (minorUnits: number): string => money(minorUnits, invoice.currency);
  return {
    business: world.switchOf('business_name'),
    number: invoice.number ?? invoice.id,
    amount: amount(invoice.total),
    ...stateOf(invoice),
    receiptUrl: invoice.status === 'paid' ? `/i/${invoice.id}/receipt` : null,
    billedTo: invoice.customer_name ?? invoice.customer_email ?? '',
    date: longDate(invoice.effective_at ?? invoice.created),
    lines: invoice.lines.data.map((line) => ({
      description: withoutQuantity(line.description ?? ''),
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

/** `2 × Coffee` begins with what stands in a column of its own. */
function withoutQuantity(description: string): string {
  return description.replace(/^\d+ × /, '');
}

export function receiptView(world: World, invoice: Invoice): ReceiptView {
  const { lines, billedTo, number, business } = invoiceView(world, invoice, {});
  const card = paidWith(world, invoice);
  return {
    business,
    number,
    amount: money(invoice.amount_paid, invoice.currency),
    invoiceUrl: `/i/${invoice.id}`,
    facts: [
      { label: 'Paid on', value: longDate(invoice.status_transitions.paid_at ?? invoice.created) },
      { label: 'Billed to', value: billedTo },
      ...(card === undefined ? [] : [{ label: 'Payment method', value: cardLabel(card) }]),
    ],
    lines,
  };
}

/** The card that paid; none did where nothing was due. */
function paidWith(world: World, { id }: Invoice): PaymentMethod | undefined {
  const [payment] = world.store.all<InvoicePayment>('invoice_payment', { invoice: id, status: 'paid' });
  const intent = world.store.find<PaymentIntent>('payment_intent', payment?.payment.payment_intent ?? '');
  return world.store.find<PaymentMethod>('payment_method', intent?.payment_method ?? '');
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
