/** The simplest news for the owner: a subscription that has just ended. */
import type Stripe from 'stripe';
import { event, subscription } from './stripe-objects.ts';

/** An event of now; each has an id of its own, and `id` is the subscription's. */
export function ended(id: string): Stripe.Event {
  const now = Math.floor(Date.now() / 1000);
  return event('customer.subscription.deleted', subscription({ id, customer: `cus_of_${id}`, status: 'canceled', ended_at: now }), { id: `evt_of_${id}`, created: now });
}
