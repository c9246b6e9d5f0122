/** What a signed-in user sees: read from the cache, and nowhere else. */
import { standingOf } from '../core/billing/standing.ts';
import { subscriptionView } from '../core/billing/subscription-view.ts';
import { isoTime } from '../core/billing/words.ts';
import { isAhead, isDone, type Session } from '../core/sessions/session.ts';
import type { UserView } from './contract.ts';
import type { Dependencies } from './dependencies.ts';
import type { Customer } from './sign-in.ts';

export async function userView(user: Customer, { cache, clock, rules }: Pick<Dependencies, 'cache' | 'clock' | 'rules'>): Promise<UserView> {
  const terms = { ...rules, now: clock.now() };
  const [cached, sessions] = await Promise.all([cache.subscriptionOfCustomer(user.customer), cache.sessions({ customer: user.customer })]);
  return {
    id: user.customer,
    email: user.email,
    subscription: cached ? subscriptionView(cached, terms) : null,
    standing: standingOf(cached?.subscription, cached?.invoice, terms),
    nextSession: nextSession(sessions, terms.now),
    cancelledSession: cancelledSession(sessions, terms.now),
  };
}

/** The one under way counts until it is over. */
function nextSession(sessions: readonly Session[], now: number): UserView['nextSession'] {
  const next = sessions.find((session) => session.state === 'booked' && !isDone(session, now));
  return next ? { id: next.id, startsAt: isoTime(next.startsAt) } : null;
}

function cancelledSession(sessions: readonly Session[], now: number): UserView['cancelledSession'] {
  const cancelled = sessions.find((session) => session.state === 'cancelled' && session.invoice !== null && isAhead(session, now));
  return cancelled ? { id: cancelled.id, startsAt: isoTime(cancelled.startsAt), paid: cancelled.paidAt !== null } : null;
}
