/** Reads what Stripe's events carry as the objects that their types promise; what misses a part that the cache stands on is refused. */
import type Stripe from 'stripe';

/** Throws TypeError where the subscription misses what is read of it. */
export function wholeSubscription(object: Stripe.Event.Data.Object): Stripe.Subscription {
  const { id, customer, status, created, items } = object as Partial<Stripe.Subscription>;
  if (!id || !customer || !status || !isNumber(created) || !Array.isArray(items?.data)) throw new TypeError('it is not a whole subscription');
  return object as Stripe.Subscription;
}

/** Throws TypeError where the invoice misses what is read of it. */
export function wholeInvoice(object: Stripe.Event.Data.Object): Stripe.Invoice {
  const { id, created, amount_remaining: missing, currency } = object as Partial<Stripe.Invoice>;
  if (!id || !currency || !isNumber(created) || !isNumber(missing)) throw new TypeError('it is not a whole invoice');
  return object as Stripe.Invoice;
}

/** Throws TypeError where the payment method misses what is read of it. */
export function wholePaymentMethod(object: Stripe.Event.Data.Object): Stripe.PaymentMethod {
  const { id, type } = object as Partial<Stripe.PaymentMethod>;
  if (!id || !type) throw new TypeError('it is not a whole payment method');
  return object as Stripe.PaymentMethod;
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}
