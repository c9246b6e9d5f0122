/** A subscription as its owner wants it changed; nothing is stored or billed here. */
import { invalidRequest } from '../wire/errors.ts';
import { mergeMetadata } from '../wire/params.ts';
import type { World } from '../world.ts';
import {
  collectionOf,
  futureTrialEnd,
  paymentSettings,
  trialSettings,
  type PAYMENT_BEHAVIORS,
  type PaymentSettingsOrder,
  type TrialSettingsOrder,
} from './new-subscription.ts';
import { paymentMethodFor } from './payment-methods.ts';
import type { Subscription } from './shapes.ts';
import { withGoodbye, type Goodbye } from './subscription-end.ts';
import { changeItems, type ItemChange } from './subscription-item-changes.ts';
import { withPeriod } from './subscription-items.ts';
import { cancellationAt, type CancellationSchedule } from './subscription-schedule.ts';

type PauseBehavior = NonNullable<Subscription['pause_collection']>['behavior'];

/** How a change within a paid period is billed. */
export interface Rebilling {
  payment_behavior?: (typeof PAYMENT_BEHAVIORS)[number] | null;
  proration_behavior?: 'always_invoice' | 'create_prorations' | 'none' | null;
  /** Seconds; now unless told otherwise. */
  proration_date?: number | null;
}

/** What `POST /v1/subscriptions/:id` takes; the names are Stripe's, null means unset. */
export interface SubscriptionChanges extends CancellationSchedule, Rebilling {
  cancellation_details?: Goodbye | null;
  collection_method?: Subscription['collection_method'] | null;
  days_until_due?: number | null;
  default_payment_method?: string | null;
  description?: string | null;
  items?: readonly ItemChange[] | null;
  metadata?: Record<string, string> | null;
  off_session?: boolean | null;
  pause_collection?: { behavior: PauseBehavior; resumes_at?: number | null } | null;
  payment_settings?: PaymentSettingsOrder | null;
  trial_end?: 'now' | number | null;
  trial_settings?: TrialSettingsOrder | null;
}

/** The subscription after the changes. Throws StripeError (400) for what cannot be changed. */
export function withChanges(world: World, before: Subscription, changes: SubscriptionChanges): Subscription {
  const items = changeItems(world, before, changes.items ?? []);
  const edited: Subscription = { ...before, items, ...fieldsOf(world, before, changes) };
  const scheduled = { ...edited, ...cancellationAt(world, edited, changes) };
  return typeof changes.trial_end === 'number' ? withTrialEnd(world, scheduled, changes.trial_end) : scheduled;
}

function fieldsOf(world: World, before: Subscription, changes: SubscriptionChanges): Partial<Subscription> {
  const { default_payment_method: card, description, metadata, pause_collection: pause } = changes;
  const { cancellation_details: goodbye, payment_settings: payment, trial_settings: trial } = changes;
  return {
    ...collectionAfter(before, changes),
    ...(card === undefined ? {} : { default_payment_method: card && payingCard(world, before, card) }),
    ...(description === undefined ? {} : { description }),
    ...(metadata === undefined ? {} : { metadata: mergeMetadata(before.metadata, metadata) }),
    ...(pause === undefined ? {} : { pause_collection: pause && pausedUntil(world, pause) }),
    ...(payment == null ? {} : { payment_settings: paymentSettings(payment) }),
    ...(trial == null ? {} : { trial_settings: trialSettings(trial) }),
    ...(goodbye == null ? {} : { cancellation_details: withGoodbye(before.cancellation_details, goodbye) }),
  };
}

function pausedUntil(world: World, { behavior, resumes_at = null }: NonNullable<SubscriptionChanges['pause_collection']>): Subscription['pause_collection'] {
  if (resumes_at === null || resumes_at > world.now()) return { behavior, resumes_at };
  throw invalidRequest('`resumes_at` must be in the future.', 'pause_collection[resumes_at]');
}

function collectionAfter(before: Subscription, { collection_method, days_until_due }: SubscriptionChanges): Partial<Subscription> {
  if (collection_method == null && days_until_due == null) return {};
  const method = collection_method ?? before.collection_method;
  const kept = method === 'send_invoice' ? before.days_until_due : null;
  return collectionOf(method, days_until_due ?? kept);
}

function payingCard(world: World, subscription: Subscription, id: string): string {
  return paymentMethodFor(world, subscription.customer, id, 'default_payment_method').id;
}

const MAY_BE_ON_TRIAL: readonly string[] = ['active', 'past_due', 'trialing'];

/** Moves the end of a running trial, or starts one: what is left of a paid period is free then. */
function withTrialEnd(world: World, subscription: Subscription, trialEnd: number): Subscription {
  if (!MAY_BE_ON_TRIAL.includes(subscription.status)) {
    throw invalidRequest(`A subscription that is ${subscription.status} cannot be on trial.`, 'trial_end');
  }
  const trial_end = futureTrialEnd(world, trialEnd);
  const trial_start = subscription.status === 'trialing' ? (subscription.trial_start ?? world.now()) : world.now();
  const onTrial: Subscription = { ...subscription, billing_cycle_anchor: trial_end, status: 'trialing', trial_end, trial_start };
  return withPeriod(onTrial, { start: trial_start, end: trial_end });
}
