/** Pausing a subscription: no invoice and no new period until it is resumed. */
import { invalidRequest } from '../wire/errors.ts';
import type { World } from '../world.ts';
import { change } from './change.ts';
import { createProrationItem } from './invoice-items.ts';
import { prorationsOf } from './proration.ts';
import type { InvoiceItem, Subscription } from './shapes.ts';
import { currentPeriod, withPeriod } from './subscription-items.ts';
import type { StoredSubscription } from './subscription-memory.ts';

type PauseReason = NonNullable<Subscription['status_details']>['paused']['subscription']['type'];

/** From when on a pause gives the paid time back. */
export type CreditFrom = 'item_current_period_start' | 'none' | 'now';

/**
 * `POST /v1/subscriptions/:id/pause`: the period ends now, and its unused time becomes a pending credit, or none. Answers the
 * credits with the subscription. Given `until` (seconds), it resumes by itself then. Throws StripeError (400) for one that cannot be paused.
 * @see https://docs.stripe.com/billing/subscriptions/pause
 */
export function requestPause(
  world: World,
  subscription: StoredSubscription,
  from: CreditFrom,
  until: number | null = null,
): { paused: Subscription; credits: InvoiceItem[] } {
  const fault = pauseFault(subscription);
  if (fault !== undefined) throw invalidRequest(fault);
  const { start } = currentPeriod(subscription);
  const creditedFrom = { item_current_period_start: start, now: world.now() };
  const prorations = from === 'none' ? [] : prorationsOf(world, subscription, [], creditedFrom[from]);
  const credits = prorations.map((proration) => createProrationItem(world, subscription, proration));
  const { cancel_at } = subscription;
  const trial_end = subscription.status === 'trialing' ? world.now() : subscription.trial_end;
  const ended: StoredSubscription = { ...withPeriod(subscription, { start, end: world.now() }), _paused_until: until, cancel_at, trial_end };
  return { paused: pauseSubscription(world, ended, 'pause_requested'), credits };
}

/** Why a subscription cannot be paused; `undefined` when it can. */
export function pauseFault({ status, billing_mode, collection_method }: Subscription): string | undefined {
  if (billing_mode.type !== 'flexible') return 'You can only pause a subscription whose billing_mode is `flexible`.';
  if (collection_method !== 'charge_automatically') return 'You can only pause a subscription whose collection_method is `charge_automatically`.';
  const isRunning = status === 'active' || status === 'trialing';
  return isRunning ? undefined : `You can only pause a subscription that is active or trialing; this one is ${status}.`;
}

/** Emits `customer.subscription.updated` and `customer.subscription.paused`. */
export function pauseSubscription(world: World, subscription: Subscription, type: PauseReason): Subscription {
  const paused = change<Subscription>(world, 'customer.subscription.updated', {
    ...subscription,
    status: 'paused',
    status_details: { paused: { subscription: { type }, transitioned_at: world.now(), type: 'subscription' } },
  });
  world.emit('customer.subscription.paused', paused);
  return paused;
}
