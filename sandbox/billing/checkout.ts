/** How a Checkout Session ends: by the customer's click on its hosted page, or unsold. */
import { invalidRequest, missingParameter, type StripeError } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import type { World } from '../world.ts';
import type { CardDetails } from './cards.ts';
import { tellInOrder } from './change.ts';
import { dueToday, soldOrders } from './checkout-line-items.ts';
import type { StoredSession } from './checkout-sessions.ts';
import { buildCustomer } from './customers.ts';
import { challengeUrl } from './next-action.ts';
import { confirmPaymentIntent, createPaymentIntent, giveUpPaymentIntent, intentRefusal } from './payment-intents.ts';
import { createPaymentMethod, NO_BILLING_DETAILS } from './payment-methods.ts';
import { confirmSetupIntent, createSetupIntent, setupRefusal } from './setup-intents.ts';
import type { Address, PaymentIntent, PaymentMethod, SetupIntent } from './shapes.ts';
import { beginningOrder, beginSubscription } from './subscription-start.ts';

/** What the page asks for. `email` is needed when the session makes a customer. */
export interface CheckoutEntry extends CardDetails {
  name?: string | null;
  email?: string | null;
  address?: Address | null;
}

export interface CompletedCheckout {
  /** Still open when the card's holder has to authenticate first. */
  session: StoredSession;
  /** The shop's success URL with the session's id in place of `{CHECKOUT_SESSION_ID}`; or where the holder authenticates. */
  redirectUrl: string;
}

type BillingDetails = PaymentMethod['billing_details'];

interface Attempt extends CompletedCheckout {
  refusal?: StripeError;
}

/**
 * Sells what the session offers: charges the card or sets it up, starts the subscription, closes the session. Emits the
 * events in Stripe's order, `checkout.session.completed` before `customer.subscription.created`. Throws StripeError: 402 for
 * a card that the bank refuses (the session stays open, what the try left behind stays, too), 400 for a session that is not
 * open any more.
 */
export function completeCheckout(world: World, sessionId: string, entry: CheckoutEntry): CompletedCheckout {
  return completed(
    world.store.transaction(() => {
      const session = openSession(world, sessionId);
      return pay(world, session, enteredCard(world, session, entry));
    }),
  );
}

/**
 * The same without a card, where none is asked for. `email` is needed when the session makes a customer. Throws StripeError
 * (400) for a session that asks for a card.
 */
export function completeCheckoutWithoutCard(world: World, sessionId: string, { email }: Pick<CheckoutEntry, 'email'>): CompletedCheckout {
  return world.store.transaction(() => {
    const session = openSession(world, sessionId);
    if (asksForCard(session)) throw missingParameter('payment_method');
    return tellInOrder(world, orderOf, (telling) => {
      const buyer = { ...NO_BILLING_DETAILS, email: session.customer_details?.email ?? email ?? null };
      const _customer = customerFor(telling, session, buyer) ?? undefined;
      return sell(telling, telling.store.save<StoredSession>({ ...session, ...(_customer && { _customer }) }), buyer);
    });
  });
}

/** With `payment_method_collection: if_required` nobody is asked for a card while nothing is due. */
export function asksForCard(session: StoredSession): boolean {
  return session.payment_method_collection !== 'if_required' || dueNow(session) > 0;
}

/** The same with a card that is stored already. */
export function completeCheckoutWith(world: World, sessionId: string, card: PaymentMethod): CompletedCheckout {
  return completed(world.store.transaction(() => pay(world, openSession(world, sessionId), card)));
}

function completed({ refusal, ...checkout }: Attempt): CompletedCheckout {
  if (refusal !== undefined) throw refusal;
  return checkout;
}

function openSession(world: World, id: string): StoredSession {
  const session = existing<StoredSession>(world, 'checkout.session', id);
  if (session.status === 'open') return session;
  throw invalidRequest(`This Checkout Session cannot be paid any more: its status is ${session.status}.`);
}

