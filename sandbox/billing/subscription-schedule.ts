/** When a subscription is to end, in the two ways that Stripe marks it. */
import { invalidRequest } from '../wire/errors.ts';
import type { World } from '../world.ts';
import type { Subscription } from './shapes.ts';
import { NO_CANCELLATION } from './subscription-end.ts';
import { currentPeriod } from './subscription-items.ts';

export const CANCEL_AT_WORDS = ['max_period_end', 'min_period_end'] as const;

/** Null unsets. */
export interface CancellationSchedule {
  cancel_at?: number | (typeof CANCEL_AT_WORDS)[number] | null;
  cancel_at_period_end?: boolean | null;
}

/**
 * The fields that a wanted schedule changes; none when none is wanted. `canceled_at` is the time of the request.
 * Throws StripeError (400) for both ways at once, and for an end that has passed.
 */
export function cancellationAt(world: World, subscription: Subscription, wanted: CancellationSchedule): Partial<Subscription> {
  const { cancel_at, cancel_at_period_end } = wanted;
  if (cancel_at != null && cancel_at_period_end != null) {
    throw invalidRequest('You may only specify one of these parameters: cancel_at, cancel_at_period_end.', 'cancel_at');
  }
  if (cancel_at_period_end === true) return scheduled(world, subscription, currentPeriod(subscription).end, true);
  if (cancel_at != null) return scheduled(world, subscription, momentOf(world, subscription, cancel_at), false);
  return cancel_at === undefined && cancel_at_period_end == null ? {} : UNSCHEDULED;
}

const UNSCHEDULED: Partial<Subscription> = {
  cancel_at: null,
  cancel_at_period_end: false,
  canceled_at: null,
  cancellation_details: NO_CANCELLATION,
};

function momentOf(world: World, subscription: Subscription, cancelAt: NonNullable<CancellationSchedule['cancel_at']>): number {
  if (typeof cancelAt !== 'number') return currentPeriod(subscription).end;
  if (cancelAt > world.now()) return cancelAt;
  throw invalidRequest('The cancel_at timestamp must be in the future.', 'cancel_at');
}

function scheduled(
  world: World,
  subscription: Subscription,
  cancel_at: number,
  cancel_at_period_end: boolean,
): Partial<Subscription> {
  return {
    cancel_at,
    cancel_at_period_end,
    canceled_at: subscription.canceled_at ?? world.now(),
    cancellation_details: {
      ...(subscription.cancellation_details ?? NO_CANCELLATION),
      reason: 'cancellation_requested',
    },
  };
}
