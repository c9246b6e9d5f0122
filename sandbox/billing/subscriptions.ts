/** Finding, changing and cancelling subscriptions. */
import { invalidRequest, resourceMissing } from '../wire/errors.ts';
import { mergeMetadata } from '../wire/params.ts';
import { existing } from '../wire/existing.ts';
import type { World } from '../world.ts';
import { endTrialNow } from './billing-cycle.ts';
import { change } from './change.ts';
import { paymentMethodFor } from './payment-methods.ts';
import type { Subscription } from './shapes.ts';
import { endSubscription, isEnded, withGoodbye, type Goodbye } from './subscription-end.ts';
import { changeItems, type ItemChange } from './subscription-item-changes.ts';
import { currentPeriod, withPeriod } from './subscription-items.ts';
import { cancellationAt, type CancellationSchedule } from './subscription-schedule.ts';
import {
  futureTrialEnd,
  paymentSettings,
  trialSettings,
  type PaymentSettingsOrder,
  type TrialSettingsOrder,
} from './new-subscription.ts';
import { remindOfTrialEnd, tellOfTrialEnd } from './trial-reminder.ts';

type PauseBehavior = NonNullable<Subscription['pause_collection']>['behavior'];

/** What `POST /v1/subscriptions/:id` takes; the names are Stripe's, null means unset. */
export interface SubscriptionChanges extends CancellationSchedule {
  cancellation_details?: Goodbye | null;
  default_payment_method?: string | null;
  description?: string | null;
  items?: readonly ItemChange[] | null;
  metadata?: Record<string, string> | null;
  pause_collection?: { behavior: PauseBehavior; resumes_at?: number | null } | null;
  payment_settings?: PaymentSettingsOrder | null;
  proration_behavior?: 'always_invoice' | 'create_prorations' | 'none' | null;
  trial_end?: 'now' | number | null;
  trial_settings?: TrialSettingsOrder | null;
}

/**
 * Changes a subscription and emits one `customer.subscription.updated`, and what follows from a trial's end. Throws
 * StripeError (400) for what cannot be changed, or not any more.
 */
export function updateSubscription(world: World, id: string, changes: SubscriptionChanges): Subscription {
  const before = existing<Subscription>(world, 'subscription', id);
  if (isEnded(before)) refuseEnded(changes);
  const after = withChanges(world, before, changes);
  if (changes.trial_end === 'now' && before.status === 'trialing') {
    tellOfTrialEnd(world, { ...before, trial_end: world.now() });
    return endTrialNow(world, after);
  }
  change(world, 'customer.subscription.updated', after);
  remindOfTrialEnd(world, after);
  return after;
}

const CHANGEABLE_WHEN_ENDED: readonly string[] = ['cancellation_details', 'metadata'];

function refuseEnded(changes: SubscriptionChanges): void {
  if (Object.keys(changes).every((name) => CHANGEABLE_WHEN_ENDED.includes(name))) return;
  const message = 'A canceled subscription can only update its cancellation_details and metadata.';
  throw invalidRequest(message, undefined, 'invalid_canceled_subscription_fields');
}

function withChanges(world: World, before: Subscription, changes: SubscriptionChanges): Subscription {
  const items = changeItems(world, before, changes.items ?? [], changes.proration_behavior ?? 'create_prorations');
  const edited: Subscription = { ...before, items, ...fieldsOf(world, before, changes) };
  const scheduled = { ...edited, ...cancellationAt(world, edited, changes) };
  return typeof changes.trial_end === 'number' ? withTrialEnd(world, scheduled, changes.trial_end) : scheduled;
}

function fieldsOf(world: World, before: Subscription, changes: SubscriptionChanges): Partial<Subscription> {
  const { default_payment_method: card, description, metadata, pause_collection: pause } = changes;
  const { cancellation_details: goodbye, payment_settings: payment, trial_settings: trial } = changes;
  return {
    ...(card === undefined ? {} : { default_payment_method: card && payingCard(world, before, card) }),
    ...(description === undefined ? {} : { description }),
    ...(metadata === undefined ? {} : { metadata: mergeMetadata(before.metadata, metadata) }),
    ...(pause === undefined ? {} : { pause_collection: pause && { resumes_at: null, ...pause } }),
    ...(payment == null ? {} : { payment_settings: paymentSettings(payment) }),
    ...(trial == null ? {} : { trial_settings: trialSettings(trial) }),
    ...(goodbye == null ? {} : { cancellation_details: withGoodbye(before.cancellation_details, goodbye) }),
  };
}

function payingCard(world: World, subscription: Subscription, id: string): string {
  return paymentMethodFor(world, subscription.customer, id, 'default_payment_method').id;
}

function withTrialEnd(world: World, subscription: Subscription, trialEnd: number): Subscription {
  if (subscription.status !== 'trialing') {
    const message = `The sandbox moves the end of a running trial only; this subscription is ${subscription.status}.`;
    throw invalidRequest(message, 'trial_end');
  }
  const trial_end = futureTrialEnd(world, trialEnd);
  const period = { start: currentPeriod(subscription).start, end: trial_end };
  return { ...withPeriod(subscription, period), billing_cycle_anchor: trial_end, trial_end };
}

/**
 * Ends a subscription at once, as `DELETE /v1/subscriptions/:id` and the portal's immediate cancellation do: exactly one
 * `customer.subscription.deleted`. Throws StripeError (404) for an ended one: to a deletion it does not exist any more.
 */
export function cancelSubscription(world: World, id: string, goodbye: Goodbye = {}): Subscription {
  return world.store.transaction(() => {
    const subscription = existing<Subscription>(world, 'subscription', id);
    if (isEnded(subscription)) throw resourceMissing('subscription', id);
    return endSubscription(world, subscription, 'cancellation_requested', goodbye);
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