function enteredCard(world: World, session: StoredSession, entry: CheckoutEntry): PaymentMethod {
  const { name = null } = entry;
  const address = entry.address ?? NO_BILLING_DETAILS.address;
  const email = session.customer_details?.email ?? entry.email ?? null;
  return createPaymentMethod(world, entry, { address, email, name });
}

function pay(world: World, session: StoredSession, card: PaymentMethod): Attempt {
  return tellInOrder(world, orderOf, (telling) => {
    const customer = customerFor(telling, session, card.billing_details);
    const intent = dueNow(session) > 0
      ? confirmPaymentIntent(telling, paymentIntentFor(telling, session, customer), card)
      : confirmSetupIntent(telling, setupIntentFor(telling, session, customer), card);
    return proceed(telling, remembering(telling, session, customer, intent), intent);
  });
}

/** An authentication that a session waits for is over: the session is completed, or waits for another card. */
export function resumeCheckout(world: World, session: StoredSession, resume: (world: World) => PaymentIntent | SetupIntent): StoredSession {
  return tellInOrder(world, orderOf, (telling) => proceed(telling, session, resume(telling))).session;
}

/** A try that did not sell is told as it came. */
function orderOf({ session }: Attempt): readonly string[] | undefined {
  if (session.status !== 'complete') return undefined;
  return session.mode === 'subscription' ? beginningOrder(session.payment_status === 'no_payment_required' || hasTrial(session)) : TOLD_OF_A_SALE;
}

const TOLD_OF_A_SALE = [
  'customer.created',
  'charge.succeeded',
  'payment_method.attached',
  'payment_intent.succeeded',
  'payment_intent.amount_capturable_updated',
  'setup_intent.succeeded',
  'setup_intent.created',
  'checkout.session.completed',
  'payment_intent.created',
] as const;

function hasTrial({ _subscription_data: { trial_end, trial_period_days } }: StoredSession): boolean {
  return trial_period_days != null || trial_end != null;
}

/** In a trial, and for a free price, nothing: only the card is set up. */
function dueNow(session: StoredSession): number {
  return dueToday(session.line_items, hasTrial(session));
}

/** Whom the session names, or a new customer; a payment can do without. */
function customerFor(world: World, session: StoredSession, buyer: BillingDetails): string | null {
  const known = session.customer ?? session._customer;
  if (known !== undefined || session.customer_creation !== 'always') return known ?? null;
  const { name, phone } = buyer;
  const address = buyer.address?.country == null ? null : buyer.address;
  const email = session.customer_email ?? buyer.email;
  if (email === null) throw invalidRequest('Missing required param: email.', 'email', 'parameter_missing');
  const customer = world.store.insert({ ...buildCustomer(world), address, email, name, phone });
  world.emit('customer.created', customer);
  return customer.id;
}

/** One intent serves all tries. */
function paymentIntentFor(world: World, session: StoredSession, customer: string | null): PaymentIntent {
  const tried = world.store.find<PaymentIntent>('payment_intent', session._intent ?? '');
  if (tried !== undefined) return tried;
  const subscribing = { description: 'Subscription creation', setupFutureUsage: 'off_session' } as const;
  return createPaymentIntent(world, {
    ...(session.mode === 'subscription' ? subscribing : session._payment_intent_data),
    amount: dueNow(session),
    currency: session.currency ?? '',
    customer,
  });
}

function setupIntentFor(world: World, session: StoredSession, customer: string | null): SetupIntent {
  const tried = world.store.find<SetupIntent>('setup_intent', session._intent ?? '');
  return tried ?? createSetupIntent(world, { ...session._setup_intent_data, customer });
}

function remembering(world: World, session: StoredSession, customer: string | null, { id }: { id: string }): StoredSession {
  return world.store.save<StoredSession>({
    ...session,
    payment_intent: session.mode === 'payment' ? id : null,
    setup_intent: session.mode === 'setup' ? id : null,
    _intent: id,
    ...(customer === null ? {} : { _customer: customer }),
  });
}

