/** Of all that was told of an object, what shows its newest state: by this rank the journal is sorted for a rebuild. Pure. */
import type Stripe from 'stripe';
import { own } from '../own.ts';
import { concernsUs } from './apply-event.ts';
import { isTerminal } from './state.ts';
import { isId } from './whole.ts';

/** Far above any time in seconds: a state that is final comes after all that are not. */
const FINAL = 2 ** 40;

/** The object whose state an event shows; null where it shows none that counts here. */
export interface RankedObject {
  object: string | null;
  rank: number | null;
}

const NONE: RankedObject = { object: null, rank: null };

/** How final a state is, by the kind of its object: nothing of a lower rank comes after it. Of an invoice only a write-off can still turn into another end. */
const FINALITY: Readonly<Record<string, (object: { status?: string; customer?: unknown }) => number>> = {
  subscription: ({ status = '' }) => (isTerminal(status) ? 1 : 0),
  invoice: ({ status = '' }) => own({ uncollectible: 1, paid: 2, void: 2 }, status) ?? 0,
  payment_method: ({ customer }) => (customer === null ? 1 : 0),
  customer: () => 0,
};

/** The rank is the event's `created`, in seconds, and more for a final state. Rules: docs/ordering.md. */
export function rankedObject(event: Stripe.Event, ours: { livemode: boolean }): RankedObject {
  const object = event.data.object as { id?: string; object?: string; status?: string; customer?: unknown };
  const finality = own(FINALITY, object.object ?? '');
  if (!finality || !isId(object.id) || !concernsUs(event, ours)) return NONE;
  return { object: object.id, rank: event.created + finality(object) * FINAL };
}
