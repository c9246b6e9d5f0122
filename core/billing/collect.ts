/**
 * Pays what is missing with a customer's new card. A new card alone would wait for Stripe's next retry:
 * https://docs.stripe.com/billing/revenue-recovery/smart-retries
 */
import type Stripe from 'stripe';
import type { Cache } from '../cache/cache.ts';
import { refreshSubscription, retrieveSubscription } from './reconcile.ts';
import { idOf, isTerminal, type InvoiceState } from './state.ts';

/** Declined (402, also where the bank wants the customer's confirmation), paid or void already (400), not for this key (403), unknown (404): asking again changes nothing. */
const FINAL: readonly unknown[] = [400, 402, 403, 404];

/** What became of an invoice: "paid", or why not, in Stripe's words. */
export interface Collected {
  invoice: string;
  outcome: string;
}

/**
 * Tries the card once for each missing invoice of the customer and takes the collection off the list. However often and by however
 * many processes it is called, a card is charged once for an invoice: the key is the same, and Stripe refuses a paid invoice.
 * Throws what the Stripe SDK and the cache throw where it is worth another try; the collection then stays.
 */
export async function collectWithNewCard(stripe: Stripe, cache: Cache, collection: { customer: string; paymentMethod: string }): Promise<Collected[]> {
  const collected: Collected[] = [];
  for (const invoice of await cache.missingInvoices(collection.customer)) {
    const outcome = await pay(stripe, invoice, collection.paymentMethod).catch(refusal);
    await refreshSubscription(stripe, cache, invoice.subscription).catch(refusal);
    collected.push({ invoice: invoice.id, outcome });
  }
  await cache.dropCollection(collection);
  return collected;
}

/**
 * Takes nothing for a subscription that has ended, for which Stripe itself tries no more; nor where invoices are sent for the customer to
 * pay; nor from a card that does not pay this subscription, because it came for another or was replaced since: then the other has news of its own.
 */
async function pay(stripe: Stripe, { id, subscription }: InvoiceState, card: string): Promise<string> {
  const { status, collection_method: method, customer, default_payment_method: own } = await retrieveSubscription(stripe, subscription, ['customer']);
  if (isTerminal(status)) return `${subscription} has ended`;
  if (method === 'send_invoice') return `${subscription} is paid by invoices that are sent`;
  const usual = (customer as Partial<Stripe.Customer>).invoice_settings?.default_payment_method;
  if (![own, usual].some((each) => each && idOf(each) === card)) return `${card} does not pay ${subscription}`;
  // Its own card comes before the default: left as it is, the one that failed would be charged again for the next period.
  if (own && idOf(own) !== card) await stripe.subscriptions.update(subscription, { default_payment_method: card });
  await stripe.invoices.pay(id, { payment_method: card }, { idempotencyKey: `devchat-new-card-${id}-${card}` });
  return 'paid';
}

function refusal(error: unknown): string {
  const { statusCode, message } = error as { statusCode?: number; message: string };
  if (!FINAL.includes(statusCode)) throw error;
  return message;
}
