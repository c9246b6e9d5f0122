/** Places what an event tells of a card, or of what a customer pays with, against what is known of it. Rules: docs/ordering.md. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type Stripe from 'stripe';
import { cardOf, orderInTime, payerOf, type Card, type Payer } from './cards.ts';
import { lastAmong, type Told } from './ordering.ts';
import { wholeCustomer, wholePaymentMethod } from './whole.ts';

/** What else was heard of a card or payer in one second: the other events that show it, and whether what is known is an answer of Stripe's. */
export interface Tied {
  events: readonly Stripe.Event[];
  isAnswered: boolean;
}

/** How an event of a kind is read: undefined where it does not tell. */
type ShownBy<Shown> = (event: Stripe.Event) => Shown | undefined;

/** Throws TypeError where the event shows no whole payment method. */
export const cardShownBy = ({ data, created }: Stripe.Event): Card => cardOf(wholePaymentMethod(data.object), created);
/** Undefined where it does not say what the customer pays with. Throws TypeError where the event shows no whole customer. */
export const payerShownBy = ({ data, created }: Stripe.Event): Payer | undefined => payerOf(wholeCustomer(data.object), created);

/** Where nothing is known of the second, nothing in it proves anything. */
const UNKNOWN: Tied = { events: [], isAnswered: true };

/**
 * What holds after an event that shows this; undefined where only Stripe can tell. `tied` is what was heard in the event's second, where what is
 * known is as of it: once an event has come that was missing, another of them may be proven to be the last. Against what none of them shows, as an
 * answer of Stripe's, they prove nothing.
 */
export function holdingAfter<Shown extends Card | Payer>(event: Stripe.Event, shown: Shown, against: { known: Shown | undefined; tied: Tied | undefined; shownBy: ShownBy<Shown> }): Shown | undefined {
  const { known, tied = UNKNOWN, shownBy } = against;
  const order = orderInTime(shown, known);
  if (order !== 'unsure') return order === 'newer' ? shown : known;
  const others = tied.isAnswered ? [] : tied.events.flatMap((other) => readable(other, shownBy));
  const all = [{ told: toldBy(event), shown }, ...others];
  if ([known, ...all.map((each) => each.shown)].every((each) => isDeepStrictEqual(each, shown))) return known;
  const isExplained = others.some((each) => isDeepStrictEqual(each.shown, known));
  const last = isExplained ? lastAmong(all.map(({ told }) => told)) : undefined;
  return all.find(({ told }) => told === last)?.shown;
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

/** What an event shows, and what it says that it changed. */
export function toldBy({ type, data }: Stripe.Event): Told {
  return { type, previous: data.previous_attributes ?? null, snapshot: data.object };
}
