/** The billing period that a moment falls into: Stripe's own while it lasts, and from then on as Stripe will count. Pure. */
import type Stripe from 'stripe';
import { Temporal } from 'temporal-polyfill';
import { own } from '../own.ts';

const UNITS: Readonly<Record<string, 'days' | 'weeks' | 'months' | 'years'>> = { day: 'days', week: 'weeks', month: 'months', year: 'years' };

/** Times in seconds; `start` belongs to the period, `end` to the next. */
export interface BillingPeriod {
  start: number;
  end: number;
}

/**
 * The period of a subscription around a moment that is not before its present period; seconds. Later periods begin on the anchor's day,
 * or on the month's last where it has no such day, so they are counted from the anchor: https://docs.stripe.com/billing/subscriptions/billing-cycle
 */
export function billingPeriodAt(subscription: Stripe.Subscription, seconds: number): BillingPeriod {
  const item = subscription.items.data[0];
  if (!item) return { start: subscription.created, end: Infinity };
  const present = { start: item.current_period_start, end: item.current_period_end };
  if (seconds < present.end) return present;
  const { interval, interval_count: count } = item.price.recurring ?? { interval: 'month', interval_count: 1 };
  const every = count ?? 1;
  const unit = own(UNITS, interval) ?? 'months';
  const anchor = utc(subscription.billing_cycle_anchor ?? present.end);
  const boundary = (index: number): number => anchor.add({ [unit]: index * every }).epochMilliseconds / 1000;
  let index = Math.floor(anchor.until(utc(seconds), { largestUnit: unit })[unit] / every);
  while (boundary(index) <= seconds) index += 1;
  return { start: Math.max(boundary(index - 1), present.end), end: boundary(index) };
}

function utc(seconds: number): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(seconds * 1000).toZonedDateTimeISO('UTC');
}
