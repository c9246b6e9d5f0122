/** Finds a cached subscription by whatever a person calls it. */
import type { CachedSubscription } from '../core/billing/subscription-view.ts';
import type { Cache } from '../core/cache/cache.ts';

/** By its own id, its customer's id or their e-mail address: of several, the one that has not ended. */
export async function findSubscription(name: string, cache: Cache): Promise<CachedSubscription | undefined> {
  if (name.startsWith('sub_')) return cache.subscription(name);
  const customer = name.includes('@') ? (await cache.userByEmail(name))?.customer : name;
  return customer ? cache.subscriptionOfCustomer(customer) : undefined;
}
