/** Whose portal a link opens and what its configuration allows. */
import type { PortalConfiguration } from '../../api/portal-features.ts';
import type { Customer, Subscription } from '../../billing/shapes.ts';
import { isEnded } from '../../billing/subscription-end.ts';
import { portalPath, visitPortalSession, type StoredPortalSession } from '../../portal-access.ts';
import type { World } from '../../world.ts';
import type { Business } from '../layout.ts';
import { Refusal, type WayOut } from '../serving.ts';

export interface PortalVisit {
  session: StoredPortalSession;
  customer: Customer;
  features: PortalConfiguration['features'];
  business: Business;
  /** `/p/session/<token>`, where all its pages begin. */
  root: string;
}

/** A task about one subscription of the customer. */
export interface SubscriptionVisit {
  portal: PortalVisit;
  subscription: Subscription;
}

export type Feature = keyof PortalConfiguration['features'];

/** Throws Refusal: 404 for a link that never was, 410 for one that was left too long or whose customer is gone. */
export function visit(world: World, token: string): PortalVisit {
  const visited = visitPortalSession(world, token);
  if (visited === undefined) throw new Refusal(404, 'This link does not work', 'It is not complete, or was never given out. Go back to the shop and open the portal again.');
  const { session, isExpired } = visited;
  const configuration = world.store.find<PortalConfiguration>('billing_portal.configuration', session.configuration);
  const customer = world.store.find<Customer>('customer', session.customer);
  if (isExpired) throw new Refusal(410, EXPIRED, 'Links to the portal are good for a short time only. Go back to the shop and open it again.', afterExpiry(world, session));
  if (configuration === undefined || customer === undefined) throw new Refusal(410, EXPIRED, 'What it was for is gone.');
  const { headline, privacy_policy_url, terms_of_service_url } = configuration.business_profile;
  return {
    session,
    customer,
    features: configuration.features,
    business: {
      name: headline ?? world.switchOf('business_name'),
      returnUrl: session.return_url,
      links: [
        ...(terms_of_service_url ? [{ href: terms_of_service_url, label: 'Terms' }] : []),
        ...(privacy_policy_url ? [{ href: privacy_policy_url, label: 'Privacy' }] : []),
      ],
    },
    root: portalPath(session),
  };
}

const EXPIRED = 'This link has expired';

/** Only a session that was made so leads its customer on to the login page. */
function afterExpiry(world: World, { after_expiration: after, configuration }: StoredPortalSession): WayOut | undefined {
  if (after == null) return undefined;
  const end = after.customer_login?.expires_at ?? null;
  return end === null || end > world.now() ? { href: `/p/login/${configuration}`, label: 'Log in again' } : undefined;
}

/** Throws Refusal (403) when the configuration disables the feature. */
export function requireFeature(portal: PortalVisit, feature: Feature): void {
  if (portal.features[feature].enabled) return;
  throw new Refusal(403, 'Not available here', `${portal.business.name} does not offer this in the portal.`, wayHome(portal));
}

/** A page about one subscription. Throws Refusal: 403 without the feature, 404 for a subscription that is not the customer's. */
export function visitSubscription(world: World, ids: { token: string; subscription: string }, feature: Feature): SubscriptionVisit {
  const portal = visit(world, ids.token);
  requireFeature(portal, feature);
  const subscription = world.store.find<Subscription>('subscription', ids.subscription);
  if (subscription?.customer === portal.customer.id) return { portal, subscription };
  throw new Refusal(404, 'No such subscription', 'It is not one of yours.', wayHome(portal));
}

/** Where a visitor goes who cannot go on: the portal's first page; with a deep link, the shop. */
export function wayHome({ session, business, root }: PortalVisit): WayOut | undefined {
  if (session.flow === null) return { href: root, label: 'Back to billing' };
  return business.returnUrl === null ? undefined : { href: business.returnUrl, label: `Return to ${business.name}` };
}

/** Newest first; without one that runs, the one that ended last. */
export function shownSubscriptions(world: World, portal: PortalVisit): Subscription[] {
  const all = world.store.all<Subscription>('subscription', { customer: portal.customer.id }).reverse();
  const running = all.filter((subscription) => !isEnded(subscription));
  return running.length > 0 ? running : all.filter(({ status }) => status === 'canceled').slice(0, 1);
}

export function isLeaving(subscription: Subscription): boolean {
  return subscription.cancel_at_period_end || subscription.cancel_at !== null;
}
