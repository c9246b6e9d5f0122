/** How a subscription ends for good: nothing is collected for it any more, and nothing brings it back. */
import type { World } from '../world.ts';
import { stopped } from './invoices.ts';
import type { Invoice, Subscription } from './shapes.ts';

type Details = NonNullable<Subscription['cancellation_details']>;

/** The reasons that a leaving customer can choose from. */
export const FEEDBACKS = [
  'customer_service',
  'low_quality',
  'missing_features',
  'other',
  'switched_service',
  'too_complex',
  'too_expensive',
  'unused',
] as const satisfies readonly Details['feedback'][];

export type Feedback = (typeof FEEDBACKS)[number];

/** What the leaving customer said. */
export interface Goodbye {
  comment?: string | null | undefined;
  feedback?: Feedback | null | undefined;
}

/**
 * Cancels at once: status `canceled`, drafts and open invoices stay but are not collected any more. Emits exactly one
 * `customer.subscription.deleted`. A scheduled cancellation keeps the time of its request in `canceled_at`.
 * @see https://docs.stripe.com/billing/subscriptions/cancel
 */
export function endSubscription(
  world: World,
  subscription: Subscription,
  reason: Details['reason'],
  goodbye: Goodbye = {},
): Subscription {
  stopCollecting(world, subscription);
  const ended = world.store.save<Subscription>({
    ...subscription,
    ...(isAsScheduled(world, subscription) ? {} : NOT_SCHEDULED),
    canceled_at: subscription.canceled_at ?? world.now(),
    cancellation_details: { ...withGoodbye(subscription.cancellation_details, goodbye), reason },
    ended_at: world.now(),
    pause_collection: null,
    status: 'canceled',
  });
  world.emit('customer.subscription.deleted', ended);
  return ended;
}

const NOT_SCHEDULED = { cancel_at: null, cancel_at_period_end: false } as const;

/** An end that comes when it was to come still says that it was scheduled. */
function isAsScheduled(world: World, { cancel_at }: Subscription): boolean {
  return cancel_at !== null && cancel_at <= world.now();
}

/** No event tells of it. */
function stopCollecting(world: World, subscription: Subscription): void {
  const unpaid = world.store
    .all<Invoice>('invoice', { customer: subscription.customer, status: ['draft', 'open'] })
    .filter((invoice) => invoice.parent?.subscription_details?.subscription === subscription.id);
  for (const invoice of unpaid) world.store.save(stopped(invoice));
}

export const NO_CANCELLATION: Details = { comment: null, feedback: null, feedback_option: null, reason: null };

export function withGoodbye(details: Details | null, goodbye: Goodbye): Details {
  return {
    ...(details ?? NO_CANCELLATION),
    ...(goodbye.comment === undefined ? {} : { comment: goodbye.comment }),
    ...(goodbye.feedback === undefined ? {} : { feedback: goodbye.feedback }),
  };
}

/** An ended subscription never lives again. */
export function isEnded(subscription: Subscription): boolean {
  return subscription.status === 'canceled' || subscription.status === 'incomplete_expired';
}
