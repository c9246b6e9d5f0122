/** Payment intents that an invoice or a Checkout Session made for itself: nobody else changes what they take, or gives them up. */
import { invalidRequest } from '../wire/errors.ts';
import type { World } from '../world.ts';
import type { StoredSession } from './checkout-sessions.ts';
import type { InvoicePayment, PaymentIntent } from './shapes.ts';

/**
 * Throws StripeError (400) for an intent that waits for an invoice or a session; `verb` says what was to be done with it.
 * @see https://docs.stripe.com/api/payment_intents/cancel
 */
export function refuseOwned(world: World, { id, status }: PaymentIntent, verb: string): void {
  const owner = status === 'requires_capture' ? undefined : ownerOf(world, id);
  if (owner === undefined) return;
  throw invalidRequest(`You cannot ${verb} this PaymentIntent because it belongs to the ${owner.name} ${owner.id}: ${owner.instead}.`);
}

function ownerOf(world: World, intent: string): { name: string; id: string; instead: string } | undefined {
  const [payment] = world.store.all<InvoicePayment>('invoice_payment', { 'payment.payment_intent': intent, status: 'open' });
  if (payment !== undefined) return { name: 'invoice', id: payment.invoice, instead: 'void the invoice' };
  const [session] = world.store.all<StoredSession>('checkout.session', { _intent: intent, status: 'open' });
  return session && { name: 'Checkout Session', id: session.id, instead: 'expire the session' };
}
