/** What the owner does with sessions: books, cancels and restores them, where nothing is in the way. In the caller's transaction. */
import type { Rules } from '../../billing/policy.ts';
import { dayYearAndTime } from '../../billing/words.ts';
import { DevchatError } from '../../errors.ts';
import { refuseBooking } from '../../sessions/booking.ts';
import { isAhead, SESSION_SECONDS, type Session } from '../../sessions/session.ts';
import type { Sessions } from './sessions.ts';
import type { Subscriptions } from './subscriptions.ts';

/** Throws as `Cache` says. */
export class Bookings {
  readonly #sessions: Sessions;
  readonly #subscriptions: Subscriptions;
  readonly #rules: Rules;

  constructor({ sessions, subscriptions, rules }: { sessions: Sessions; subscriptions: Subscriptions; rules: Rules }) {
    this.#sessions = sessions;
    this.#subscriptions = subscriptions;
    this.#rules = rules;
  }

  book(wish: Pick<Session, 'customer' | 'startsAt'>, now: number): Session {
    this.#refuse(wish, now);
    return this.#sessions.add(wish, 'booked', now);
  }

  cancel(id: string, reason: string, now: number): Session | undefined {
    const session = this.#sessions.find(id);
    if (!session) return undefined;
    if (session.state === 'cancelled') throw new DevchatError('conflict', `${id} is cancelled already: ${session.reason}`, `devchat sessions restore ${id} books it again`);
    if (!isAhead(session, now)) throw new DevchatError('conflict', `${id} has begun already, on ${dayYearAndTime(session.startsAt, this.#rules)}`, 'devchat sessions list shows those that are to come');
    return this.#sessions.save({ ...session, state: 'cancelled', reason, invoice: null, paidAt: null }, now);
  }

  restore(id: string, reason: string, now: number): Session | undefined {
    const session = this.#sessions.find(id);
    if (!session) return undefined;
    if (session.state === 'booked') throw new DevchatError('conflict', `${id} is not cancelled: it is booked for ${dayYearAndTime(session.startsAt, this.#rules)}`, `devchat sessions cancel ${id} cancels it`);
    this.#refuse(session, now);
    return this.#sessions.save({ ...session, state: 'booked', reason, invoice: null, paidAt: null }, now);
  }

  #refuse({ customer, startsAt }: Pick<Session, 'customer' | 'startsAt'>, now: number): void {
    const subscription = this.#subscriptions.ofCustomer(customer);
    const since = Math.min(startsAt, subscription?.subscription.snapshot.items.data[0]?.current_period_start ?? startsAt) - SESSION_SECONDS;
    refuseBooking({ customer, startsAt, subscription, booked: this.#sessions.bookedSince(since) }, { ...this.#rules, now });
  }
}
