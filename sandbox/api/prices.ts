/** /v1/prices */
import { changePrice, tellNewPrice } from '../billing/plans.ts';
import type { Price, Product } from '../billing/shapes.ts';
import { invalidRequest, missingParameter } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import { boolean, choice, currency, decimal, hash, integer, list, mergeMetadata, metadata, required, string, type Params } from '../wire/params.ts';
import { listRoute, route } from '../wire/route.ts';
import { newProduct } from './new-product.ts';
import type { Where, World } from '../world.ts';

const INTERVALS = ['day', 'week', 'month', 'year'] as const;
const LONGEST_YEARS_INTERVALS = { day: 1095, week: 156, month: 36, year: 3 } as const;
const TAX_BEHAVIORS = ['exclusive', 'inclusive', 'unspecified'] as const;
const LOOKUP_KEY_LENGTH = 200;

const intervalSpec = { interval: required(choice(INTERVALS)), interval_count: integer({ min: 1 }) };

/** What describes a price wherever one is made: here, with a product, or inline in a Checkout Session. */
export const priceDataSpec = {
  currency: required(currency()),
  metadata: metadata(),
  recurring: hash(intervalSpec),
  tax_behavior: choice(TAX_BEHAVIORS),
  unit_amount: integer({ min: 0 }),
  unit_amount_decimal: decimal(),
};
/** A product that is made along with its price. */
export const productDataSpec = {
  active: boolean(),
  id: string(),
  metadata: metadata(),
  name: required(string()),
  statement_descriptor: string({ max: 22 }),
  tax_code: string(),
  unit_label: string({ max: 12 }),
};
const createSpec = {
  ...priceDataSpec,
  active: boolean(),
  billing_scheme: choice(['per_unit', 'tiered']),
  lookup_key: string({ max: LOOKUP_KEY_LENGTH }),
  nickname: string(),
  product: string(),
  product_data: hash(productDataSpec),
  recurring: hash({
    ...intervalSpec,
    trial_period_days: integer({ min: 1 }),
    usage_type: choice(['licensed', 'metered']),
  }),
  transfer_lookup_key: boolean(),
};
const updateSpec = {
  active: boolean(),
  lookup_key: string({ max: LOOKUP_KEY_LENGTH }),
  metadata: metadata(),
  nickname: string(),
  tax_behavior: choice(TAX_BEHAVIORS),
  transfer_lookup_key: boolean(),
};
const filterSpec = {
  active: boolean(),
  currency: string(),
  lookup_keys: list(string()),
  product: string(),
  recurring: hash({ interval: choice(INTERVALS), usage_type: choice(['licensed', 'metered']) }),
  type: choice(['one_time', 'recurring']),
};

export const priceRoutes = [
  route('POST', '/v1/prices', createSpec, (world, { params }) => createPrice(world, params)),
  route('GET', '/v1/prices/:id', {}, (world, { path }) => existing<Price>(world, 'price', path.id)),
  route('POST', '/v1/prices/:id', updateSpec, (world, { path, params }) => {
    const price = existing<Price>(world, 'price', path.id);
    refuseChange(world, price, params);
    if (params.lookup_key) claimLookupKey(world, params.lookup_key, params.transfer_lookup_key, price.id);
    return changePrice(world, {
      ...price,
      active: params.active ?? price.active,
      lookup_key: params.lookup_key === undefined ? price.lookup_key : params.lookup_key,
      metadata: mergeMetadata(price.metadata, params.metadata),
      nickname: params.nickname === undefined ? price.nickname : params.nickname,
      tax_behavior: params.tax_behavior ?? price.tax_behavior,
    });
  }),
  listRoute('/v1/prices', 'price', filterSpec, toWhere),
];

/** Makes a price and emits `price.created`. Throws StripeError for what Stripe refuses, and for what the sandbox cannot bill. */
export function createPrice(world: World, params: Params<typeof createSpec>, id = world.newId('price')): Price {
  if (params.billing_scheme === 'tiered') throw invalidRequest('The sandbox does not bill by tiers: billing_scheme must be per_unit.', 'billing_scheme');
  if (params.recurring?.usage_type === 'metered') throw invalidRequest(NOT_METERED, 'recurring[usage_type]');
  checkAmount(params);
  checkInterval(params.recurring);
  if (params.lookup_key) claimLookupKey(world, params.lookup_key, params.transfer_lookup_key);
  const price = world.store.insert(newPrice(world, id, params, productOf(world, params)));
  tellNewPrice(world, price);
  return price;
}

const NOT_METERED = 'The sandbox does not bill metered usage: usage_type must be licensed.';

type InlinePrice = Omit<Params<typeof createSpec>, 'product_data'> & { product_data?: Omit<Params<typeof productDataSpec>, 'active' | 'id'> | null };

/**
 * Makes a price for one Checkout Session alone; neither it nor the product that it brings along is active. Emits
 * `price.created` and, for such a product, `product.created`. `within` names it in the call, for the error.
 */
