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
  const version = ((await cache.subscription(id))?.subscription.version ?? 0) + 1;
  const snapshot = await stripe.subscriptions.retrieve(id);
  const asOf = answeredAt(snapshot);
  const invoice = snapshot.latest_invoice ? await fetchInvoice(stripe, cache, idOf(snapshot.latest_invoice), asOf) : undefined;
  return cache.saveSubscription({ id: snapshot.id, customer: idOf(snapshot.customer), status: snapshot.status, asOf, version, event: null, snapshot: plain(snapshot) }, invoice);
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
