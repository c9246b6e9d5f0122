/** What can be bought, and the way to Stripe's Checkout. */
import { Router } from 'express';
import Stripe from 'stripe';
import { refreshSubscription } from '../../core/billing/reconcile.ts';
import { isTerminal } from '../../core/billing/state.ts';
import { DevchatError } from '../../core/errors.ts';
import { findMonthlyPrice } from '../../core/provisioned.ts';
import type { Dependencies } from '../dependencies.ts';
import type { CheckoutAnswer, Offering, OfferingsAnswer } from '../contract.ts';
import { callerOf, type Customer } from '../sign-in.ts';
import { sendThere } from '../wants-page.ts';

const TRIAL_DAYS = 3;
const REMEMBERED_MILLISECONDS = 10_000;
const TOGETHER_MILLISECONDS = 60_000;

export function offeringRoutes(dependencies: Dependencies): Router {
  const offering = remembered(() => fetchOffering(dependencies));
  const opening = new Map<string, Promise<Stripe.Checkout.Session>>();
  /** Clicks that come together share one call; Stripe's own memory serves those on several daemons. */
  const open = (user: Customer, offered: Offering): Promise<Stripe.Checkout.Session> => {
    const session = opening.get(user.customer) ?? checkoutSession(user, offered, dependencies).finally(() => opening.delete(user.customer));
    opening.set(user.customer, session);
    return session;
  };
  return Router()
    .get('/offerings', async (_request, response) => {
      response.json({ offerings: [await offering()] } satisfies OfferingsAnswer);
    })
    .post('/offerings/paircode', async (request, response) => {
      const user = await callerOf(request, dependencies);
      await refuseSecondSubscription(user, dependencies);
      const session = await open(user, await offering());
      sendThere(request, response, session.url ?? '', { url: session.url ?? '' } satisfies CheckoutAnswer);
    });
}

async function fetchOffering({ stripe, challengeId }: Dependencies): Promise<Offering> {
  const price = await findMonthlyPrice(stripe, challengeId);
  if (!price?.active || price.unit_amount === null) throw new DevchatError('not-configured', 'the monthly price is not provisioned', 'run devchat provision catalog');
  return {
    id: 'paircode',
    name: price.product.name,
    price: price.id,
    amount: { amount: price.unit_amount, currency: price.currency },
    interval: 'month',
    trialDays: TRIAL_DAYS,
  };
}

/** An ended subscription may be followed by another. */
async function refuseSecondSubscription(user: Customer, { cache }: Dependencies): Promise<void> {
  const cached = await cache.subscriptionOfCustomer(user.customer);
  if (cached && !isTerminal(cached.subscription.status)) throw subscribedAlready();
}

/** Stripe may have sold one of which no event has come yet. */
async function refuseUnheardSubscription({ customer }: Customer, { stripe, cache }: Dependencies): Promise<void> {
  const notCanceled = await stripe.subscriptions.list({ customer });
  const unheard = notCanceled.data.find(({ status }) => !isTerminal(status));
  if (!unheard) return;
  await refreshSubscription(stripe, cache, unheard.id);
  throw subscribedAlready();
}

function subscribedAlready(): DevchatError {
  return new DevchatError('conflict', 'you are subscribed already', 'manage the subscription on the dashboard');
}

/** One Checkout Session is open for a customer, and clicks that come together open one, so that nobody buys twice. */
async function checkoutSession(user: Customer, { price }: Offering, dependencies: Dependencies): Promise<Stripe.Checkout.Session> {
  const { stripe, baseUrl } = dependencies;
  const [newest] = (await stripe.checkout.sessions.list({ customer: user.customer, limit: 1 })).data;
  const fits = newest?.metadata?.price === price && newest.cancel_url === `${baseUrl}/`;
  if (newest?.status === 'open' && !fits) await expire(newest, stripe);
  await refuseUnheardSubscription(user, dependencies);
  if (newest?.status === 'open' && fits) return newest;
  const parameters: Stripe.Checkout.SessionCreateParams = {
    mode: 'subscription',
    customer: user.customer,
    line_items: [{ price, quantity: 1 }],
    metadata: { price },
    payment_method_collection: 'always',
    subscription_data: { trial_period_days: TRIAL_DAYS },
    success_url: `${baseUrl}/dashboard?session_id={CHECKOUT_SESSION_ID}`,
    cancel_url: `${baseUrl}/`,
  };
  return stripe.checkout.sessions.create(parameters, { idempotencyKey: togetherKey(user, price, newest) });
}

/** Stripe refuses where it is no longer open: paid for meanwhile, or expired by another click. */
async function expire({ id }: Stripe.Checkout.Session, stripe: Stripe): Promise<void> {
  await stripe.checkout.sessions.expire(id).catch((error: unknown) => {
    if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
  });
}

/** Not for longer than a minute: Stripe repeats its answer to a key for a day, a failure included. */
function togetherKey(user: Customer, price: string, newest: Stripe.Checkout.Session | undefined): string {
  const minute = Math.floor(Date.now() / TOGETHER_MILLISECONDS);
  return `devchat-checkout-${user.customer}-${price}-after-${newest?.id ?? 'none'}-${minute}`;
}

function remembered<T>(fetch: () => Promise<T>): () => Promise<T> {
  let value: Promise<T> | undefined;
  let until = 0;
  return () => {
    if (!value || Date.now() > until) {
      until = Date.now() + REMEMBERED_MILLISECONDS;
      value = fetch();
      value.catch(() => (value = undefined));
    }
    return value;
  };
}
