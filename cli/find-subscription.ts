/** Finds a cached subscription, or a customer, by whatever a person calls them. */
import type { CachedSubscription } from '../core/billing/subscription-view.ts';
import type { Cache } from '../core/cache/cache.ts';

/** By its own id, its customer's id or their e-mail address: of several, the one that has not ended. */
export async function findSubscription(name: string, cache: Cache): Promise<CachedSubscription | undefined> {
  if (name.startsWith('sub_')) return cache.subscription(name);
  const customer = await findCustomer(name, cache);
  return customer ? cache.subscriptionOfCustomer(customer) : undefined;
}

/** The id behind an e-mail address; what is none is taken for an id. */
export async function findCustomer(name: string, cache: Cache): Promise<string | undefined> {
  return name.includes('@') ? ((await cache.userByEmail(name))?.customer ?? undefined) : name;
}
