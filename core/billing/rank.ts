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
const FINALITY = {
  subscription: ({ status = '' }: Shown) => (isTerminal(status) ? 1 : 0),
  invoice: ({ status = '' }: Shown) => own({ uncollectible: 1, paid: 2, void: 2 }, status) ?? 0,
  payment_method: ({ customer }: Shown) => (customer == null ? 1 : 0),
  customer: () => 0,
};

/** What is read of an object to tell how final its state is. */
interface Shown {
  status?: string;
  customer?: unknown;
}

/** The rank is the event's `created`, in seconds, and more for a final state. Rules: docs/ordering.md. */
export function rankedObject(event: Stripe.Event, ours: { livemode: boolean }): RankedObject {
  const object = event.data.object as Shown & { id?: unknown; object?: string };
  if (!isId(object.id) || !isRanked(object.object) || !concernsUs(event, ours)) return NONE;
  return { object: object.id, rank: rankOf(object.object, event.created, object) };
}

/** The same of a state as of then, in Stripe's seconds. */
export function rankOf(kind: keyof typeof FINALITY, asOf: number, object: Shown): number {
  return asOf + FINALITY[kind](object) * FINAL;
}

function isRanked(kind: string | undefined): kind is keyof typeof FINALITY {
  return kind !== undefined && Object.hasOwn(FINALITY, kind);
}
