/** What a cache has otherwise than Stripe, or Stripe does not tell. */
import type Stripe from 'stripe';
import { compareSubscriptions, type Comparison } from '../../core/billing/compare-subscriptions.ts';
import { isUnanswered, type Unanswered } from '../../core/billing/unanswered.ts';
import type { Cache } from '../../core/cache/cache.ts';

export async function drift(stripe: Stripe, cache: Cache): Promise<Array<Comparison | Unanswered>> {
  const found = [];
  for await (const each of compareSubscriptions(stripe, cache)) if (isUnanswered(each) || each.finding !== 'same') found.push(each);
  return found;
}
