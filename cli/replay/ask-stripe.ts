/** Asks Stripe, once for each subscription, for what replayed events could not tell. */
import type Stripe from 'stripe';
import { refreshSubscription } from '../../core/billing/reconcile.ts';
import type { Cache } from '../../core/cache/cache.ts';
import { DevchatError, type ErrorKind } from '../../core/errors.ts';
import { explainStripeError } from '../../core/stripe.ts';

/** A question that stays open, and why. */
export interface Unanswered {
  subscription: string;
  reason: string;
  kind: ErrorKind;
}

/** What will not go better with the next subscription. */
const FOR_ALL: readonly ErrorKind[] = ['not-configured', 'key-refused', 'unreachable'];

/** Returns the questions that stay open: they are kept in the cache, and a daemon asks again. */
export async function askStripe(subscriptions: Iterable<string>, connect: () => Promise<Stripe>, cache: Cache): Promise<Unanswered[]> {
  const open: Unanswered[] = [];
  for (const subscription of subscriptions) {
    const last = open.at(-1);
    if (last && FOR_ALL.includes(last.kind)) open.push({ ...last, subscription });
    else open.push(...(await ask(subscription, connect, cache)));
  }
  return open;
}

async function ask(subscription: string, connect: () => Promise<Stripe>, cache: Cache): Promise<Unanswered[]> {
  try {
    await refreshSubscription(await connect(), cache, subscription);
    return [];
  } catch (thrown) {
    const error = explainStripeError(thrown);
    if (!(error instanceof DevchatError)) throw error;
    return [{ subscription, reason: [error.message, error.hint].filter(Boolean).join('; '), kind: error.kind }];
  }
}
