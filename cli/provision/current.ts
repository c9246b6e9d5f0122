/** What exists in Stripe of what is ours. Reads only; everything that can be asked at the same time is. */
import type Stripe from 'stripe';
import { findMonthlyPrice, findPortalConfigurations, monthlyLookupKey } from '../../core/provisioned.ts';
import type { Part } from './desired.ts';
import { findProducts } from './resources/product.ts';
import type { Found, Match } from './resources/resource.ts';
import { findWebhookEndpoints } from './resources/webhook-endpoint.ts';

export interface Search {
  stripe: Stripe;
  challengeId: string;
  parts: readonly Part[];
  /** Looks beyond the newest 100. */
  all?: boolean | undefined;
  /** Whether the signing secret of this endpoint is saved. */
  knowsSecret: (endpointId: string) => boolean;
}

/** Reads what was found for each of the parts. Throws Stripe's own errors. */
export async function current(search: Search): Promise<Found[]> {
  const found = await Promise.all(search.parts.map((part) => FIND_BY_PART[part](search)));
  return found.flat();
}

const FIND_BY_PART: Readonly<Record<Part, (search: Search) => Promise<Found[]>>> = {
  portal: findPortal,
  catalog: findCatalog,
  webhook: findWebhook,
};

async function findPortal({ stripe, challengeId, all = false }: Search): Promise<Found[]> {
  const { ours, hasMore } = await findPortalConfigurations(stripe, challengeId, { all });
  return [{ kind: 'portal_configuration', key: challengeId, matches: ours.map(asMatch), hasMore }];
}

async function findCatalog({ stripe, challengeId, all = false }: Search): Promise<Found[]> {
  const [price, products] = await Promise.all([findMonthlyPrice(stripe, challengeId), findProducts(stripe, challengeId, all)]);
  return [
    { kind: 'product', key: challengeId, matches: soldBy(price, products.ours).map(asMatch), hasMore: products.hasMore },
    { kind: 'price', key: monthlyLookupKey(challengeId), matches: price ? [asMatch({ ...price, product: price.product.id })] : [], hasMore: false },
  ];
}

/** The price's own product leads, even where its tag was lost; only a tagged one elsewhere shows that the price strayed. */
function soldBy(price: { product: Stripe.Product } | undefined, ours: Stripe.Product[]): Stripe.Product[] {
  if (!price) return ours;
  const others = ours.filter(({ id }) => id !== price.product.id);
  return others.length < ours.length || ours.length === 0 ? [price.product, ...others] : ours;
}

async function findWebhook({ stripe, challengeId, knowsSecret }: Search): Promise<Found[]> {
  return [{ kind: 'webhook_endpoint', key: challengeId, matches: await findWebhookEndpoints(stripe, challengeId, knowsSecret), hasMore: false }];
}

function asMatch<T extends { id: string }>(object: T): Match {
  return { id: object.id, settings: object };
}
