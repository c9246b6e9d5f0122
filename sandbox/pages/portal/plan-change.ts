/** Changing what is subscribed from the portal, and trying that out to know what it costs. */
import type { WantedItem } from '../../api/portal-offers.ts';
import { pendingItems } from '../../billing/invoice-items.ts';
import type { Invoice, Price, Subscription } from '../../billing/shapes.ts';
import { firstItem } from '../../billing/subscription-items.ts';
import type { SubscriptionChanges } from '../../billing/subscription-changes.ts';
import { updateSubscription } from '../../billing/subscriptions.ts';
import { invalidRequest, StripeError } from '../../wire/errors.ts';
import type { World } from '../../world.ts';
import type { SubscriptionVisit } from './session.ts';

/** Amounts in minor units. */
export interface ChangePreview {
  /** What is charged at once. */
  dueNow: number;
  /** What the next invoice adds or takes off for the rest of this period. */
  onNextInvoice: number;
  after: Subscription;
}

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

/** Makes the change, reads what it cost, and takes everything back. */
export function previewChange(world: World, visited: SubscriptionVisit, wanted: WantedItem): ChangePreview | { refusal: string } {
  try {
    return world.store.transaction(() => {
      const before = amountsOf(world, visited.subscription);
      const after = changePlan(world, visited, wanted);
      const now = amountsOf(world, visited.subscription);
      throw new Undo({ dueNow: now.invoiced - before.invoiced, onNextInvoice: now.pending - before.pending, after });
    });
  } catch (thrown) {
    if (thrown instanceof Undo) return thrown.preview;
    if (thrown instanceof StripeError) return { refusal: thrown.message };
    throw thrown;
  }
}

/** Thrown so that the transaction is rolled back. */
class Undo extends Error {
  readonly preview: ChangePreview;

  constructor(preview: ChangePreview) {
    super('A trial of a change is never kept');
    this.preview = preview;
  }
}

function amountsOf(world: World, { customer }: Subscription): { invoiced: number; pending: number } {
  const invoices = world.store.all<Invoice>('invoice', { customer });
  const items = pendingItems(world, customer);
  return {
    invoiced: invoices.reduce((sum, invoice) => sum + invoice.amount_due, 0),
    pending: items.reduce((sum, item) => sum + item.amount, 0),
  };
}