export function inlinePrice(world: World, params: InlinePrice, within: string): Price {
  checkAmount(params, within);
  checkInterval(params.recurring, within);
  const { product_data } = params;
  const product = productOf(world, { ...params, product_data: product_data && { ...product_data, active: false } }, within);
  const price = world.store.insert(newPrice(world, world.newId('price'), { ...params, active: false }, product));
  tellNewPrice(world, price);
  return price;
}

function nameWithin(within: string | undefined, [first = '', ...deeper]: readonly string[]): string {
  const names = within === undefined ? deeper : [first, ...deeper];
  return `${within ?? first}${names.map((name) => `[${name}]`).join('')}`;
}

/** What may no longer be said about a price that is in use. */
function refuseChange(world: World, price: Price, params: Params<typeof updateSpec>): void {
  const isFixed = price.tax_behavior !== 'unspecified' && params.tax_behavior != null && params.tax_behavior !== price.tax_behavior;
  if (isFixed) throw invalidRequest('`tax_behavior` cannot be changed once it is `inclusive` or `exclusive`.', 'tax_behavior');
  if (params.active !== false) return;
  const isDefault = world.store.find<Product>('product', price.product)?.default_price === price.id;
  if (isDefault) throw invalidRequest('This price cannot be archived because it is the default price of its product.', 'active');
}

function newPrice(world: World, id: string, params: Params<typeof createSpec>, product: string): Price {
  const amount = Number(params.unit_amount_decimal ?? params.unit_amount);
  return {
    id,
    object: 'price',
    active: params.active ?? true,
    billing_scheme: 'per_unit',
    created: world.now(),
    currency: params.currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: params.lookup_key ?? null,
    metadata: mergeMetadata({}, params.metadata),
    nickname: params.nickname ?? null,
    product,
    recurring: recurringOf(params.recurring),
    tax_behavior: params.tax_behavior ?? 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: params.recurring ? 'recurring' : 'one_time',
    unit_amount: amount,
    unit_amount_decimal: String(amount),
  };
}

function recurringOf(sent: Params<typeof createSpec>['recurring']): Price['recurring'] {
  if (!sent) return null;
  return {
    interval: sent.interval,
    interval_count: sent.interval_count ?? 1,
    meter: null,
    trial_period_days: sent.trial_period_days ?? null,
    usage_type: sent.usage_type ?? 'licensed',
  };
}

type Amount = Pick<Params<typeof createSpec>, 'unit_amount' | 'unit_amount_decimal'>;

function checkAmount(params: Amount, within?: string): void {
  const both = params.unit_amount != null && params.unit_amount_decimal != null;
  if (both) throw invalidRequest('You may only specify one of these parameters: unit_amount, unit_amount_decimal.');
  if (!/^\d+(\.0+)?$/.test(params.unit_amount_decimal ?? '0')) {
    throw invalidRequest('The sandbox bills whole minor units: no fraction, and nothing below 0.', nameWithin(within, ['unit_amount_decimal']));
  }
  if (params.unit_amount == null && params.unit_amount_decimal == null) throw missingParameter(nameWithin(within, ['unit_amount']));
}

function checkInterval(recurring: Params<typeof createSpec>['recurring'], within?: string): void {
  const longest = recurring && LONGEST_YEARS_INTERVALS[recurring.interval];
  if (longest && (recurring.interval_count ?? 1) > longest) {
    throw invalidRequest(`You cannot use an interval longer than three years: at most ${longest} ${recurring.interval}s.`, nameWithin(within, ['recurring', 'interval_count']));
  }
}

/** Makes the key free for a price: another price's key is taken over only when the call says so. */
function claimLookupKey(world: World, key: string, transfer: boolean | null | undefined, claimant?: string): void {
  const holder = world.store.all<Price>('price', { lookup_key: key }).find((price) => price.id !== claimant);
  if (!holder) return;
  if (!transfer) throw invalidRequest(`A price (\`${holder.id}\`) already uses that lookup key.`, 'lookup_key');
  changePrice(world, { ...holder, lookup_key: null });
}

function productOf(world: World, params: Pick<Params<typeof createSpec>, 'product' | 'product_data'>, within?: string): string {
  if (params.product && params.product_data) throw invalidRequest('You may only specify one of these parameters: product, product_data.');
  if (params.product) return existing<Product>(world, 'product', params.product, nameWithin(within, ['product'])).id;
  if (!params.product_data) throw missingParameter(nameWithin(within, ['product']));
  const { metadata: tags, name, active, id, ...plain } = params.product_data;
  const blank = newProduct(world, { id });
  const product = world.store.insert({ ...blank, ...plain, name, active: active ?? true, metadata: mergeMetadata({}, tags) });
  world.emit('product.created', product);
  return product.id;
}

function toWhere(params: Params<typeof filterSpec>): Where {
  const { lookup_keys, recurring, ...equal } = params;
  const filters = {
    ...equal,
    lookup_key: lookup_keys,
    'recurring.interval': recurring?.interval,
    'recurring.usage_type': recurring?.usage_type,
  };
  return Object.fromEntries(Object.entries(filters).filter((entry): entry is [string, string] => entry[1] != null));
}
