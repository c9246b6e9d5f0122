/** /v1/invoice_payments: which payment paid which invoice. */
import type { InvoicePayment } from '../billing/shapes.ts';
import { existing } from '../wire/existing.ts';
import { choice, hash, required, string } from '../wire/params.ts';
import { listRoute, route } from '../wire/route.ts';

const filters = {
  invoice: string(),
  payment: hash({ payment_intent: string(), type: required(choice(['payment_intent'])) }),
  status: choice(['canceled', 'open', 'paid']),
};

export const invoicePaymentRoutes = [
  route('GET', '/v1/invoice_payments/:id', {}, (world, { path }) => existing<InvoicePayment>(world, 'invoice_payment', path.id)),
  listRoute('/v1/invoice_payments', 'invoice_payment', filters, ({ invoice, payment, status }) => ({
    ...(invoice == null ? {} : { invoice }),
    ...(payment == null ? {} : { 'payment.type': payment.type }),
    ...(payment?.payment_intent == null ? {} : { 'payment.payment_intent': payment.payment_intent }),
    ...(status == null ? {} : { status }),
  })),
];
