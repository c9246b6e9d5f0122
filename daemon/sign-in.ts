/** Who is signed in: a random token in a cookie, of which the cache knows only the hash. */
import { createHash, randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import type { User } from '../core/cache/cache.ts';
import type { Dependencies } from './dependencies.ts';
import { HttpError } from './errors.ts';

const COOKIE = 'devchat_login';
const TOKEN_BYTES = 32;
const LIFE_MILLISECONDS = 30 * 24 * 60 * 60 * 1000;

/** A user who has a Stripe customer: everybody who is signed in. */
export type Customer = User & { customer: string };

/** Signs a user in on this response. */
export async function signIn(user: User, response: Response, { cache, baseUrl }: Dependencies): Promise<void> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const now = Date.now();
  await cache.createLogin({ tokenHash: hashOf(token), userId: user.id, expiresAt: now + LIFE_MILLISECONDS }, now);
  response.cookie(COOKIE, token, { ...cookieOptions(baseUrl), maxAge: LIFE_MILLISECONDS });
}

/** Signs out whoever is signed in. */
export async function signOut(request: Request, response: Response, { cache, baseUrl }: Dependencies): Promise<void> {
  const token = tokenOf(request);
  if (token) await cache.removeLogin(hashOf(token));
  response.clearCookie(COOKIE, cookieOptions(baseUrl));
}

/**
 * The caller. Throws 401 where nobody is signed in, and 404 where `?user_id=` names somebody else or nobody
 * (the same answer for both, so that ids cannot be guessed).
 */
export async function callerOf(request: Request, dependencies: Dependencies): Promise<Customer> {
  const named = request.query.user_id;
  const user = dependencies.trustUserId && named !== undefined ? await namedUser(named, dependencies) : await signedInUser(request, dependencies);
  if (named !== undefined && named !== user.customer) throw noSuchUser();
  return user;
}

async function signedInUser(request: Request, { cache }: Dependencies): Promise<Customer> {
  const token = tokenOf(request);
  const user = token ? await cache.userByLogin(hashOf(token), Date.now()) : undefined;
  if (!user?.customer) throw new HttpError(401, 'not_signed_in', 'nobody is signed in', { hint: 'sign in at /login' });
  return { ...user, customer: user.customer };
}

async function namedUser(id: unknown, { cache }: Dependencies): Promise<Customer> {
  const user = typeof id === 'string' ? await cache.userByCustomer(id) : undefined;
  if (!user?.customer) throw noSuchUser();
  return { ...user, customer: user.customer };
}

function noSuchUser(): HttpError {
  return new HttpError(404, 'not_found', 'there is no such user');
}

function tokenOf(request: Request): string | undefined {
  return new RegExp(`(?:^|; )${COOKIE}=([\\w-]+)`).exec(request.headers.cookie ?? '')?.[1];
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

function cookieOptions(baseUrl: string) {
  return { httpOnly: true, sameSite: 'lax', secure: baseUrl.startsWith('https:'), path: '/' } as const;
}
