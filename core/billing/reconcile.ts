/** Asks Stripe for the present state of a subscription and saves it: for what events alone could not tell. */
import type Stripe from 'stripe';
import type { Cache } from '../cache/cache.ts';
import { DevchatError } from '../errors.ts';
import { invoiceAsAnswered } from './invoice-state.ts';
import { idOf, type InvoiceState } from './state.ts';

const TRIES = 3;

/**
 * Fetches a subscription with its latest invoice and saves both, again if an event came in between.
 * Throws what the Stripe SDK throws, as the cache does, and `failed` where events kept coming in between.
 */
export async function refreshSubscription(stripe: Stripe, cache: Cache, id: string): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (await fetchAndSave(stripe, cache, id)) return;
  }
  throw new DevchatError('failed', `${id} changed each time it was fetched`, 'it stays marked, and is fetched again later');
}

async function fetchAndSave(stripe: Stripe, cache: Cache, id: string): Promise<boolean> {
  const known = (await cache.subscription(id))?.subscription;
  const snapshot = await stripe.subscriptions.retrieve(id);
  const asOf = Math.max(answeredAt(snapshot), known?.asOf ?? 0);
  const invoice = snapshot.latest_invoice ? await fetchInvoice(stripe, cache, idOf(snapshot.latest_invoice), asOf) : undefined;
  const version = (known?.version ?? 0) + 1;
  return cache.saveSubscription({ id: snapshot.id, customer: idOf(snapshot.customer), status: snapshot.status, asOf, version, event: null, snapshot: plain(snapshot) }, invoice);
}

async function fetchInvoice(stripe: Stripe, cache: Cache, id: string, answered: number): Promise<InvoiceState | undefined> {
  const invoice = await stripe.invoices.retrieve(id, { expand: ['payments.data.payment.payment_intent'] });
  const known = await cache.invoice(id);
  return invoiceAsAnswered(invoice, Math.max(answered, known?.asOf ?? 0), known);
}

/**
 * Stripe's own time of its answer, in seconds: only Stripe's times are ever compared. Events of a test clock bear a time of
 * their own, which may be ahead: what was asked for after an event is never older than it.
 */
function answeredAt(answer: Stripe.Response<unknown>): number {
  return Math.floor(Date.parse(answer.lastResponse.headers.date ?? '') / 1000) || 0;
}

function plain<T>(answer: Stripe.Response<T>): T {
  return JSON.parse(JSON.stringify(answer)) as T;
}
