/** /i/:invoice: shows a finalized invoice to whoever has its link, and takes the payment of an open one. */
import express, { type Router } from 'express';
import { payInvoice, payInvoiceWithCard } from '../../billing/manual-invoices.ts';
import type { Invoice, InvoicePayment, PaymentIntent } from '../../billing/shapes.ts';
import { StripeError } from '../../wire/errors.ts';
import type { World } from '../../world.ts';
import { tryCard } from '../card-form.ts';
import type { FieldValues } from '../fields.ts';
import { formOf, Refusal, send } from '../serving.ts';
import { invoiceView, receiptView } from './invoice-words.ts';
import { receiptPage } from './receipt-view.ts';
import { CARD_IDS, invoicePage, type InvoicePaymentView } from './view.ts';

export function invoiceRouter(world: World): Router {
  const router = express.Router();
  router.get('/:invoice', (request, response) => {
    const invoice = invoiceOf(world, request.params.invoice);
    const problem = request.query.tried === undefined ? undefined : intentOf(world, invoice)?.last_payment_error?.message;
    send(response, problem === undefined ? 200 : 402, pageOf(world, invoice, { problem }));
  });
  router.post('/:invoice', (request, response) => {
    const invoice = invoiceOf(world, request.params.invoice);
    const form = formOf(request);
    const failure = invoice.status === 'open' ? pay(world, invoice, form) : undefined;
    if (failure === undefined) return response.redirect(303, `/i/${invoice.id}`);
    const intent = intentOf(world, invoice);
    if (failure.status === 402 && intent?.status === 'requires_action') return response.redirect(303, `/authenticate/${intent.id}`);
    send(response, failure.status, pageOf(world, invoiceOf(world, invoice.id), { values: form, ...failure }));
  });
  router.get('/:invoice/receipt', (request, response) => {
    const invoice = invoiceOf(world, request.params.invoice);
    if (invoice.status !== 'paid') throw new Refusal(404, 'No receipt yet', 'This invoice is not paid.', { href: `/i/${invoice.id}`, label: 'View the invoice' });
    send(response, 200, receiptPage(receiptView(world, invoice)));
  });
  router.get('/:invoice/pdf', (request, response) => response.redirect(303, `/i/${invoiceOf(world, request.params.invoice).id}`));
  return router;
}

/** The intent that an open invoice is to be paid by. */
function intentOf(world: World, { id, status }: Invoice): PaymentIntent | undefined {
  const [payment] = status === 'open' ? world.store.all<InvoicePayment>('invoice_payment', { invoice: id }).reverse() : [];
  return world.store.find<PaymentIntent>('payment_intent', payment?.payment.payment_intent ?? '');
}

/** Drafts have no page yet. */
function invoiceOf(world: World, id: string): Invoice {
  const invoice = world.store.find<Invoice>('invoice', id);
  if (invoice !== undefined && invoice.status !== 'draft') return invoice;
  throw new Refusal(404, 'No such invoice', 'This link is not complete, or the invoice is not ready yet.');
}

type Failure = Pick<InvoicePaymentView, 'errors' | 'problem'> & { status: number };

function pay(world: World, invoice: Invoice, form: FieldValues): Failure | undefined {
  if (form.method === 'saved') return payWithSavedCard(world, invoice);
  const attempt = tryCard({ ids: CARD_IDS, fields: form }, world.now(), (card) => payInvoiceWithCard(world, invoice.id, card));
  return 'errors' in attempt ? attempt : undefined;
}

function payWithSavedCard(world: World, invoice: Invoice): Failure | undefined {
  try {
    payInvoice(world, invoice.id);
    return undefined;
  } catch (error) {
    if (error instanceof StripeError) return { status: error.status, errors: {}, problem: error.message };
    throw error;
  }
}

function pageOf(world: World, invoice: Invoice, entered: Partial<InvoicePaymentView>): string {
  return invoicePage(invoiceView(world, invoice, entered));
}
