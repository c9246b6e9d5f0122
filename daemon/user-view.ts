/** What a signed-in user sees: read from the cache, and nowhere else. */
import { standingOf } from '../core/billing/standing.ts';
import { subscriptionView } from '../core/billing/subscription-view.ts';
import type { Cache } from '../core/cache/cache.ts';
import type { UserView } from './contract.ts';
import type { Customer } from './sign-in.ts';

export async function userView(user: Customer, cache: Cache): Promise<UserView> {
  const cached = await cache.subscriptionOfCustomer(user.customer);
  return {
    id: user.customer,
    email: user.email,
    subscription: cached ? subscriptionView(cached) : null,
    standing: standingOf(cached?.subscription, cached?.invoice),
    nextSession: null,
  };
}
