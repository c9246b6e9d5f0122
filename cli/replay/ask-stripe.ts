/** Asks Stripe, once for each subscription and a few at once, for what replayed events could not tell. */
import type Stripe from 'stripe';
import { ASKED_AT_ONCE, eachAtOnce } from '../../core/at-once.ts';
import { refreshSubscription } from '../../core/billing/reconcile.ts';
import { reasonIn, type Unanswered as Unexplained } from '../../core/billing/unanswered.ts';
import type { Cache } from '../../core/cache/cache.ts';
import { DevchatError, type ErrorKind } from '../../core/errors.ts';
import { explainStripeError } from '../../core/stripe.ts';

/** A question that stays open, and why. */
export interface Unanswered extends Unexplained {
  kind: ErrorKind;
}

/** What will not go better with the next subscription. */
const FOR_ALL: readonly ErrorKind[] = ['not-configured', 'key-refused', 'unreachable'];

/** Returns the questions that stay open, in that order: they are kept in the cache, and a daemon asks again. */
export async function askStripe(subscriptions: Iterable<string>, connect: () => Promise<Stripe>, cache: Cache): Promise<Unanswered[]> {
  const ids = [...subscriptions];
  const open = new Map<string, Unanswered>();
  let stripe: Promise<Stripe> | undefined;
  let forAll: Unanswered | undefined;
  await eachAtOnce(ASKED_AT_ONCE, ids, async (subscription) => {
    const unanswered = forAll ?? (await ask(subscription, () => (stripe ??= connect()), cache));
    if (!unanswered) return;
    open.set(subscription, { ...unanswered, subscription });
    if (FOR_ALL.includes(unanswered.kind)) forAll = unanswered;
  });
  return ids.flatMap((id) => open.get(id) ?? []);
}

async function ask(subscription: string, connect: () => Promise<Stripe>, cache: Cache): Promise<Unanswered | undefined> {
  try {
    await refreshSubscription(await connect(), cache, subscription);
    return undefined;
  } catch (thrown) {
    const error = explainStripeError(thrown);
    if (!(error instanceof DevchatError)) throw error;
    return { subscription, reason: reasonIn(error), kind: error.kind };
  }
}
