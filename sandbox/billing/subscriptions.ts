/** Changing and cancelling subscriptions. */
import { invalidRequest, resourceMissing } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import type { World } from '../world.ts';
import { endTrialNow } from './billing-cycle.ts';
import { change } from './change.ts';
import type { Subscription } from './shapes.ts';
import { withChanges, type SubscriptionChanges } from './subscription-changes.ts';
import { endSubscription, isEnded, type Goodbye } from './subscription-end.ts';
import { billEnd, type FinalBilling } from './subscription-final-billing.ts';
import { currentPeriod, rememberItems } from './subscription-items.ts';
import { rebill } from './subscription-rebilling.ts';
import type { CancellationSchedule } from './subscription-schedule.ts';
import { remindOfTrialEnd } from './trial-reminder.ts';
import { remindOfRenewal } from './upcoming-invoice.ts';

/**
 * Changes a subscription and emits one `customer.subscription.updated`, and what follows from prorations and a trial's end.
 * Throws StripeError (400) for what cannot be changed, or not any more.
 */
export function updateSubscription(world: World, id: string, changes: SubscriptionChanges): Subscription {
  const before = existing<Subscription>(world, 'subscription', id);
  if (isEnded(before)) return updateEnded(world, before, changes);
  const after = withChanges(world, before, changes);
  rememberItems(world, after);
  if (changes.trial_end === 'now' && before.status === 'trialing') {
    world.emit('customer.subscription.trial_will_end', before);
    return endTrialNow(world, after);
  }
  const billed = rebill(world, before, after, changes);
  remindOfTrialEnd(world, id);
  remindOfRenewal(world, id);
  return billed;
}

const CHANGEABLE_WHEN_ENDED: readonly string[] = ['cancellation_details', 'metadata'];

/** A reason that is given late; whether an event tells of it is not known for sure. */
function updateEnded(world: World, before: Subscription, changes: SubscriptionChanges): Subscription {
  if (!Object.keys(changes).every((name) => CHANGEABLE_WHEN_ENDED.includes(name))) {
    const message = 'A canceled subscription can only update its cancellation_details and metadata.';
    throw invalidRequest(message, undefined, 'invalid_canceled_subscription_fields');
  }
  const after = withChanges(world, before, changes);
  const isSilent = changes.cancellation_details != null && world.switchOf('late_feedback_event') === 'none';
  return isSilent ? world.store.save(after) : change(world, 'customer.subscription.updated', after);
}

/**
 * Ends a subscription at once, as `DELETE /v1/subscriptions/:id` and the portal's immediate cancellation do: exactly one
 * `customer.subscription.deleted`, after what `billing` makes due. Throws StripeError (404) for an ended one: to a deletion it
 * does not exist any more.
 */
export function cancelSubscription(world: World, id: string, goodbye: Goodbye = {}, billing: FinalBilling = {}): Subscription {
  return world.store.transaction(() => {
    const subscription = existing<Subscription>(world, 'subscription', id);
    if (isEnded(subscription)) throw resourceMissing('subscription', id);
    return endSubscription(world, billEnd(world, subscription, billing), 'cancellation_requested', goodbye);
  });
}

/**
 * The portal's cancellation at the end of the period. Under flexible billing it sets `cancel_at` alone, under classic
 * billing `cancel_at_period_end`. Emits `customer.subscription.updated`.
 * @see https://docs.stripe.com/billing/subscriptions/billing-mode/compare
 */
export function scheduleCancellation(world: World, id: string, goodbye: Goodbye = {}): Subscription {
  return world.store.transaction(() => {
    const subscription = existing<Subscription>(world, 'subscription', id);
    const schedule: CancellationSchedule =
      subscription.billing_mode.type === 'flexible'
        ? { cancel_at: currentPeriod(subscription).end }
        : { cancel_at_period_end: true };
    return updateSubscription(world, id, { ...schedule, cancellation_details: goodbye });
  });
}

/** The portal's way back from a scheduled cancellation. Emits `customer.subscription.updated`. */
export function keepSubscription(world: World, id: string): Subscription {
  return world.store.transaction(() => updateSubscription(world, id, { cancel_at: null }));
}
