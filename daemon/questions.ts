/** Asks Stripe, after the webhook's answer has gone, for what the events could not tell about a subscription. */
import type Stripe from 'stripe';
import { settleQuestion } from '../core/billing/reconcile.ts';
import type { Cache } from '../core/cache/cache.ts';
import type { Logger } from './logger.ts';
import { Tasks } from './tasks.ts';

export function questionTasks(stripe: Stripe, cache: Cache, logger: Logger): Tasks {
  const settle = async (subscription: string): Promise<void> => {
    const isKnown = await settleQuestion(stripe, cache, subscription);
    if (!isKnown) logger.warn({ subscription }, 'Stripe does not know it');
  };
  return new Tasks({ failed: 'Stripe could not be asked', open: () => cache.questions(), settle }, logger);
}
