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
}
type StoredSession = Wire<Stripe.BillingPortal.Session> & Memory;

/** A fresh link, and what the stored session must remember of it. The link is a credential: never log it. */
export function createPortalAccess(world: World): { url: string; memory: Memory } {
  const token = `test_${randomText(TOKEN_LENGTH)}`;
  return { url: `${world.baseUrl}/p/session/${token}`, memory: { _token: token, _visited: false, _last_used: realSeconds() } };
}

/** The session behind a link, kept alive by this visit; `expired` when the link was left too long, undefined when unknown. */
export function visitPortalSession(world: World, token: string): Wire<Stripe.BillingPortal.Session> | 'expired' | undefined {
  const [session] = world.store.all<StoredSession>('billing_portal.session', { _token: token });
  if (!session) return undefined;
  // Stripe says only that links are short-lived. Real time, whatever the sandbox's clock.
  const life = world.switchOf(session._visited ? 'portal_visit_life' : 'portal_link_life');
  if (realSeconds() - session._last_used > life) return 'expired';
  return world.store.save({ ...session, _visited: true, _last_used: realSeconds() });
}
