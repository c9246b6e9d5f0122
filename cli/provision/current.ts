/** What exists in Stripe of what is ours. Reads only; everything that can be asked at the same time is. */
import type Stripe from 'stripe';
import { findPortalConfigurations } from '../../core/provisioned.ts';
import type { Part } from './desired.ts';
import { findPrices, matchesFor, type Prices } from './resources/price.ts';
import { findProducts } from './resources/product.ts';
import type { Found, Match, Wanted } from './resources/resource.ts';
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

/** Reads what was found for each of the parts, of prices those that are wanted. Throws Stripe's own errors. */
export async function current(search: Search, wanted: readonly Wanted[]): Promise<Found[]> {
  const found = await Promise.all(search.parts.map((part) => FIND_BY_PART[part](search, wanted)));
  return found.flat();
}

const FIND_BY_PART: Readonly<Record<Part, (search: Search, wanted: readonly Wanted[]) => Promise<Found[]>>> = {
  portal: findPortal,
  catalog: findCatalog,
  webhook: findWebhook,
};

async function findPortal({ stripe, challengeId, all = false }: Search): Promise<Found[]> {
  const { ours, hasMore } = await findPortalConfigurations(stripe, challengeId, { all });
  return [{ kind: 'portal_configuration', key: challengeId, matches: ours.map(asMatch), hasMore }];
}

async function findCatalog({ stripe, challengeId, all = false }: Search, wanted: readonly Wanted[]): Promise<Found[]> {
  const wantedPrices = wanted.filter(({ kind }) => kind === 'price');
  const [prices, products] = await Promise.all([findPrices(stripe, challengeId, wantedPrices.map(({ key }) => key)), findProducts(stripe, challengeId, all)]);
  return [
    { kind: 'product', key: challengeId, matches: soldBy(prices, products.ours).map(asMatch), hasMore: products.hasMore },
    ...wantedPrices.map((each): Found => ({ kind: 'price', key: each.key, matches: matchesFor(each, prices), hasMore: false })),
  ];
}

/** The prices' own product leads, even where its tag was lost; only a tagged one elsewhere shows that the prices strayed. */
function soldBy({ byKey }: Prices, ours: Stripe.Product[]): Stripe.Product[] {
  const [holder] = byKey.values();
  if (!holder) return ours;
  const others = ours.filter(({ id }) => id !== holder.product.id);
  return others.length < ours.length || ours.length === 0 ? [holder.product, ...others] : ours;
}

async function findWebhook({ stripe, challengeId, knowsSecret }: Search): Promise<Found[]> {
  return [{ kind: 'webhook_endpoint', key: challengeId, matches: await findWebhookEndpoints(stripe, challengeId, knowsSecret), hasMore: false }];
}

function asMatch<T extends { id: string }>(object: T): Match {
  return { id: object.id, settings: object };
}
