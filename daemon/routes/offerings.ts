/** What can be bought, and the way to Stripe's Checkout. */
import { Router } from 'express';
import type Stripe from 'stripe';
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
  return Router()
    .get('/offerings', async (_request, response) => {
      response.json({ offerings: [await offering()] } satisfies OfferingsAnswer);
    })
    .post('/offerings/paircode', async (request, response) => {
      const user = await callerOf(request, dependencies);
      await refuseSecondSubscription(user, dependencies);
      const session = await checkoutSession(user, await offering(), dependencies);
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

async function refuseSecondSubscription(user: Customer, { cache }: Dependencies): Promise<void> {
  const cached = await cache.subscriptionOfCustomer(user.customer);
  if (cached && !isTerminal(cached.subscription.status)) throw new DevchatError('conflict', 'you are subscribed already', 'manage the subscription on the dashboard');
}

/** A Checkout Session that is still open is used again, and clicks that come together open one, so that nobody buys twice. */
async function checkoutSession(user: Customer, { price }: Offering, { stripe, baseUrl }: Dependencies): Promise<Stripe.Checkout.Session> {
  const [newest] = (await stripe.checkout.sessions.list({ customer: user.customer, limit: 1 })).data;
  if (newest?.status === 'open' && newest.metadata?.price === price && newest.cancel_url === `${baseUrl}/`) return newest;
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
