/**
 * The rules of docs/sessions.md once more, written from their text alone: what must have followed from what happened at Stripe. It shares no
 * code with what it judges, and reads nothing but Stripe's own events.
 */
import type Stripe from 'stripe';

export interface Booked {
  id: string;
  customer: string;
  /** Stripe's seconds. */
  startsAt: number;
}

/** Each a list of lines, in no particular order. */
export interface Followed {
  /** "ses_1 in_1", "ses_1 in_1 paid", or "ses_1 end" for those that the end of the subscription cancelled. */
  cancelled: string[];
  /** "payment.failed in_1" and so on. */
  notices: string[];
}

/** The types of events that the rules speak of. */
export const TOLD_BY = ['invoice.payment_failed', 'invoice.payment_action_required', 'invoice.paid', 'customer.subscription.deleted'];

/** `events` of subscriptions, each customer having one, in the order in which they happened. */
export function whatFollows(events: readonly Stripe.Event[], booked: readonly Booked[]): Followed {
  const cancelled = new Map<string, string>();
  const notices = new Set<string>();
  for (const { type, created, data } of events) {
    const { id = '', customer } = data.object as { id?: string; customer?: string };
    const toCome = booked.filter((session) => session.customer === customer && session.startsAt > created).sort((one, other) => one.startsAt - other.startsAt);
    if (type === 'customer.subscription.deleted') {
      notices.add(`subscription.ended ${id}`);
      for (const session of toCome) if (!cancelled.has(session.id) || cancelled.get(session.id)?.endsWith(' paid')) cancelled.set(session.id, 'end');
    } else if (type === 'invoice.paid') {
      if (!notices.has(`payment.failed ${id}`)) continue;
      notices.add(`payment.recovered ${id}`);
      for (const session of toCome) if (cancelled.get(session.id) === id) cancelled.set(session.id, `${id} paid`);
    } else if (!notices.has(`payment.failed ${id}`)) {
      notices.add(`payment.failed ${id}`);
      const next = toCome.find((session) => !cancelled.has(session.id));
      if (next) cancelled.set(next.id, id);
    }
  }
  return { cancelled: [...cancelled].map(([session, cause]) => `${session} ${cause}`), notices: [...notices] };
}
