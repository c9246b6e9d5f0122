/** The billing period that a moment falls into: Stripe's own while it lasts, and from then on as Stripe will count. Pure. */
import type Stripe from 'stripe';
import { Temporal } from 'temporal-polyfill';

/** Times in seconds; `start` belongs to the period, `end` to the next. */
export interface BillingPeriod {
  start: number;
  end: number;
}

/**
 * The period of a subscription around a moment that is not before its present period; seconds. Later periods begin on the anchor's day,
 * or on the month's last where it has no such day: https://docs.stripe.com/billing/subscriptions/billing-cycle
 */
export function billingPeriodAt(subscription: Stripe.Subscription, seconds: number): BillingPeriod {
  const item = subscription.items.data[0];
  const present = { start: item?.current_period_start ?? subscription.created, end: item?.current_period_end ?? Infinity };
  if (seconds < present.end) return present;
  const { interval = 'month', interval_count: every = 1 } = item?.price.recurring ?? {};
  const anchor = Temporal.Instant.fromEpochMilliseconds((subscription.billing_cycle_anchor ?? present.end) * 1000).toZonedDateTimeISO('UTC');
  const boundary = (index: number): number => anchor.add({ [`${interval}s`]: index * every }).epochMilliseconds / 1000;
  let index = 0;
  while (boundary(index) <= seconds) index += 1;
  return { start: Math.max(boundary(index - 1), present.end), end: boundary(index) };
}
