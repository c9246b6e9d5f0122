/** How what we made in Stripe is found again: by our challenge id alone, never by a remembered id. */
import type Stripe from 'stripe';

export const CHALLENGE_KEY = 'challenge_id';
const NEWEST = 100;
const PRODUCTS_OF_CONFIGURATION = 'features.subscription_update.products';

const EVERY_ONE = { day: 'daily', week: 'weekly', month: 'monthly', year: 'yearly' } as const;

export interface Interval {
  interval: keyof typeof EVERY_ONE;
  interval_count?: number | undefined;
}

/** The lookup key of the price of an interval, by which it is known; there is one price an interval. */
export function priceLookupKey({ interval, interval_count: count = 1 }: Interval, challengeId: string): string {
  return `devchat_paircode_${count === 1 ? EVERY_ONE[interval] : `every_${count}_${interval}s`}_${challengeId}`;
}

/** The lookup key of the monthly price, which the daemon sells. */
export function monthlyLookupKey(challengeId: string): string {
  return priceLookupKey({ interval: 'month' }, challengeId);
}

export interface PortalConfigurations {
  /** Ours: the active ones first, then the oldest. */
  ours: Stripe.BillingPortal.Configuration[];
  /** Whether the account has more than were looked at. */
  hasMore: boolean;
}

/** Looks for our portal configurations among the newest 100 (one request), or with `all` among every one; Stripe has no search for them. */
export async function findPortalConfigurations(stripe: Stripe, challengeId: string, options: { all?: boolean } = {}): Promise<PortalConfigurations> {
  const list = stripe.billingPortal.configurations.list({ limit: NEWEST, expand: [`data.${PRODUCTS_OF_CONFIGURATION}`] });
  const { ours, hasMore } = await pickOurs(list, challengeId, options.all);
  return { ours: ours.sort(activeThenOldest), hasMore };
}

/** Our portal configuration: looked for among the newest 100, and among every one where none of ours is active there. */
export async function findPortalConfiguration(stripe: Stripe, challengeId: string): Promise<Stripe.BillingPortal.Configuration | undefined> {
  const { ours, hasMore } = await findPortalConfigurations(stripe, challengeId);
  if (ours[0]?.active || !hasMore) return ours[0];
  return (await findPortalConfigurations(stripe, challengeId, { all: true })).ours[0];
}

/** Looks for the monthly price with its product (one request); `undefined` where there is none. */
export async function findMonthlyPrice(stripe: Stripe, challengeId: string): Promise<(Stripe.Price & { product: Stripe.Product }) | undefined> {
  const page = await stripe.prices.list({ lookup_keys: [monthlyLookupKey(challengeId)], expand: ['data.product'], limit: 1 });
  return page.data[0] as (Stripe.Price & { product: Stripe.Product }) | undefined;
}

/** Picks what carries our challenge id from the first page of a list, or with `all` from every page. */
export async function pickOurs<T extends { id: string; metadata: Stripe.Metadata | null }>(list: Stripe.ApiListPromise<T>, challengeId: string, all = false): Promise<{ ours: T[]; hasMore: boolean }> {
  const isOurs = (object: T) => object.metadata?.[CHALLENGE_KEY] === challengeId;
  const page = await list;
  if (!all) return { ours: page.data.filter(isOurs), hasMore: page.has_more };
  const ours: T[] = [];
  for await (const object of list) if (isOurs(object)) ours.push(object);
  return { ours, hasMore: false };
}

/** The order in which several of ours are taken: the active ones first, then the oldest. */
export function activeThenOldest(one: Ranked, other: Ranked): number {
  return Number(other.active) - Number(one.active) || one.created - other.created || one.id.localeCompare(other.id);
}

interface Ranked {
  id: string;
  active: boolean;
  created: number;
}
