/** Whether a session may be booked: decided from the customer's subscription and every session that is booked. Pure. */
import type { Terms } from '../billing/policy.ts';
import { scheduledEnd, standingOf } from '../billing/standing.ts';
import type { CachedSubscription } from '../billing/subscription-view.ts';
import { dayAndTime, dayAndYear } from '../billing/words.ts';
import { DevchatError } from '../errors.ts';
import { billingPeriodAt } from './billing-period.ts';
import { isAhead, SESSION_SECONDS, type Session } from './session.ts';

export interface Wish {
  startsAt: number;
  /** The customer's subscription; undefined where there is none. */
  subscription: CachedSubscription | undefined;
  /** Every booked session, of whomever. */
  booked: readonly Session[];
  customer: string;
}

/** Throws `usage` for a time that has passed, and `conflict` for everything else that is in the way. */
export function refuseBooking(wish: Wish, terms: Terms): void {
  refusePast(wish, terms);
  refuseStanding(wish, terms);
  refuseOverlap(wish, terms);
  refuseSecondInPeriod(wish, terms);
}

function refusePast({ startsAt }: Wish, terms: Terms): void {
  if (!isAhead({ startsAt }, terms.now)) throw new DevchatError('usage', `${dayAndTime(startsAt, terms)} has passed`, 'book a time that is still to come');
}

function refuseStanding({ startsAt, subscription: cached }: Wish, terms: Terms): void {
  const { verdict, reason } = standingOf(cached?.subscription, cached?.invoice, terms);
  if (verdict !== 'on' || !cached) throw new DevchatError('conflict', `the next session is ${verdict === 'off' ? 'off' : 'on hold'}: ${reason}`, 'devchat subscriptions list shows who may have a session');
  const end = scheduledEnd(cached.subscription.snapshot);
  if (end !== null && startsAt >= end) throw new DevchatError('conflict', `the subscription ends on ${dayAndYear(end, terms)}`, 'book a time before that');
}

function refuseOverlap({ startsAt, booked }: Wish, terms: Terms): void {
  const other = booked.find((session) => Math.abs(session.startsAt - startsAt) < SESSION_SECONDS);
  if (other) throw new DevchatError('conflict', `${other.email ?? other.customer} has the session of ${dayAndTime(other.startsAt, terms)} (${other.id})`, 'sessions take 60 minutes: book another time');
}

function refuseSecondInPeriod({ startsAt, subscription: cached, booked, customer }: Wish, terms: Terms): void {
  if (!cached) return;
  const { start, end } = billingPeriodAt(cached.subscription.snapshot, startsAt);
  const other = booked.find((session) => session.customer === customer && session.startsAt >= start && session.startsAt < end);
  if (other) throw new DevchatError('conflict', `they have a session in that billing period already, on ${dayAndTime(other.startsAt, terms)} (${other.id})`, `the next period begins on ${dayAndYear(end, terms)}`);
}
