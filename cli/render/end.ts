/** What came of ending a subscription, in sentences. */
import type { Terms } from '../../core/billing/policy.ts';
import type { SubscriptionView } from '../../core/billing/views.ts';
import { dayAndTime, dayAndYear } from '../../core/billing/words.ts';
import type { Session } from '../../core/sessions/session.ts';

/** One that had ended before. */
export function endedBefore(subscription: SubscriptionView, terms: Terms): string[] {
  return [`Nothing to do: ${named(subscription)} ended already${on(subscription, terms)}.`];
}

/** One that has just been ended, and what became of the sessions that were booked. */
export function endedNow(subscription: SubscriptionView, sessions: readonly Session[], terms: Terms): string[] {
  const ended = `${named(subscription)} ended${on(subscription, terms)}, without proration and without a final invoice.`;
  return [ended, ...(sessions.length > 0 ? sessions.map((session) => sessionSentence(session, terms)) : ['No session was booked.'])];
}

function sessionSentence({ id, startsAt, state }: Session, terms: Terms): string {
  const then = state === 'cancelled' ? 'is cancelled' : 'stays booked: the customer has another subscription';
  return `The session of ${dayAndTime(startsAt, terms)} (${id}) ${then}.`;
}

function named({ id, email, customer }: SubscriptionView): string {
  return `${id} of ${email ?? customer}`;
}

function on({ endedAt }: SubscriptionView, terms: Terms): string {
  return endedAt ? ` on ${dayAndYear(Date.parse(endedAt) / 1000, terms)}` : '';
}
