/** Whose portal a link opens and what its configuration allows. */
import type { PortalConfiguration } from '../../api/portal-features.ts';
import type { PortalSession } from '../../api/portal-sessions.ts';
import type { Customer, Subscription } from '../../billing/shapes.ts';
import { isEnded } from '../../billing/subscription-end.ts';
import { visitPortalSession } from '../../portal-access.ts';
import type { World } from '../../world.ts';
import { BUSINESS_NAME } from '../../business.ts';
import type { Business } from '../layout.ts';
import { Refusal } from '../serving.ts';

export interface PortalVisit {
  session: PortalSession;
  customer: Customer;
  features: PortalConfiguration['features'];
  business: Business;
  /** `/p/session/<token>`, where all its pages begin. */
  root: string;
}

export type Feature = 'customer_update' | 'payment_method_update' | 'subscription_cancel';

/** Throws Refusal: 404 for a link that never was, 410 for one that was left too long. */
export function visit(world: World, token: string): PortalVisit {
  const session = visitPortalSession(world, token);
  if (session === undefined) throw new Refusal(404, 'This link does not work', 'It is not complete, or was never given out. Go back to the shop and open the portal again.');
  if (session === 'expired') throw new Refusal(410, 'This link has expired', 'Links to the portal are good for a short time only. Go back to the shop and open it again.');
  const configuration = world.store.find<PortalConfiguration>('billing_portal.configuration', session.configuration);
  const customer = world.store.find<Customer>('customer', session.customer);
  if (configuration === undefined || customer === undefined) throw new Refusal(410, 'This link has expired', 'What it was for is gone.');
  return {
    session,
    customer,
    features: configuration.features,
    business: { name: configuration.business_profile.headline ?? BUSINESS_NAME, returnUrl: session.return_url },
    root: `/p/session/${token}`,
  };
}

/** Throws Refusal (403) when the configuration disables the feature. */
export function requireFeature(portal: PortalVisit, feature: Feature): void {
  if (portal.features[feature].enabled) return;
  throw new Refusal(403, 'Not available here', `${portal.business.name} does not offer this in the portal.`);
}

/** The customer's own subscription. Throws Refusal (404) for any other. */
export function ownSubscription(world: World, portal: PortalVisit, id: string): Subscription {
  const subscription = world.store.find<Subscription>('subscription', id);
  if (subscription?.customer === portal.customer.id) return subscription;
  throw new Refusal(404, 'No such subscription', 'It is not one of yours.');
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
