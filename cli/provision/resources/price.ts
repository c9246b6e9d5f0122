/** What it costs. Found by its lookup key; its amount is fixed for life, so another amount is another price. */
import type Stripe from 'stripe';
import type { Resource } from './resource.ts';

export const price: Resource = {
  activity: { path: 'active', on: true, off: false },
  notOnCreate: [],
  siblings: {},
  references: { product: 'product' },
  replacement: {
    immutable: ['product', 'currency', 'unit_amount', 'recurring.interval', 'recurring.interval_count'],
    retire: (stripe, id) => stripe.prices.update(id, { active: false }),
  },
  create: (stripe, settings, options) => stripe.prices.create({ ...settings, transfer_lookup_key: true } as unknown as Stripe.PriceCreateParams, options),
  update: (stripe, id, settings) => stripe.prices.update(id, settings),
  retrieve: (stripe, id) => stripe.prices.retrieve(id),
};