function proceed(world: World, session: StoredSession, intent: PaymentIntent | SetupIntent): Attempt {
  if (intent.status === 'requires_action') return { session, redirectUrl: challengeUrl(world, intent.id) };
  if (intent.status === 'succeeded' || intent.status === 'requires_capture') return sellTo(world, session, intent);
  const refusal = intent.object === 'payment_intent' ? intentRefusal(intent) : setupRefusal(intent);
  return { session, redirectUrl: '', refusal };
}

function sellTo(world: World, session: StoredSession, intent: PaymentIntent | SetupIntent): Attempt {
  const card = existing<PaymentMethod>(world, 'payment_method', intent.payment_method ?? '');
  return sell(world, session, card.billing_details, { card, ...(intent.object === 'payment_intent' ? { paidBy: intent } : {}) });
}

interface Means {
  card?: PaymentMethod;
  paidBy?: PaymentIntent;
}

function sell(world: World, session: StoredSession, buyer: BillingDetails, { card, paidBy }: Means = {}): Attempt {
  const sold = world.store.save<StoredSession>({
    ...session,
    ...(session.mode === 'subscription' ? subscribe(world, session, card, paidBy) : {}),
    // The page takes no card before its terms are accepted.
    consent: session.consent_collection?.terms_of_service === 'required' ? { promotions: null, terms_of_service: 'accepted' } : null,
    customer: session.customer ?? session._customer ?? null,
    customer_details: detailsAfter(session, buyer),
    payment_status: paymentStatus(session, paidBy),
    status: 'complete',
    url: null,
  });
  world.emit('checkout.session.completed', sold);
  return { session: sold, redirectUrl: successUrl(sold) };
}

export function successUrl(session: StoredSession): string {
  return (session.success_url ?? '').replaceAll('{CHECKOUT_SESSION_ID}', session.id);
}

function subscribe(world: World, session: StoredSession, card: PaymentMethod | undefined, paidBy: PaymentIntent | undefined) {
  const order = {
    ...session._subscription_data,
    customer: session.customer ?? session._customer ?? '',
    default_payment_method: card?.id ?? null,
  };
  const { recurring, once } = soldOrders(session.line_items);
  const subscription = beginSubscription(world, order, recurring, { once, paidBy });
  return { invoice: subscription.latest_invoice, subscription: subscription.id };
}

/** What is only authorized is not paid; a trial is paid in the reading of the switch `trial_checkout` that names its price. */
function paymentStatus(session: StoredSession, paidBy: PaymentIntent | undefined): StoredSession['payment_status'] {
  if (paidBy?.status === 'requires_capture') return 'unpaid';
  return (session.amount_total ?? 0) > 0 ? 'paid' : 'no_payment_required';
}

function detailsAfter(session: StoredSession, buyer: BillingDetails): StoredSession['customer_details'] {
  const { address, email, name, phone } = buyer;
  return {
    address,
    business_name: null,
    email: session.customer_details?.email ?? email,
    individual_name: null,
    name,
    phone,
    tax_exempt: session.customer_details?.tax_exempt ?? 'none',
    tax_ids: [],
  };
}

/** Closes an open session unsold, and gives up what it tried. Emits `checkout.session.expired`. Throws StripeError (400) for one that is not open. */
export function expireCheckoutSession(world: World, id: string): StoredSession {
  const session = existing<StoredSession>(world, 'checkout.session', id);
  if (session.status !== 'open') {
    const rule = 'Only Checkout Sessions with a status in ["open"] can be expired.';
    throw invalidRequest(`${rule} This Checkout Session has a status of ${session.status}.`);
  }
  const expired = world.store.save<StoredSession>({ ...session, status: 'expired', url: null });
  world.emit('checkout.session.expired', expired);
  if (world.store.find('payment_intent', session._intent ?? '')) giveUpPaymentIntent(world, session._intent ?? '', 'automatic');
  return expired;
}
