/** Signing up, in and out, and what the caller may know of themselves. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { Router, type Request, type Response } from 'express';
import { rateLimit, type Options } from 'express-rate-limit';
import Stripe from 'stripe';
import { z } from 'zod';
import { refreshSubscription } from '../../core/billing/reconcile.ts';
import { idOf } from '../../core/billing/state.ts';
import type { User } from '../../core/cache/cache.ts';
import { CHALLENGE_KEY } from '../../core/provisioned.ts';
import type { Dependencies } from '../dependencies.ts';
import type { MeAnswer, SignedInAnswer } from '../contract.ts';
import { HttpError } from '../errors.ts';
import { parsed } from '../parsed-form.ts';
import { hashPassword, passwordFits } from '../passwords.ts';
import { callerOf, signIn, signOut, type Customer } from '../sign-in.ts';
import { userView } from '../user-view.ts';

const QUARTER_HOUR_MILLISECONDS = 15 * 60 * 1000;
const HOUR_MILLISECONDS = 60 * 60 * 1000;
const CHECKOUT_WAIT_MILLISECONDS = 2_000;
const SIGN_UPS = 60;
const WRONG_PASSWORDS = 10;
/** Stripe's answers after which nothing was made: https://docs.stripe.com/api/errors */
const REFUSALS: ReadonlyArray<number | undefined> = [400, 401, 402, 403, 404];

const email = z.string('is missing').trim().toLowerCase().pipe(z.email('is not an e-mail address').max(254, 'is too long'));
const password = z.string('is missing').min(8, 'needs 8 characters or more').max(1024, 'is too long');
const signUpForm = z.object({ email, password });
const signInForm = z.object({ email, password: z.string('is missing').max(1024, 'is too long') });
const trustedForm = z.object({ email, password: z.string().optional() });

export function userRoutes(dependencies: Dependencies): Router {
  const { trustUserId } = dependencies;
  const routes = Router()
    .post('/users', signUpLimit(dependencies), async (request, response) => {
      const form = trustUserId ? parsed(trustedForm, request) : parsed(signUpForm, request);
      const user = await signUp(form, dependencies);
      await signIn(user, response, dependencies);
      response.status(201).json({ id: user.customer, email: user.email } satisfies SignedInAnswer);
    })
    .post('/login', wrongPasswordLimit(), async (request, response) => {
      const user = await userWithPassword(parsed(signInForm, request), dependencies);
      await signIn(user, response, dependencies);
      response.json({ id: user.customer, email: user.email } satisfies SignedInAnswer);
    })
    .post('/logout', async (request, response) => {
      await signOut(request, response, dependencies);
      response.status(204).end();
    })
    .get('/users/me', async (request, response) => {
      const user = await callerOf(request, dependencies);
      if (request.query.session_id !== undefined) await awaitCheckout(request.query.session_id, user, dependencies);
      response.set('Cache-Control', 'no-store').json({ user: await userView(user, dependencies) } satisfies MeAnswer);
    });
  if (trustUserId) routes.get('/users', async (request, response) => void response.json({ user: await userView(await callerOf(request, dependencies), dependencies) } satisfies MeAnswer));
  return routes;
}

/** The user's own id makes the customer: a sign-up that is tried again after a lost answer finds the same one. */
async function signUp(form: { email: string; password?: string | undefined }, { cache, stripe, challengeId, clock }: Dependencies): Promise<Customer> {
  const passwordHash = form.password ? await hashPassword(form.password) : null;
  const user = await cache.createUser({ id: randomUUID(), email: form.email, passwordHash, createdAt: clock.now() });
  try {
    const customer = await stripe.customers.create({ email: user.email, metadata: { [CHALLENGE_KEY]: challengeId, devchat_user: user.id } }, { idempotencyKey: `devchat-customer-${user.id}` });
    await cache.linkCustomer(user, customer.id);
    return { ...user, customer: customer.id };
  } catch (error) {
    if (isRefusal(error)) await cache.removeUnlinkedUser(user);
    throw error;
  }
}

/** After any other answer, or none, the customer may have been made: the half-made user stays, and the next try finds it by the same id. */
function isRefusal(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeError && REFUSALS.includes(error.statusCode);
}

async function userWithPassword(form: { email: string; password: string }, { cache }: Dependencies): Promise<Customer> {
  const user = await cache.userByEmail(form.email);
  const fits = await passwordFits(form.password, user?.passwordHash);
  if (!fits || !isCustomer(user)) throw new HttpError(401, 'wrong_password', 'e-mail or password is wrong');
  return user;
}

function isCustomer(user: User | undefined): user is Customer {
  return typeof user?.customer === 'string';
}

/** For 2 s at the most: what Stripe answers later, the live stream brings. */
async function awaitCheckout(sessionId: unknown, user: Customer, dependencies: Dependencies): Promise<void> {
  const unread = (error: unknown): void => dependencies.logger.warn({ reason: (error as Error).message }, 'a Checkout Session could not be read');
  const stored = storeCheckout(sessionId, user, dependencies).catch(unread);
  await Promise.race([stored, pauseFor(CHECKOUT_WAIT_MILLISECONDS, undefined, { ref: false })]);
}

/** Stores the subscription of the Checkout Session that the caller returns from, before its events come; anybody else's is passed over. */
async function storeCheckout(sessionId: unknown, user: Customer, { stripe, cache }: Dependencies): Promise<void> {
  if (typeof sessionId !== 'string' || !/^cs_\w+$/.test(sessionId)) return;
  const session = await stripe.checkout.sessions.retrieve(sessionId);
  const isTheirs = session.customer !== null && idOf(session.customer) === user.customer;
  if (isTheirs && session.subscription) await refreshSubscription(stripe, cache, idOf(session.subscription));
}

/** The challenge's own tests sign up as often as they like. */
function signUpLimit({ trustUserId }: Dependencies) {
  return limit('too many sign-ups', 'try again in an hour', { windowMs: HOUR_MILLISECONDS, limit: SIGN_UPS, skip: () => trustUserId });
}

function wrongPasswordLimit() {
  const isRight = (_request: Request, response: Response): boolean => response.statusCode !== 401;
  return limit('too many wrong passwords', 'try again in a quarter of an hour', { windowMs: QUARTER_HOUR_MILLISECONDS, limit: WRONG_PASSWORDS, skipSuccessfulRequests: true, requestWasSuccessful: isRight });
}

function limit(message: string, hint: string, options: Partial<Options>) {
  return rateLimit({
    ...options,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    validate: { xForwardedForHeader: false },
    handler: () => {
      throw new HttpError(429, 'too_many_tries', message, { hint });
    },
  });
}
