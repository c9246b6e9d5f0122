/** How what we made in Stripe is found again: by our challenge id alone, never by a remembered id. */
import type Stripe from 'stripe';

export const CHALLENGE_KEY = 'challenge_id';
const NEWEST = 100;
const PRODUCTS_OF_CONFIGURATION = 'features.subscription_update.products';

/** The lookup key of the monthly price. */
export function monthlyLookupKey(challengeId: string): string {
  return `devchat_paircode_monthly_${challengeId}`;
}

export interface PortalConfigurations {
  /** Ours: the active ones first, then the oldest. */
  ours: Stripe.BillingPortal.Configuration[];
  /** Whether the account has more than were looked at. */
  hasMore: boolean;
}

/** Looks for our portal configurations among the newest 100 (one request); Stripe has no search for them. */
export async function findPortalConfigurations(stripe: Stripe, challengeId: string): Promise<PortalConfigurations> {
  const page = await stripe.billingPortal.configurations.list({ limit: NEWEST, expand: [`data.${PRODUCTS_OF_CONFIGURATION}`] });
  const ours = page.data.filter((configuration) => configuration.metadata?.[CHALLENGE_KEY] === challengeId);
  return { ours: ours.sort(activeThenOldest), hasMore: page.has_more };
}

/** Looks for the monthly price with its product (one request); `undefined` where there is none. */
export async function findMonthlyPrice(stripe: Stripe, challengeId: string): Promise<(Stripe.Price & { product: Stripe.Product }) | undefined> {
  const page = await stripe.prices.list({ lookup_keys: [monthlyLookupKey(challengeId)], expand: ['data.product'], limit: 1 });
  return page.data[0] as (Stripe.Price & { product: Stripe.Product }) | undefined;
}

function activeThenOldest(one: Stripe.BillingPortal.Configuration, other: Stripe.BillingPortal.Configuration): number {
  return Number(other.active) - Number(one.active) || one.created - other.created || one.id.localeCompare(other.id);
}
