/** What a subscription is for: its priced items and the period that they are in. */
import { invalidRequest, resourceMissing } from '../wire/errors.ts';
import type { StripeObject, World } from '../world.ts';
import { periodEnd, wholePeriod } from './calendar.ts';
import { subscriptionLine, type Period } from './invoice-lines.ts';
import { planOf } from './plans.ts';
import type { InvoiceLine, Price, Subscription, SubscriptionItem } from './shapes.ts';

export interface ItemOrder {
  price: string;
  quantity?: number | null;
  metadata?: Record<string, string> | null;
}

export type PricedOrder = Omit<ItemOrder, 'price'> & { price: Price };

/**
 * The prices of what is ordered. Throws StripeError (400) for one that is missing, archived or not recurring, and for prices
 * that cannot share one subscription. `param` names the list in the call.
 */
export function priceOrders(world: World, orders: readonly ItemOrder[], param = 'items'): PricedOrder[] {
  const priced = orders.map((order, index) => ({
    ...order,
    price: recurringPrice(world, order.price, `${param}[${index}][price]`),
  }));
  if (priced.length === 0) throw invalidRequest(`Missing required param: ${param}.`, param, 'parameter_missing');
  refuseMixedPrices(priced.map((order) => order.price));
  return priced;
}

/** Throws StripeError (400) for prices that cannot share one subscription. */
export function refuseMixedPrices(prices: readonly Price[]): void {
  const [first, ...others] = prices;
  const twice = prices.find(({ id }, index) => prices.findIndex((price) => price.id === id) < index);
  if (twice !== undefined) throw invalidRequest(`Cannot add multiple subscription items with the same plan: ${twice.id}`, 'items');
  for (const other of others) refuseMixed(first!, other);
}

function recurringPrice(world: World, id: string, param: string): Price {
  const price = world.store.find<Price>('price', id);
  if (price === undefined) throw resourceMissing('price', id, param);
  if (!price.active) {
    throw invalidRequest('The price specified is inactive. This field only accepts active prices.', param);
  }
  if (price.recurring === null) {
    const message =
      'The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.';
    throw invalidRequest(message, param);
  }
  return price;
}

function refuseMixed(first: Price, other: Price): void {
  if (other.currency !== first.currency) {
    throw invalidRequest('All prices on a subscription must have the same `currency`.');
  }
  const [one, two] = [first.recurring, other.recurring];
  if (one?.interval !== two?.interval || one?.interval_count !== two?.interval_count) {
    throw invalidRequest('The sandbox bills all prices of a subscription together: they must have the same interval.');
  }
}

export function buildItem(world: World, subscription: string, order: PricedOrder, period: Period): SubscriptionItem {
  return {
    id: world.newId('si'),
    object: 'subscription_item',
    billing_thresholds: null,
    created: world.now(),
    current_period_end: period.end,
    current_period_start: period.start,
    current_trial: null,
    discounts: [],
    metadata: order.metadata ?? {},
    plan: planOf(order.price),
    price: order.price,
    quantity: order.quantity ?? 1,
    subscription,
    tax_rates: [],
  };
}

/** Where an item is found by its id alone. */
interface ItemPlace extends StripeObject {
  id: string;
  object: '_subscription_item';
  subscription: string;
}

export function rememberItems(world: World, subscription: Subscription): void {
  for (const { id } of subscription.items.data) {
    if (placeOfItem(world, id) !== undefined) continue;
    world.store.insert<ItemPlace>({ id, object: '_subscription_item', subscription: subscription.id });
  }
}

export function placeOfItem(world: World, id: string): ItemPlace | undefined {
  return world.store.find<ItemPlace>('_subscription_item', id);
}

/** The subscription that has this item. Throws StripeError (404) for an item that is in none any more. */
export function subscriptionOfItem(world: World, id: string): { subscription: Subscription; item: SubscriptionItem } {
  const place = placeOfItem(world, id);
  const subscription = world.store.find<Subscription>('subscription', place?.subscription ?? '');
  const item = subscription?.items.data.find((one) => one.id === id);
  if (subscription === undefined || item === undefined) throw resourceMissing('subscription_item', id);
  return { subscription, item };
}

/** The period that all items of a subscription are in. */
export function currentPeriod(subscription: Subscription): Period {
  const first = firstItem(subscription);
  return { start: first.current_period_start, end: first.current_period_end };
}

/** The paid period that begins at `start`. */
export function periodFrom(price: Price, anchor: number, start: number): Period {
  const { interval = 'month', interval_count = 1 } = price.recurring ?? {};
  return { start, end: periodEnd(anchor, interval, interval_count, start) };
}

/** The paid period that `moment` lies in, by a cycle that began before or begins later. */
export function periodAround(price: Price, anchor: number, moment: number): Period {
  const { interval = 'month', interval_count = 1 } = price.recurring ?? {};
  return wholePeriod(anchor, interval, interval_count, moment);
}

/** The same subscription in another period; an end that is marked as the end of the period moves along. */
export function withPeriod(subscription: Subscription, period: Period): Subscription {
  const data = subscription.items.data.map((item) => ({
    ...item,
    current_period_end: period.end,
    current_period_start: period.start,
  }));
  const cancel_at = subscription.cancel_at_period_end ? period.end : subscription.cancel_at;
  return { ...subscription, cancel_at, items: { ...subscription.items, data } };
}

/** What the subscription's items cost in a period. */
export function subscriptionLines(world: World, subscription: Subscription, period: Period): InvoiceLine[] {
  return subscription.items.data.map((item) => subscriptionLine(world, subscription, item, period));
}

export function firstItem(subscription: Subscription): SubscriptionItem {
  const first = subscription.items.data[0];
  if (first === undefined) throw new Error(`subscription ${subscription.id} has no items`);
  return first;
}
