/** Ends a subscription at Stripe now, as the Customer Portal that devchat provisions does. */
import type Stripe from 'stripe';
import type { Cache } from '../cache/cache.ts';
import { refreshSubscription } from './reconcile.ts';

/**
 * Cancels without proration and without a final invoice, and saves what Stripe then says of it, with what follows for sessions and notices.
 * One that has ended meanwhile is saved as it is: Stripe has none to cancel where the answer to an earlier try was lost.
 * Throws what the Stripe SDK throws, and as `refreshSubscription`.
 */
export async function endSubscription(stripe: Stripe, cache: Cache, id: string): Promise<void> {
  try {
    await stripe.subscriptions.cancel(id, { prorate: false, invoice_now: false });
  } catch (error) {
    if ((error as { code?: string }).code !== 'resource_missing') throw error;
  }
  await refreshSubscription(stripe, cache, id);
}
