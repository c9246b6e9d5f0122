/** What each of Stripe's events means for the cached state. Webhook, backfill and replay all decide here. */
import { isDeepStrictEqual } from 'node:util';
import type Stripe from 'stripe';
import { API_VERSION } from '../api-version.ts';
import { own } from '../own.ts';
import { payerOf, type Card, type Payer } from './cards.ts';
import { invoiceAfter } from './invoice-state.ts';
import { idOf, isSettled, type InvoiceState, type SubscriptionState } from './state.ts';
import { cardShownBy, holdingAfter, isAlike, payerShownBy, subscriptionShownBy } from './tied.ts';
import { isId, wholeCustomer, wholeInvoice } from './whole.ts';

export const OUTCOMES = ['applied', 'ignored', 'stale', 'failed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Which cached rows an event is about; null where it is about none. */
export interface Subject {
  customer: string | null;
  subscription: string | null;
  invoice: string | null;
}

/** The cached rows of an event's subject, as they are before it. */
export interface Cached {
  subscription?: SubscriptionState | undefined;
  invoice?: InvoiceState | undefined;
  card?: Card | undefined;
  payer?: Payer | undefined;
}

/** What an event is placed against. */
export interface Known extends Cached {
  /** The other events of its second that show the same object, where what is cached of it came from one of them. */
  tied?: readonly Stripe.Event[] | undefined;
}

/** What an event does: the outcome with its reason in words, the rows to save, and the subscription to ask Stripe about. */
export interface Decision {
  outcome: Outcome;
  reason: string;
  subscription?: SubscriptionState;
  invoice?: InvoiceState;
  card?: Card;
  payer?: Payer;
  ask?: string;
  /** The customer about whose subscriptions to ask Stripe, since what pays them is in doubt. */
  askOf?: string;
  /** A customer's new card, which may pay what is missing. */
  collect?: { customer: string; paymentMethod: string };
}

type Apply = (event: Stripe.Event, known: Known) => Decision;

const APPLY: Readonly<Record<string, Apply>> = {
  'customer.subscription.created': applySubscription,
  'customer.subscription.updated': applySubscription,
  'customer.subscription.deleted': applySubscription,
  'customer.subscription.paused': applySubscription,
  'customer.subscription.resumed': applySubscription,
  'customer.subscription.trial_will_end': applySubscription,
  'customer.subscription.pending_update_applied': applySubscription,
  'customer.subscription.pending_update_expired': applySubscription,
  'checkout.session.completed': applyCheckout,
  'customer.created': applyCustomer,
  'customer.updated': applyCustomer,
  'invoice.created': applyInvoice,
  'invoice.finalized': applyInvoice,
  'invoice.finalization_failed': applyInvoice,
  'invoice.marked_uncollectible': applyInvoice,
  'invoice.overdue': applyInvoice,
  'invoice.paid': applyInvoice,
  'invoice.payment_action_required': applyInvoice,
  'invoice.payment_failed': applyInvoice,
  'invoice.payment_succeeded': applyInvoice,
  'invoice.updated': applyInvoice,
  'invoice.voided': applyInvoice,
  'payment_method.attached': applyPaymentMethod,
  'payment_method.automatically_updated': applyPaymentMethod,
  'payment_method.detached': applyPaymentMethod,
  'payment_method.updated': applyPaymentMethod,
};

/** The event types that can change the cached state. */
export const RELEVANT_TYPES: readonly string[] = Object.keys(APPLY);

/** Decides what a verified event changes. Pure; throws only where the event's object is not of the shape its type promises. */
export function applyEvent(event: Stripe.Event, known: Known, ours: { livemode: boolean }): Decision {
  if (event.livemode !== ours.livemode) return { outcome: 'ignored', reason: `it is of ${event.livemode ? 'live' : 'test'} mode, and this cache is of ${ours.livemode ? 'live' : 'test'} mode` };
  if (event.account) return { outcome: 'ignored', reason: `it is about another Stripe account, ${event.account}` };
  const apply = own(APPLY, event.type);
  if (!apply) return { outcome: 'ignored', reason: `${event.type} changes nothing here` };
  return hasOurShape(event) ? apply(event, known) : askInstead(event);
}

/** Whether an event is one that can change our state by what it shows. */
export function concernsUs(event: Stripe.Event, ours: { livemode: boolean }): boolean {
  return event.livemode === ours.livemode && !event.account && own(APPLY, event.type) !== undefined && hasOurShape(event);
}

/** Which subscription, invoice and customer an event is about, by the ids in its object. */
export function subjectOf(event: Stripe.Event): Subject {
  const object = event.data.object as Shown;
  return {
    customer: idIn(object.object === 'customer' ? object.id : object.customer),
    subscription: idIn(object.object === 'subscription' ? object.id : (object.parent?.subscription_details?.subscription ?? object.subscription)),
    invoice: object.object === 'invoice' ? idIn(object.id) : null,
  };
}

/** What any event may show, of any API version; nobody has looked at it yet. */
interface Shown {
  object?: unknown;
  id?: unknown;
  customer?: unknown;
  subscription?: unknown;
  parent?: { subscription_details?: { subscription?: unknown } | null } | null;
}

/** The id, or that of the object shown in its place; null for whatever else stands there. */
function idIn(shown: unknown): string | null {
  const id = typeof shown === 'object' && shown !== null && 'id' in shown ? shown.id : shown;
  return isId(id) ? id : null;
}

/** An endpoint's API version is frozen when it is made: its events may be shaped unlike our types (https://docs.stripe.com/webhooks/versioning). */
function hasOurShape(event: Stripe.Event): boolean {
  return event.api_version === API_VERSION;
}

function askInstead(event: Stripe.Event): Decision {
  const { subscription } = subjectOf(event);
  const shape = `it is written for API version ${event.api_version ?? 'unknown'}, not for ours`;
  if (!subscription) return { outcome: 'ignored', reason: `${shape}, and names no subscription` };
  return { outcome: 'applied', reason: `${shape}: Stripe is asked for ${subscription}`, ask: subscription };
}

function applySubscription(event: Stripe.Event, { subscription: known, tied }: Known): Decision {
  const shown = subscriptionShownBy(event);
  const holding = holdingAfter(event, shown, { known, tied, shownBy: subscriptionShownBy });
  if (!holding) return { outcome: 'applied', reason: 'same second as the cached state: Stripe is asked which holds', ask: shown.id };
  if (isOutdone(shown, known, holding)) return { outcome: 'stale', reason: `older than the cached state (${holding.status})` };
  if (isAlike(holding, known)) return { outcome: 'applied', reason: 'the cached state is this one already' };
  const { status, snapshot, event: from } = holding;
  return {
    outcome: 'applied',
    reason: known ? `${known.status} -> ${status}` : `first seen, ${status}`,
    subscription: { ...holding, version: (known?.version ?? 0) + 1 },
    ...newCard(snapshot.customer, from?.previous?.default_payment_method, snapshot.default_payment_method),
  };
}

function applyCheckout(event: Stripe.Event, { subscription: current }: Cached): Decision {
  const { subscription } = subjectOf(event);
  if (!subscription) return { outcome: 'ignored', reason: 'a Checkout Session without a subscription' };
  if (current) return { outcome: 'applied', reason: 'its subscription is cached already' };
  return { outcome: 'applied', reason: 'Stripe is asked for its subscription', ask: subscription };
}

function applyCustomer(event: Stripe.Event, { payer: known, tied }: Known): Decision {
  const customer = wholeCustomer(event.data.object);
  const previous = event.data.previous_attributes as { invoice_settings?: { default_payment_method?: string | null } } | undefined;
  const card = newCard(customer.id, previous?.invoice_settings?.default_payment_method, customer.invoice_settings?.default_payment_method);
  const payer = payerOf(customer, event.created);
  if (!payer) return { outcome: 'ignored', reason: 'it does not say what the customer pays with' };
  const holding = holdingAfter(event, payer, { known, tied, shownBy: payerShownBy });
  if (!holding) return { ...inDoubt(customer.id, customer.id), ...card };
  if (isOutdone(payer, known, holding)) return { outcome: 'stale', reason: `older than what is known of ${customer.id}`, ...card };
  return { outcome: 'applied', reason: `${customer.id} pays with ${holding.paymentMethod ?? 'nothing yet'}`, payer: holding, ...card };
}

function applyPaymentMethod(event: Stripe.Event, { card: known, tied }: Known): Decision {
  const card = cardShownBy(event);
  const holding = holdingAfter(event, card, { known, tied, shownBy: cardShownBy });
  if (!holding) return inDoubt(card.name, card.customer!); // of a detached one there is no doubt
  if (isOutdone(card, known, holding)) return { outcome: 'stale', reason: `older than what is known of ${card.name}` };
  return { outcome: 'applied', reason: holding.customer === null ? `${holding.name} pays nothing any more` : `${holding.name} of ${holding.customer}`, card: holding };
}

/** Whether what is known goes on to hold, and says otherwise. */
function isOutdone<Shown extends SubscriptionState | Card | Payer>(shown: Shown, known: Shown | undefined, holding: Shown): boolean {
  return isAlike(holding, known) && !isAlike(shown, known);
}

function inDoubt(subject: string, customer: string): Decision {
  return { outcome: 'applied', reason: `same second as what is kept of ${subject}: Stripe is asked about each subscription of ${customer}`, askOf: customer };
}

/** `previous` is undefined where the event says nothing of a change. */
function newCard(customer: string | { id: string }, previous: unknown, card: string | { id: string } | null | undefined): Pick<Decision, 'collect'> {
  return previous === undefined || !card ? {} : { collect: { customer: idOf(customer), paymentMethod: idOf(card) } };
}

function applyInvoice(event: Stripe.Event, cached: Cached): Decision {
  const after = invoiceAfter(event, wholeInvoice(event.data.object), cached.invoice);
  if (!after) return { outcome: 'ignored', reason: 'an invoice without a subscription' };
  if (after === cached.invoice) return { outcome: 'stale', reason: `older than what is known of ${after.id} (${after.status})` };
  const doubt = doubtAbout(after, cached.invoice);
  return {
    outcome: 'applied',
    reason: doubt ?? `${after.id} is ${after.status}`,
    invoice: after,
    ...(doubt || !cached.subscription ? { ask: after.subscription } : {}),
  };
}

/** What only Stripe can tell of an invoice: why its payment failed, and which of two snapshots of one second holds. */
export function doubtAbout(after: InvoiceState, before: InvoiceState | undefined): string | undefined {
  if (after.failedAt !== null && after.failedAt !== before?.failedAt) return `the payment of ${after.id} failed: Stripe is asked why`;
  const isTie = after.asOf === before?.asOf && !isSettled(after.status) && !isDeepStrictEqual(after, before);
  return isTie ? `same second as what is known of ${after.id}: Stripe is asked which holds` : undefined;
}
