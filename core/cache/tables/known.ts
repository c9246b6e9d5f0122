/** What is known of all that an event is about, as it is before the event. */
import type Stripe from 'stripe';
import { subjectOf, type Cached } from '../../billing/apply-event.ts';
import type { Work } from '../statement.ts';
import * as cards from './cards.ts';
import * as journal from './journal.ts';
import * as subscriptions from './subscriptions.ts';

/** `tied` as what an event is placed against, with their places in the journal. */
interface Before extends Cached {
  tied: journal.PlacedEvents | undefined;
}

/** `sequence` is the place of the event in the journal. */
export function* before(event: Stripe.Event, sequence: number): Work<Before> {
  const subject = subjectOf(event);
  const subscription = yield* subscriptions.before(subject.subscription, event.created);
  const invoice = yield* subscriptions.invoice(subject.invoice);
  const { card, payer } = yield* cards.shownIn(event);
  const { object } = event.data.object as { object?: unknown };
  const isTied = yield* isOfAnEventAt(event.created, object === 'subscription' ? subscription : (card ?? payer));
  return { subscription, invoice, card, payer, tied: isTied ? yield* journal.ofItsSecond(sequence) : undefined };
}

/** Whether what is known came from an event of this second, and not from an answer of Stripe's. */
function* isOfAnEventAt(created: number, known: Cached['subscription'] | Cached['card'] | Cached['payer']): Work<boolean> {
  if (known?.asOf !== created) return false;
  return 'snapshot' in known ? known.event !== null : !(yield* cards.isAnswered(known));
}
