/** /v1/plans: recurring prices in the words of the older API. */
import { changePrice, deletePlan, planOf } from '../billing/plans.ts';
import type { Price, Product } from '../billing/shapes.ts';
import { invalidRequest, missingParameter, resourceMissing } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import {
  boolean,
  choice,
  currency,
  decimal,
  either,
  hash,
  integer,
  mergeMetadata,
  metadata,
  required,
  string,
} from '../wire/params.ts';
import { listRoute, route, type ListAnswer, type Route } from '../wire/route.ts';
import type { World } from '../world.ts';
import { createPrice, productDataSpec } from './prices.ts';

const createSpec = {
  active: boolean(),
  amount: integer({ min: 0 }),
  amount_decimal: decimal(),
  billing_scheme: choice(['per_unit']),
  currency: required(currency()),
  id: string(),
  interval: required(choice(['day', 'week', 'month', 'year'])),
  interval_count: integer({ min: 1 }),
  metadata: metadata(),
  nickname: string(),
  product: required(either(hash(productDataSpec), string())),
  trial_period_days: integer({ min: 1 }),
  usage_type: choice(['licensed', 'metered']),
};
const updateSpec = {
  active: boolean(),
  metadata: metadata(),
  nickname: string(),
  product: string(),
  trial_period_days: integer({ min: 1 }),
};

export const planRoutes: Route[] = [
  route('POST', '/v1/plans', createSpec, (world, { params }) => {
    const { amount, amount_decimal, id, interval, interval_count, product, trial_period_days, usage_type, ...same } = params;
    if (amount == null && amount_decimal == null) throw missingParameter('amount');
    if (id != null && world.store.find('price', id)) throw invalidRequest('Plan already exists.', 'id', 'resource_already_exists');
    const price = {
      ...same,
      ...(typeof product === 'string' ? { product } : { product_data: product }),
      recurring: { interval, interval_count, trial_period_days, usage_type },
      unit_amount: amount,
      unit_amount_decimal: amount_decimal,
    };
    return planOf(createPrice(world, price, id ?? world.newId('plan')));
  }),
  route('GET', '/v1/plans/:id', {}, (world, { path }) => planOf(recurringPrice(world, path.id))),
  route('POST', '/v1/plans/:id', updateSpec, (world, { path, params }) => {
    const price = recurringPrice(world, path.id);
    const { active, metadata: tags, nickname, product, trial_period_days } = params;
    if (product != null) existing<Product>(world, 'product', product, 'product');
    const recurring = price.recurring && {
      ...price.recurring,
      trial_period_days: trial_period_days === undefined ? price.recurring.trial_period_days : trial_period_days,
    };
    const changed = changePrice(world, {
      ...price,
      active: active ?? price.active,
      metadata: mergeMetadata(price.metadata, tags),
      nickname: nickname === undefined ? price.nickname : nickname,
      product: product ?? price.product,
      recurring,
    });
    return planOf(changed);
  }),
  route('DELETE', '/v1/plans/:id', {}, (world, { path }) => {
    deletePlan(world, recurringPrice(world, path.id));
    return { id: path.id, object: 'plan', deleted: true as const };
  }),
  plansList(),
];

function recurringPrice(world: World, id: string): Price {
  const price = world.store.find<Price>('price', id);
  if (price === undefined || price.recurring === null) throw resourceMissing('plan', id);
  return price;
}

/** The list of recurring prices, each shown as a plan. */
function plansList(): Route {
  const prices = listRoute('/v1/plans', 'price', { active: boolean(), product: string() }, ({ active, product }) => ({
    type: 'recurring',
    ...(active == null ? {} : { active }),
    ...(product == null ? {} : { product }),
  }));
  return {
    ...prices,
    prepare(raw) {
      const work = prices.prepare(raw);
      return (world) => {
        const page = work(world) as ListAnswer;
        return { ...page, data: (page.data as Price[]).map(planOf) };
      };
    },
  };
}
