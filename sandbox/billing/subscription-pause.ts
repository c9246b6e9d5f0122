/** Pausing a subscription: no invoice and no new period until it is resumed. */
import { invalidRequest } from '../wire/errors.ts';
import type { World } from '../world.ts';
import { change } from './change.ts';
import { createProrationItem } from './invoice-items.ts';
import { prorationsOf } from './proration.ts';
import type { InvoiceItem, Subscription } from './shapes.ts';
import { currentPeriod, withPeriod } from './subscription-items.ts';

type PauseReason = NonNullable<Subscription['status_details']>['paused']['subscription']['type'];

/** From when on a pause gives the paid time back. */
export type CreditFrom = 'item_current_period_start' | 'none' | 'now';

/**
 * `POST /v1/subscriptions/:id/pause`: the period ends now, and its unused time becomes a pending credit, or none. Answers the
 * credits with the subscription. Throws StripeError (400) for one that cannot be paused.
 * @see https://docs.stripe.com/billing/subscriptions/pause
 */
export function requestPause(world: World, subscription: Subscription, from: CreditFrom): { paused: Subscription; credits: InvoiceItem[] } {
  refusePause(subscription);
  const { start } = currentPeriod(subscription);
  const creditedFrom = { item_current_period_start: start, now: world.now() };
  const prorations = from === 'none' ? [] : prorationsOf(world, subscription, [], creditedFrom[from]);
  const credits = prorations.map((proration) => createProrationItem(world, subscription, proration));
  const { cancel_at } = subscription;
  const trial_end = subscription.status === 'trialing' ? world.now() : subscription.trial_end;
  const ended = { ...withPeriod({ ...subscription, trial_end }, { start, end: world.now() }), cancel_at };
  return { paused: pauseSubscription(world, ended, 'pause_requested'), credits };
}

function refusePause({ status, billing_mode, collection_method }: Subscription): void {
  if (billing_mode.type !== 'flexible') throw invalidRequest('You can only pause a subscription whose billing_mode is `flexible`.');
  if (collection_method !== 'charge_automatically') {
    throw invalidRequest('You can only pause a subscription whose collection_method is `charge_automatically`.');
  }
  if (status !== 'active' && status !== 'trialing') {
    throw invalidRequest(`You can only pause a subscription that is active or trialing; this one is ${status}.`);
  }
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
