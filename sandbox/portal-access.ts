/** Who may open a portal page: whoever has the link, while it is fresh. */
import type Stripe from 'stripe';
import type { Wire } from './billing/shapes.ts';
import { realSeconds } from './clock.ts';
import { randomText } from './ids.ts';
import type { World } from './world.ts';

const TOKEN_LENGTH = 43;

interface Memory {
  _token: string;
  _visited: boolean;
  _last_used: number;
  /** The task of a deep link is done: from now on it is a link like any other. */
  _flow_done?: boolean;
  /** The set-up that the page of the cards opened last. */
  _setup_intent?: string;
}
export type StoredPortalSession = Wire<Stripe.BillingPortal.Session> & Memory;

/** A fresh link, and what the stored session must remember of it. The link is a credential: never log it. */
export function createPortalAccess(world: World): { url: string; memory: Memory } {
  const token = `test_${randomText(TOKEN_LENGTH)}`;
  return { url: `${world.baseUrl}/p/session/${token}`, memory: { _token: token, _visited: false, _last_used: realSeconds() } };
}

interface Visit {
  session: StoredPortalSession;
  /** The link was left too long. */
  isExpired: boolean;
}

/** The session behind a link, kept alive by this visit unless it has expired; undefined for an unknown link. */
export function visitPortalSession(world: World, token: string): Visit | undefined {
  const [stored] = world.store.all<StoredPortalSession>('billing_portal.session', { _token: token });
  if (!stored) return undefined;
  // Stripe says only that links are short-lived. Real time, whatever the sandbox's clock.
  const life = world.switchOf(stored._visited ? 'portal_visit_life' : 'portal_link_life');
  if (realSeconds() - stored._last_used > life) return { session: stored, isExpired: true };
  const session = world.store.save({ ...stored, _visited: true, _last_used: realSeconds() });
  return { session: stored._flow_done === true ? { ...session, flow: null } : session, isExpired: false };
}

/** A deep link whose task is done leads to the whole portal. */
export function openWholePortal(world: World, id: string): void {
  const stored = world.store.find<StoredPortalSession>('billing_portal.session', id);
  if (stored !== undefined) world.store.save<StoredPortalSession>({ ...stored, _flow_done: true });
}

/** The address of the portal's first page. It holds the credential. */
export function portalPath({ _token }: Memory): string {
  return `/p/session/${_token}`;
}

/** The page of the cards has opened a set-up, which waits for the next card. */
export function rememberSetup(world: World, id: string, setupIntent: string): void {
  const stored = world.store.find<StoredPortalSession>('billing_portal.session', id);
  if (stored !== undefined) world.store.save<StoredPortalSession>({ ...stored, _setup_intent: setupIntent });
}

/** The session whose page opened a set-up last. */
export function sessionOfSetup(world: World, setupIntent: string): StoredPortalSession | undefined {
  return world.store.all<StoredPortalSession>('billing_portal.session', { _setup_intent: setupIntent })[0];
}
