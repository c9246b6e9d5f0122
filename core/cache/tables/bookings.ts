/** What the owner does with sessions: books, cancels and restores them, where nothing is in the way. Each throws as `Cache` says. */
import type { Terms } from '../../billing/policy.ts';
import { dayYearAndTime } from '../../billing/words.ts';
import { DevchatError } from '../../errors.ts';
import { refuseBooking } from '../../sessions/booking.ts';
import { isAhead, SESSION_SECONDS, type Session } from '../../sessions/session.ts';
import type { Work } from '../statement.ts';
import * as sessions from './sessions.ts';
import * as subscriptions from './subscriptions.ts';

export function* book(wish: Pick<Session, 'customer' | 'startsAt'>, terms: Terms): Work<Session> {
  yield* refuse(wish, terms);
  return yield* sessions.add(wish, 'booked', terms.now);
}

export function* cancel(id: string, reason: string, terms: Terms): Work<Session | undefined> {
  const session = yield* sessions.find(id);
  if (!session) return undefined;
  if (session.state === 'cancelled') throw new DevchatError('conflict', `${id} is cancelled already: ${session.reason}`, `devchat sessions restore ${id} books it again`);
  if (!isAhead(session, terms.now)) throw new DevchatError('conflict', `${id} has begun already, on ${dayYearAndTime(session.startsAt, terms)}`, 'devchat sessions list shows those that are to come');
  return yield* sessions.save({ ...session, state: 'cancelled', reason, invoice: null, paidAt: null }, terms.now);
}

export function* restore(id: string, reason: string, terms: Terms): Work<Session | undefined> {
  const session = yield* sessions.find(id);
  if (!session) return undefined;
  if (session.state === 'booked') throw new DevchatError('conflict', `${id} is not cancelled: it is booked for ${dayYearAndTime(session.startsAt, terms)}`, `devchat sessions cancel ${id} cancels it`);
  yield* refuse(session, terms);
  return yield* sessions.save({ ...session, state: 'booked', reason, invoice: null, paidAt: null }, terms.now);
}

function* refuse({ customer, startsAt }: Pick<Session, 'customer' | 'startsAt'>, terms: Terms): Work<void> {
  const subscription = yield* subscriptions.ofCustomer(customer);
  const since = Math.min(startsAt, subscription?.subscription.snapshot.items.data[0]?.current_period_start ?? startsAt) - SESSION_SECONDS;
  refuseBooking({ customer, startsAt, subscription, booked: yield* sessions.bookedSince(since) }, terms);
}
