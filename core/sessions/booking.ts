/** Whether a session may be booked: decided from the customer's subscription and every session that is booked. Pure. */
import type { Terms } from '../billing/policy.ts';
import { scheduledEnd, standingOf } from '../billing/standing.ts';
import type { CachedSubscription } from '../billing/subscription-view.ts';
import { dayAndTime, dayYearAndTime } from '../billing/words.ts';
import { DevchatError } from '../errors.ts';
import { billingPeriodAt } from './billing-period.ts';
import { isAhead, SESSION_SECONDS, type Session } from './session.ts';

const YEAR_SECONDS = 366 * 86_400;

export interface Wish {
  startsAt: number;
  /** The customer's subscription; undefined where there is none. */
  subscription: CachedSubscription | undefined;
  /** Every booked session, of whomever. */
  booked: readonly Session[];
  customer: string;
}

/**
 * Throws `usage` for a time that has passed or is more than a year ahead, and `conflict` for everything else that is in the way;
 * first what another hour of the day would not mend.
 */
export function refuseBooking(wish: Wish, terms: Terms): void {
  refuseTime(wish, terms);
  refuseStanding(wish, terms);
  refuseEnd(wish, terms);
  refuseSecondInPeriod(wish, terms);
  refuseOverlap(wish, terms);
}

function refuseTime({ startsAt }: Wish, terms: Terms): void {
  if (!isAhead({ startsAt }, terms.now)) throw new DevchatError('usage', `${dayYearAndTime(startsAt, terms)} has passed`, 'book a time that is still to come');
  if (isAhead({ startsAt: startsAt - YEAR_SECONDS }, terms.now)) throw new DevchatError('usage', `${dayYearAndTime(startsAt, terms)} is more than a year ahead`, 'book a time within a year');
}

function refuseStanding({ subscription: cached }: Wish, terms: Terms): void {
  const { verdict, reason } = standingOf(cached?.subscription, cached?.invoice, terms);
  if (verdict !== 'on') throw new DevchatError('conflict', `the next session is ${verdict === 'off' ? 'off' : 'on hold'}: ${reason}`, 'devchat subscriptions list shows who may have a session');
}

function refuseEnd({ startsAt, subscription: cached }: Wish, terms: Terms): void {
  const end = endOf(cached);
  if (startsAt >= end) throw new DevchatError('conflict', `the subscription ends on ${dayYearAndTime(end, terms)}`, 'book a time before that');
}

function refuseSecondInPeriod({ startsAt, subscription: cached, booked, customer }: Wish, terms: Terms): void {
  if (!cached) return;
  const { start, end } = billingPeriodAt(cached.subscription.snapshot, startsAt);
  const other = booked.find((session) => session.customer === customer && session.startsAt >= start && session.startsAt < end);
  if (!other) return;
  const next = end < endOf(cached) ? `the next period begins on ${dayYearAndTime(end, terms)}` : 'no other period follows';
  throw new DevchatError('conflict', `${nameOf(other)} has a session in that billing period already, on ${dayAndTime(other.startsAt, terms)} (${other.id})`, next);
}

function refuseOverlap({ startsAt, booked }: Wish, terms: Terms): void {
  const other = booked.find((session) => Math.abs(session.startsAt - startsAt) < SESSION_SECONDS);
  if (other) throw new DevchatError('conflict', `${nameOf(other)} has the session of ${dayAndTime(other.startsAt, terms)} (${other.id})`, 'sessions take 60 minutes: book another time');
}

/** When a scheduled cancellation takes effect, in seconds; Infinity where none is scheduled. */
function endOf(cached: CachedSubscription | undefined): number {
  return (cached && scheduledEnd(cached.subscription.snapshot)) ?? Infinity;
}

function nameOf({ email, customer }: Session): string {
  return email ?? customer;
}
