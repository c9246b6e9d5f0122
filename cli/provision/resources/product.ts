/** What is sold. Found by our challenge id in its metadata, or through its price. */
import type Stripe from 'stripe';
import { activeThenOldest, pickOurs } from '../../../core/provisioned.ts';
import type { Resource } from './resource.ts';

const NEWEST = 100;

export const product: Resource = {
  activity: { path: 'active', on: true, off: false },
  notOnCreate: [],
  siblings: {},
  wholes: [],
  namedOnCreate: [],
  references: {},
  immutable: [],
  fixedAt: {},
  onReplace: {},
  isSingle: false,
  create: (stripe, settings, options) => stripe.products.create(settings as unknown as Stripe.ProductCreateParams, options),
  update: (stripe, id, settings) => stripe.products.update(id, settings),
  retrieve: (stripe, id) => stripe.products.retrieve(id),
  retire: (stripe, id) => stripe.products.update(id, { active: false }),
};

/** Looks for our products among the newest 100, or with `all` among every one: the active ones first, then the oldest. */
export async function findProducts(stripe: Stripe, challengeId: string, all: boolean): Promise<{ ours: Stripe.Product[]; hasMore: boolean }> {
  const { ours, hasMore } = await pickOurs(stripe.products.list({ limit: NEWEST }), challengeId, all);
  return { ours: ours.sort(activeThenOldest), hasMore };
}
