/** What must exist in Stripe for the business that sells pair coding on /dev/chat. Pure. */
import type Stripe from 'stripe';
import { API_VERSION } from '../../core/api-version.ts';
import { RELEVANT_TYPES } from '../../core/billing/apply-event.ts';
import { DevchatError } from '../../core/errors.ts';
import { CHALLENGE_KEY, monthlyLookupKey } from '../../core/provisioned.ts';
import type { Settings, Wanted } from './resources/resource.ts';

/** What can be provisioned by itself. */
export const PARTS = ['portal', 'catalog', 'webhook'] as const;
export type Part = (typeof PARTS)[number];

/** What to provision: the part that was named, else all; the webhook only where Stripe can reach the daemon. */
export function partsFor(named: Part | undefined, baseUrl: string | undefined): readonly Part[] {
  if (named) return [named];
  return baseUrl?.startsWith('https:') ? PARTS : ['portal', 'catalog'];
}

const MONTHLY_PRICE_CENTS = 6_000;

export interface Wishes {
  challengeId: string;
  parts: readonly Part[];
  /** Where Stripe reaches the daemon, without a trailing slash; only the part `webhook` needs it. */
  baseUrl?: string | undefined;
}

/** The objects that must exist. Throws `not-configured` where the webhook part is wanted without an address. */
export function desired(wishes: Wishes): Wanted[] {
  return wishes.parts.flatMap((part) => WANTED_BY_PART[part](wishes));
}

const WANTED_BY_PART: Readonly<Record<Part, (wishes: Wishes) => Wanted[]>> = {
  catalog: ({ challengeId }) => [
    { kind: 'product', key: challengeId, settings: productSettings(challengeId) },
    { kind: 'price', key: monthlyLookupKey(challengeId), settings: priceSettings(challengeId) },
  ],
  portal: ({ challengeId }) => [{ kind: 'portal_configuration', key: challengeId, settings: portalSettings(challengeId) }],
  webhook: (wishes) => [{ kind: 'webhook_endpoint', key: wishes.challengeId, settings: webhookSettings(wishes) }],
};

function productSettings(challengeId: string): Settings {
  return {
    active: true,
    name: '/dev/chat Pair Coding',
    unit_label: 'session',
    metadata: { [CHALLENGE_KEY]: challengeId },
  } satisfies Stripe.ProductUpdateParams;
}

function priceSettings(challengeId: string): Settings {
  return {
    active: true,
    currency: 'usd',
    unit_amount: MONTHLY_PRICE_CENTS,
    recurring: { interval: 'month', interval_count: 1 },
    lookup_key: monthlyLookupKey(challengeId),
    metadata: { [CHALLENGE_KEY]: challengeId },
  } satisfies Stripe.PriceCreateParams;
}

/** https://docs.stripe.com/api/customer_portal/configurations/create */
function portalSettings(challengeId: string): Settings {
  return {
    active: true,
    business_profile: { headline: '/dev/chat' },
    features: {
      payment_method_update: { enabled: true },
      invoice_history: { enabled: true },
      subscription_cancel: { enabled: true, mode: 'immediately', proration_behavior: 'none' },
      customer_update: { enabled: false },
      subscription_update: { enabled: false },
      subscription_pause: { enabled: false },
    },
    metadata: { [CHALLENGE_KEY]: challengeId },
  } satisfies Stripe.BillingPortal.ConfigurationUpdateParams;
}

function webhookSettings({ challengeId, baseUrl }: Wishes): Settings {
  if (!baseUrl) throw new DevchatError('not-configured', 'Stripe needs an address to send events to', 'set DEVCHAT_BASE_URL to where the daemon is reached from outside');
  return {
    status: 'enabled',
    url: `${baseUrl}/webhook`,
    enabled_events: RELEVANT_TYPES,
    api_version: API_VERSION,
    secret: 'saved',
    metadata: { [CHALLENGE_KEY]: challengeId },
  };
}
