/** Lets a customer's new card pay what is missing, after the webhook's answer has gone. */
import type Stripe from 'stripe';
import { collectWithNewCard } from '../core/billing/collect.ts';
import type { Cache } from '../core/cache/cache.ts';
import type { Logger } from './logger.ts';
import { Tasks } from './tasks.ts';

export function collectionTasks(stripe: Stripe, cache: Cache, logger: Logger): Tasks {
  const settle = async (customer: string): Promise<void> => {
    const collection = (await cache.collections()).find((each) => each.customer === customer);
    if (!collection) return;
    for (const collected of await collectWithNewCard(stripe, cache, collection)) logger.info({ ...collected }, 'a new card');
  };
  return new Tasks({ failed: 'a new card could not pay', open: async () => (await cache.collections()).map(({ customer }) => customer), settle }, logger);
}
