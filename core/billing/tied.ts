/** Places what an event tells of a subscription, of a card, or of what a customer pays with, against what is known of it. Rules: docs/ordering.md. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type Stripe from 'stripe';
import { cardOf, payerOf, type Card, type Payer } from './cards.ts';
import { lastAmong, orderInTime, type Told } from './ordering.ts';
import { idOf, type SubscriptionState } from './state.ts';
import { wholeCustomer, wholePaymentMethod, wholeSubscription } from './whole.ts';

type State = SubscriptionState | Card | Payer;

/** Nothing of Stripe's changes more often within a second; comparing each with each takes its time. */
export const MOST_TIED = 20;

/** How an event of a kind is read: undefined where it does not tell. */
type ShownBy<Shown> = (event: Stripe.Event) => Shown | undefined;

/** The first `version`. Throws TypeError where the event shows no whole subscription. */
export function subscriptionShownBy({ type, data, created }: Stripe.Event): SubscriptionState {
  const snapshot = wholeSubscription(data.object);
  const { id, status, customer } = snapshot;
  return { id, customer: idOf(customer), status, asOf: created, version: 1, event: { type, previous: data.previous_attributes ?? null }, snapshot };
}

/** Throws TypeError where the event shows no whole payment method. */
export const cardShownBy = ({ data, created }: Stripe.Event): Card => cardOf(wholePaymentMethod(data.object), created);
/** Undefined where it does not say what the customer pays with. Throws TypeError where the event shows no whole customer. */
export const payerShownBy = ({ data, created }: Stripe.Event): Payer | undefined => payerOf(wholeCustomer(data.object), created);

/**
 * What holds after an event that shows this; undefined where only Stripe can tell. `tied` are the other events of its second, where what is known
 * came from one of them: once an event has come that was missing, another of them may be proven to be the last. Against what none of them shows,
 * as an answer of Stripe's, they prove nothing; nor do more than `MOST_TIED`.
 */
export function holdingAfter<Shown extends State>(event: Stripe.Event, shown: Shown, against: { known: Shown | undefined; tied: readonly Stripe.Event[] | undefined; shownBy: ShownBy<Shown> }): Shown | undefined {
  const { known, tied = [], shownBy } = against;
  const order = orderInTime(shown, known);
  if (order !== 'unsure') return order === 'newer' ? shown : known;
  if (tied.length > MOST_TIED) return undefined;
  const all = [{ told: toldBy(event), shown }, ...tied.flatMap((other) => readable(other, shownBy))];
  if ([known, ...all.map((each) => each.shown)].every((each) => isAlike(shown, each))) return known;
  const isExplained = all.some((each) => isAlike(each.shown, known));
  const last = isExplained ? lastAmong(all.map(({ told }) => told)) : undefined;
  return all.find(({ told }) => told === last)?.shown;
}

/** Whether both tell the same, as of the same second. */
export function isAlike(one: State, other: State | undefined): boolean {
  return one === other || (one.asOf === other?.asOf && isDeepStrictEqual(shownOf(one), shownOf(other)));
}

/** Of a subscription all that Stripe shows, whichever event shows it. */
function shownOf(state: State): object {
  return 'snapshot' in state ? state.snapshot : state;
}

/** What cannot be read proves nothing. */
function readable<Shown>(event: Stripe.Event, shownBy: ShownBy<Shown>): Array<{ told: Told; shown: Shown }> {
  try {
    const shown = shownBy(event);
    return shown === undefined ? [] : [{ told: toldBy(event), shown }];
  } catch {
    return [];
  }
}

function toldBy({ type, data }: Stripe.Event): Told {
  return { type, previous: data.previous_attributes ?? null, snapshot: data.object };
}
