/** What a signed-in user sees: read from the cache, and nowhere else. */
import { standingOf } from '../core/billing/standing.ts';
import { subscriptionView, type CachedSubscription } from '../core/billing/subscription-view.ts';
import { isoTime } from '../core/billing/words.ts';
import { billingPeriodAt } from '../core/sessions/billing-period.ts';
import { isAhead, isDone, type Session } from '../core/sessions/session.ts';
import type { UserView } from './contract.ts';
import type { Dependencies } from './dependencies.ts';
import type { Customer } from './sign-in.ts';

export async function userView(user: Customer, { cache, clock, rules }: Pick<Dependencies, 'cache' | 'clock' | 'rules'>): Promise<UserView> {
  const { customer } = user;
  const terms = { ...rules, now: clock.now() };
  const [cached, sessions, collections] = await Promise.all([cache.subscriptionOfCustomer(customer), cache.sessions({ customer }), cache.collections()]);
  return {
    id: customer,
    email: user.email,
    subscription: cached ? subscriptionView(cached, terms) : null,
    standing: standingOf(cached?.subscription, cached?.invoice, terms),
    nextSession: nextSession(sessions, terms.now),
    cancelledSession: cancelledSession(sessions, cached, terms.now),
    isCharging: collections.some((collection) => collection.customer === customer),
  };
}

/** The one that has begun counts until it is over. */
function nextSession(sessions: readonly Session[], now: number): UserView['nextSession'] {
  const next = sessions.find((session) => session.state === 'booked' && !isDone(session, now));
  return next ? { id: next.id, startsAt: isoTime(next.startsAt), hasBegun: !isAhead(next, now) } : null;
}

function cancelledSession(sessions: readonly Session[], cached: CachedSubscription | undefined, now: number): UserView['cancelledSession'] {
  const cancelled = sessions.find((session) => session.state === 'cancelled' && session.invoice !== null && isAhead(session, now) && !isReplaced(session, sessions, cached));
  return cancelled ? { id: cancelled.id, startsAt: isoTime(cancelled.startsAt), paid: cancelled.paidAt !== null } : null;
}

/** Another one of its billing period has been booked instead. */
function isReplaced({ startsAt }: Session, sessions: readonly Session[], cached: CachedSubscription | undefined): boolean {
  if (!cached) return false;
  const { start, end } = billingPeriodAt(cached.subscription.snapshot, startsAt);
  return sessions.some((other) => other.state === 'booked' && other.startsAt >= start && other.startsAt < end);
}
