/** Changing what is subscribed from the portal. */
import type { WantedItem } from '../../api/portal-offers.ts';
import type { Price, Subscription } from '../../billing/shapes.ts';
import { firstItem } from '../../billing/subscription-items.ts';
import type { SubscriptionChanges } from '../../billing/subscription-changes.ts';
import { updateSubscription } from '../../billing/subscriptions.ts';
import { invalidRequest } from '../../wire/errors.ts';
import type { World } from '../../world.ts';
import type { SubscriptionVisit } from './session.ts';

/** Switches price and quantity as the configuration says. Throws StripeError for what billing refuses. */
export function changePlan(world: World, visited: SubscriptionVisit, wanted: WantedItem): Subscription {
  const { subscription } = visited;
  refuseScheduled(world, visited, wanted);
  return world.store.transaction(() => updateSubscription(world, subscription.id, changesOf(visited, wanted)));
}

/** Some changes would wait for the end of the period, on a schedule. */
function refuseScheduled(world: World, { portal, subscription }: SubscriptionVisit, wanted: WantedItem): void {
  const before = firstItem(subscription);
  const after = world.store.find<Price>('price', wanted.price) ?? before.price;
  const amount = (price: Price, quantity: number): number => (price.unit_amount ?? 0) * quantity;
  const holds: Readonly<Record<string, boolean>> = {
    decreasing_item_amount: amount(after, wanted.quantity) < amount(before.price, before.quantity ?? 1),
    shortening_interval: daysOf(after) < daysOf(before.price),
  };
  if (!portal.features.subscription_update.schedule_at_period_end.conditions.some(({ type }) => holds[type] === true)) return;
  throw invalidRequest('This change would wait for the end of the period. The sandbox does not schedule changes.');
}

/** Enough to compare intervals. */
const DAYS: Readonly<Record<string, number>> = { day: 1, week: 7, month: 30, year: 365 };

function daysOf({ recurring }: Price): number {
  return (DAYS[recurring?.interval ?? 'month'] ?? 0) * (recurring?.interval_count ?? 1);
}

function changesOf({ portal, subscription }: SubscriptionVisit, wanted: WantedItem): SubscriptionChanges {
  const { proration_behavior, trial_update_behavior } = portal.features.subscription_update;
  const endsTrial = subscription.status === 'trialing' && trial_update_behavior === 'end_trial';
  return {
    items: [{ id: firstItem(subscription).id, ...wanted }],
    proration_behavior,
    ...(endsTrial ? { trial_end: 'now' } : {}),
  };
}
