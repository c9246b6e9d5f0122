/** How a Checkout Session ends: by the customer's click on its hosted page, or unsold. */
import { invalidRequest } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import type { World } from '../world.ts';
import type { CardDetails } from './cards.ts';
import { tellInOrder } from './change.ts';
import type { StoredSession } from './checkout-sessions.ts';
import { buildCustomer } from './customers.ts';
import { attachPaymentMethod, createPaymentMethod } from './payment-methods.ts';
import { completeSetup } from './setup-intents.ts';
import type { PaymentMethod } from './shapes.ts';
import { trialEnd } from './new-subscription.ts';
import { beginningOrder, beginSubscription } from './subscription-start.ts';

/** What the page asks for. `email` is needed when the session names no customer. */
export interface CheckoutEntry extends CardDetails {
  name?: string | null;
  email?: string | null;
  country?: string | null;
  postalCode?: string | null;
}

export interface CompletedCheckout {
  session: StoredSession;
  /** The shop's success URL with the session's id in place of `{CHECKOUT_SESSION_ID}`. */
  redirectUrl: string;
}

/**
 * Sells what the session offers: keeps the card, starts the subscription, pays the first invoice, closes the session.
 * Emits the events in Stripe's order, `checkout.session.completed` before `customer.subscription.created`. Throws
 * StripeError: 402 for a card that the bank refuses (the session stays open and nothing was written), 400 for a session
 * that is not open any more.
 */
export function completeCheckout(world: World, sessionId: string, entry: CheckoutEntry): CompletedCheckout {
  return world.store.transaction(() => {
    const session = existing<StoredSession>(world, 'checkout.session', sessionId);
    if (session.status !== 'open') {
      throw invalidRequest(`This Checkout Session cannot be paid any more: its status is ${session.status}.`);
    }
    const hasTrial = trialEnd(world, session._subscription_data) !== null;
    const completed = tellInOrder(world, beginningOrder(hasTrial), (telling) => sell(telling, session, entry, hasTrial));
    return { session: completed, redirectUrl: redirectUrl(completed) };
  });
}

function sell(world: World, session: StoredSession, entry: CheckoutEntry, hasTrial: boolean): StoredSession {
  const customer = session.customer ?? newCustomer(world, session, entry);
  const paymentMethod = keepCard(world, customer, session, entry);
  if (hasTrial) completeSetup(world, customer, paymentMethod);
  const subscription = beginSubscription(world, {
    ...session._subscription_data,
    customer,
    default_payment_method: paymentMethod.id,
    items: session.line_items.data.map((item) => ({ price: item.price?.id ?? '', quantity: item.quantity })),
    payment_behavior: 'error_if_incomplete',
  });
  const completed = world.store.save<StoredSession>({
    ...session,
    customer,
    customer_details: detailsAfter(session, paymentMethod),
    invoice: subscription.latest_invoice,
    payment_status: hasTrial ? 'no_payment_required' : 'paid',
    status: 'complete',
    subscription: subscription.id,
    url: null,
  });
  world.emit('checkout.session.completed', completed);
  return completed;
}

function newCustomer(world: World, session: StoredSession, entry: CheckoutEntry): string {
  const email = session.customer_email ?? entry.email ?? null;
  if (email === null) throw invalidRequest('Missing required param: email.', 'email', 'parameter_missing');
  const customer = world.store.insert({ ...buildCustomer(world), email, name: entry.name ?? null });
  world.emit('customer.created', customer);
  return customer.id;
}

function keepCard(world: World, customer: string, session: StoredSession, entry: CheckoutEntry): PaymentMethod {
  const { name = null, country = null, postalCode: postal_code = null } = entry;
  const address = { city: null, country, line1: null, line2: null, postal_code, state: null };
  const email = session.customer_details?.email ?? entry.email ?? null;
  const created = createPaymentMethod(world, entry, { address, email, name });
  return attachPaymentMethod(world, created.id, customer);
}

function detailsAfter(session: StoredSession, paymentMethod: PaymentMethod): StoredSession['customer_details'] {
  const { address, email, name, phone } = paymentMethod.billing_details;
  return {
    address,
    business_name: null,
    email,
    individual_name: null,
    name,
    phone,
    tax_exempt: session.customer_details?.tax_exempt ?? 'none',
    tax_ids: [],
  };
}

function redirectUrl(session: StoredSession): string {
  return (session.success_url ?? '').replaceAll('{CHECKOUT_SESSION_ID}', session.id);
}

/** Closes an open session unsold. Emits `checkout.session.expired`. Throws StripeError (400) for one that is not open. */
export function expireCheckoutSession(world: World, id: string): StoredSession {
  const session = existing<StoredSession>(world, 'checkout.session', id);
  if (session.status !== 'open') {
    const rule = 'Only Checkout Sessions with a status in ["open"] can be expired.';
    throw invalidRequest(`${rule} This Checkout Session has a status of ${session.status}.`);
  }
  const expired = world.store.save<StoredSession>({ ...session, status: 'expired', url: null });
  world.emit('checkout.session.expired', expired);
  return expired;
}
