/** What an event is about and what became of it, in words that the owner of a shop understands. */
import type Stripe from 'stripe';
import { API_VERSION } from '../../core/api-version.ts';
import { isKnownStatus } from '../../core/billing/standing.ts';
import type { JournaledEvent } from '../../core/cache/cache.ts';
import { own } from '../../core/own.ts';

/** Stripe's types: https://docs.stripe.com/api/events/types */
const ABOUT: Readonly<Record<string, string>> = {
  'customer.subscription.created': 'a subscription was made',
  'customer.subscription.updated': 'a subscription changed',
  'customer.subscription.deleted': 'a subscription ended',
  'customer.subscription.paused': 'a subscription was paused',
  'customer.subscription.resumed': 'a paused subscription goes on',
  'customer.subscription.trial_will_end': 'a trial ends within three days',
  'customer.subscription.pending_update_applied': 'a change that waited for its payment was made',
  'customer.subscription.pending_update_expired': 'a change that waited for its payment was dropped',
  'checkout.session.completed': 'somebody went through Checkout',
  'customer.created': 'a customer was made',
  'customer.updated': 'a customer changed',
  'invoice.created': 'an invoice was drafted',
  'invoice.finalized': 'an invoice is ready to be paid',
  'invoice.finalization_failed': 'an invoice could not be made ready',
  'invoice.marked_uncollectible': 'an invoice was written off',
  'invoice.overdue': 'an invoice is overdue',
  'invoice.paid': 'an invoice is paid',
  'invoice.payment_action_required': 'a payment waits for the customer to confirm it',
  'invoice.payment_failed': 'a payment failed',
  'invoice.payment_succeeded': 'a payment succeeded',
  'invoice.updated': 'an invoice changed',
  'invoice.voided': 'an invoice was voided',
  'payment_method.attached': 'a customer has a new card',
  'payment_method.automatically_updated': 'a bank replaced a card',
  'payment_method.detached': 'a card was removed',
  'payment_method.updated': 'a card changed',
};

/** "a payment failed"; undefined for what devchat does not look at. */
export function aboutWords(type: string): string | undefined {
  return own(ABOUT, type);
}

/** What it means that an event became what it is, and what can be done about it. */
export interface Explanation {
  means: string;
  next?: string;
}

interface Facts {
  event: JournaledEvent;
  payload: Partial<Stripe.Event>;
}

/** The first row that fits explains the event. */
const EXPLANATIONS: ReadonlyArray<readonly [fits: (facts: Facts) => boolean, explain: (facts: Facts) => Explanation]> = [
  [({ event }) => event.outcome === 'failed', failure],
  [({ event }) => event.reason.startsWith('another text came under its id'), () => ({ means: 'It could not be applied itself, and stays as it came. What came later under its id says something else, and counts instead: the last attempt names it. Nothing is to be done.' })],
  [({ event }) => event.outcome === 'stale', () => ({ means: 'Something newer was known already, so it changed nothing. Nothing is to be done.' })],
  [isOfOtherMode, ({ payload }) => ({ means: `It is of ${modeOf(payload)} mode, and this cache belongs to the other. It changed nothing.`, next: 'To hear no more of them: give each mode a webhook endpoint and a cache of its own.' })],
  [({ event, payload }) => event.outcome === 'ignored' && Boolean(payload.account), ({ payload }) => ({ means: `It belongs to another Stripe account, ${payload.account}, that is connected to yours. It changed nothing: devchat sells for your own account alone.`, next: 'To hear no more of them: in Stripe’s Dashboard, let the webhook endpoint listen to your account, not to connected accounts.' })],
  [({ event }) => aboutWords(event.type) === undefined, () => ({ means: 'devchat does not look at events of this type. Nothing is to be done.' })],
  [({ payload }) => payload.api_version !== API_VERSION, otherShape],
  [({ payload }) => strangeStatus(payload) !== undefined, ({ payload }) => ({ means: `Stripe says "${strangeStatus(payload)}", a status that this devchat does not know: it grants no session unless DEVCHAT_POLICY says otherwise (unknown=…).`, next: 'devchat config set policy unknown=on, off or hold; or update devchat.' })],
  [({ event }) => event.outcome === 'ignored', () => ({ means: 'It is about no subscription, so it changed nothing. Nothing is to be done.' })],
  [({ event }) => event.reason.startsWith('same second as the cached state'), () => ({ means: 'Another event of the same second shows the subscription otherwise, and nothing in them tells which came first. It changed nothing; Stripe is asked which holds. Nothing is to be done.' })],
  [({ event }) => event.reason.startsWith('same second as what is known of'), () => ({ means: 'Another event of the same second shows the invoice otherwise, and nothing in them tells which came first. This one is cached until Stripe, which is asked, has said which holds. Nothing is to be done.' })],
  [({ event }) => event.reason.startsWith('same second as what is kept of'), () => ({ means: 'Another event of the same second shows this otherwise, and nothing in them tells which came last. It changed nothing; Stripe is asked about each subscription of the customer that goes on. Nothing is to be done.' })],
  [() => true, () => ({ means: 'It is part of the cached state. Nothing is to be done.' })],
];

export function explanationOf(event: JournaledEvent, payload: string): Explanation {
  const facts = { event, payload: JSON.parse(payload) as Partial<Stripe.Event> };
  const [, explain] = EXPLANATIONS.find(([fits]) => fits(facts))!;
  return explain(facts);
}

function failure({ event }: Facts): Explanation {
  const why = event.reason.startsWith('its object cannot be read') ? 'It misses a part that events of its type have, or holds what cannot be, so devchat could not read it.' : 'devchat could not apply it.';
  return {
    means: `${why} It is kept as it came, and changed nothing. Stripe sends it again by itself for up to three days.`,
    next: `devchat events replay ${event.id} tries again, best once devchat is updated.`,
  };
}

function otherShape({ event, payload }: Facts): Explanation {
  const asked = event.outcome === 'applied' ? 'Nothing was read from it; Stripe is asked about the subscription instead.' : 'It changed nothing, since it names no subscription to ask Stripe about.';
  return {
    means: `It is written in the form of Stripe’s API version ${payload.api_version ?? 'unknown'}, and devchat reads ${API_VERSION}. ${asked}`,
    next: 'devchat provision webhook makes an endpoint that sends the form that devchat reads.',
  };
}

/** The mode stands first among what is looked at: an event of the other one was ignored for that. */
function isOfOtherMode({ event, payload }: Facts): boolean {
  return event.outcome === 'ignored' && event.reason.startsWith(`it is of ${modeOf(payload)} mode`);
}

function modeOf({ livemode }: Partial<Stripe.Event>): string {
  return livemode ? 'live' : 'test';
}

function strangeStatus({ data }: Partial<Stripe.Event>): string | undefined {
  const { object, status } = data?.object as { object?: string; status?: string };
  return object === 'subscription' && status !== undefined && !isKnownStatus(status) ? status : undefined;
}
