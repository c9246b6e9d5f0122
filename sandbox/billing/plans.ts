/** Recurring prices as plans: the older API shows the same things in its own words, and tells their changes beside theirs. */
import type { World } from '../world.ts';
import { change, previousAttributes } from './change.ts';
import type { Plan, Price } from './shapes.ts';

/** A price in the words of the Plans API; subscription items still carry both. */
export function planOf(price: Price): Plan {
  const { interval = 'month', interval_count = 1, meter = null, trial_period_days = null, usage_type = 'licensed' } =
    price.recurring ?? {};
  return {
    id: price.id,
    object: 'plan',
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: price.billing_scheme,
    created: price.created,
    currency: price.currency,
    interval,
    interval_count,
    livemode: false,
    metadata: price.metadata,
    meter,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: price.tiers_mode,
    transform_usage: null,
    trial_period_days,
    usage_type,
  };
}

/** Tells a new price, and its plan when it is recurring. */
export function tellNewPrice(world: World, price: Price): void {
  if (price.recurring !== null) world.emit('plan.created', planOf(price));
  world.emit('price.created', price);
}

/** Saves a changed price and emits `price.updated`, and `plan.updated` when it is recurring and its plan differs. */
export function changePrice(world: World, price: Price): Price {
  const before = world.store.find<Price>('price', price.id);
  const changed = change(world, 'price.updated', price);
  if (before === undefined || price.recurring === null) return changed;
  const previous = previousAttributes(planOf(before), planOf(changed));
  if (previous !== undefined) world.emit('plan.updated', planOf(changed), previous);
  return changed;
}

/** Removes a price by its plan; subscriptions to it go on. Emits `plan.deleted` and `price.deleted`. */
export function deletePlan(world: World, price: Price): void {
  world.store.remove('price', price.id);
  world.emit('plan.deleted', planOf(price));
  world.emit('price.deleted', price);
}
