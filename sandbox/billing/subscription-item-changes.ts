/** Other quantities and prices for a running subscription. */
import { invalidRequest, resourceMissing } from '../wire/errors.ts';
import { mergeMetadata } from '../wire/params.ts';
import type { World } from '../world.ts';
import type { Subscription, SubscriptionItem } from './shapes.ts';
import { buildItem, currentPeriod, priceOrders, refuseMixedPrices } from './subscription-items.ts';

/** With an `id` it changes or deletes that item; without one it adds. */
export interface ItemChange {
  id?: string | null;
  price?: string | null;
  quantity?: number | null;
  metadata?: Record<string, string> | null;
  deleted?: boolean | null;
}

/** The items after the changes. Throws StripeError (400) for an unknown item, and when none would be left. */
export function changeItems(world: World, subscription: Subscription, changes: readonly ItemChange[]): Subscription['items'] {
  if (changes.length === 0) return subscription.items;
  const data = changes.reduce(
    (items, change, index) => changeItem(world, subscription, items, change, `items[${index}]`),
    subscription.items.data,
  );
  if (data.length === 0) throw invalidRequest('A subscription must have at least one active plan.', 'items');
  refuseMixedPrices(data.map(({ price }) => price));
  return { ...subscription.items, data };
}

function changeItem(
  world: World,
  subscription: Subscription,
  items: SubscriptionItem[],
  change: ItemChange,
  param: string,
): SubscriptionItem[] {
  if (change.id == null) return [...items, ordered(world, subscription, change, param)];
  const known = items.find((item) => item.id === change.id);
  if (known === undefined) throw resourceMissing('subscription_item', change.id, `${param}[id]`);
  if (change.deleted === true) return items.filter((item) => item !== known);
  const quantity = change.quantity ?? known.quantity ?? 1;
  const metadata = mergeMetadata(known.metadata, change.metadata ?? {});
  const changed = { ...repriced(world, subscription, known, change, param), quantity, metadata };
  return items.map((item) => (item === known ? changed : item));
}

/** Who has a price keeps it, also when it is archived. */
function repriced(world: World, subscription: Subscription, known: SubscriptionItem, { price }: ItemChange, param: string): SubscriptionItem {
  if (price == null || price === known.price.id) return known;
  const { id, created } = known;
  return { ...ordered(world, subscription, { price }, param), id, created };
}

function ordered(world: World, subscription: Subscription, change: ItemChange, param: string): SubscriptionItem {
  const { price, quantity = 1, metadata = {} } = change;
  if (price == null) throw invalidRequest(`Missing required param: ${param}[price].`, `${param}[price]`, 'parameter_missing');
  const [order] = priceOrders(world, [{ price, quantity, metadata }]);
  return buildItem(world, subscription.id, order!, currentPeriod(subscription));
}
