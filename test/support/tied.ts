/** What the cache places an event against beside what is known, for tests that keep all in lists. */
import type Stripe from 'stripe';
import type { Known } from '../../core/billing/apply-event.ts';
import { rankedObject } from '../../core/billing/rank.ts';

const OURS = { livemode: false };

/** Of what has been heard, the other events of its second, where what is known of its object came from one of them. */
export function tiedTo(event: Stripe.Event, heard: readonly Stripe.Event[], { subscription, card, payer }: Known): Stripe.Event[] | undefined {
  const { object: kind } = event.data.object as { object: string };
  const known = { subscription, payment_method: card, customer: payer }[kind];
  if (known?.asOf !== event.created || ('event' in known && known.event === null)) return undefined;
  const { object, rank } = rankedObject(event, OURS);
  return heard.filter((other) => {
    const ranked = rankedObject(other, OURS);
    return other.id !== event.id && ranked.object === object && ranked.rank === rank;
  });
}
