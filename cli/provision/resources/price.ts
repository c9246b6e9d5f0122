/** What it costs. Found by its lookup key; its amount is fixed for life, so another amount is another price. */
import type Stripe from 'stripe';
import { CHALLENGE_KEY } from '../../../core/provisioned.ts';
import type { Match, Resource, Wanted } from './resource.ts';

const NEWEST = 100;
/** How many Stripe takes in one request: https://docs.stripe.com/api/prices/list */
const LOOKUP_KEYS = 10;

export const price: Resource = {
  activity: { path: 'active', on: true, off: false },
  notOnCreate: [],
  siblings: {},
  wholes: [],
  namedOnCreate: [],
  references: { product: 'product' },
  immutable: ['product', 'currency', 'unit_amount', 'recurring.interval', 'recurring.interval_count'],
  fixedAt: { tax_behavior: ['inclusive', 'exclusive'] },
  onReplace: { transfer_lookup_key: true },
  isSingle: true,
  create: (stripe, settings, options) => stripe.prices.create(settings as unknown as Stripe.PriceCreateParams, options),
  update: (stripe, id, settings) => stripe.prices.update(id, settings),
  retrieve: (stripe, id) => stripe.prices.retrieve(id),
  retire,
};

/** Stripe archives no price that is the default of its product: the successor becomes that first. */
async function retire(stripe: Stripe, id: string, successor: string | undefined): Promise<void> {
  const { product } = await stripe.prices.retrieve(id, { expand: ['product'] });
  const isDefault = typeof product === 'object' && !product.deleted && product.default_price === id;
  if (isDefault) await stripe.products.update(product.id, { default_price: successor ?? '' });
  await stripe.prices.update(id, { active: false });
}

/** Prices with their product. */
export type PriceOfProduct = Stripe.Price & { product: Stripe.Product };

export interface Prices {
  byKey: ReadonlyMap<string, PriceOfProduct>;
  /** Ours that are in use without a lookup key: the run that gave the key to another was cut off before it could archive them. */
  leftovers: readonly Stripe.Price[];
}

/** Looks for the prices with these lookup keys, and for leftovers among the newest 100 in use. */
export async function findPrices(stripe: Stripe, challengeId: string, keys: readonly string[]): Promise<Prices> {
  const pages = Array.from({ length: Math.ceil(keys.length / LOOKUP_KEYS) }, (_, page) => keys.slice(page * LOOKUP_KEYS, (page + 1) * LOOKUP_KEYS));
  const [newest, ...found] = await Promise.all([
    stripe.prices.list({ active: true, limit: NEWEST }),
    ...pages.map((some) => stripe.prices.list({ lookup_keys: [...some], expand: ['data.product'], limit: NEWEST })),
  ]);
  const holders = found.flatMap(({ data }) => data) as PriceOfProduct[];
  return {
    byKey: new Map(holders.map((holder) => [holder.lookup_key ?? '', holder])),
    leftovers: newest.data.filter(({ metadata, lookup_key: key }) => metadata[CHALLENGE_KEY] === challengeId && key === null),
  };
}

/** The price with the lookup key first, then what was left behind of the same interval. */
export function matchesFor({ key, settings }: Wanted, { byKey, leftovers }: Prices): Match[] {
  const holder = byKey.get(key);
  const wanted = intervalOf(settings.recurring as Partial<Stripe.Price.Recurring> | undefined);
  const alike = leftovers.filter(({ recurring }) => intervalOf(recurring ?? {}) === wanted);
  const first = holder ? [{ ...holder, product: holder.product.id }] : [];
  return [...first, ...alike].map((object) => ({ id: object.id, settings: object as unknown as Match['settings'] }));
}

function intervalOf({ interval, interval_count: count = 1 }: Partial<Stripe.Price.Recurring> = {}): string {
  return `${count} ${interval ?? 'once'}`;
}
