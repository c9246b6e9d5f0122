/** Asks Stripe for the present state of a subscription and saves it: for what events alone could not tell. */
import type Stripe from 'stripe';
import type { Cache } from '../cache/cache.ts';
import { invoiceAsAnswered } from './invoice-state.ts';
import { idOf, type InvoiceState } from './state.ts';

/** Fetches a subscription and its latest invoice and saves both. Throws what the Stripe SDK throws, and as the cache does. */
export async function refreshSubscription(stripe: Stripe, cache: Cache, id: string): Promise<void> {
  const snapshot = await stripe.subscriptions.retrieve(id);
  const asOf = answeredAt(snapshot);
  const invoice = snapshot.latest_invoice ? await fetchInvoice(stripe, cache, idOf(snapshot.latest_invoice), asOf) : undefined;
  await cache.saveSubscription({ id: snapshot.id, customer: idOf(snapshot.customer), status: snapshot.status, asOf, event: null, snapshot: plain(snapshot) }, invoice);
}

async function fetchInvoice(stripe: Stripe, cache: Cache, id: string, asOf: number): Promise<InvoiceState | undefined> {
  const invoice = await stripe.invoices.retrieve(id, { expand: ['payments.data.payment.payment_intent'] });
  return invoiceAsAnswered(invoice, asOf, await cache.invoice(id));
}

/** Stripe's own time of its answer, in seconds: only Stripe's times are ever compared. */
function answeredAt(answer: Stripe.Response<unknown>): number {
  return Math.floor(Date.parse(answer.lastResponse.headers.date ?? '') / 1000);
}

function plain<T>(answer: Stripe.Response<T>): T {
  return JSON.parse(JSON.stringify(answer)) as T;
}
