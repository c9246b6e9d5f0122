/** The brief's business: what is wanted of everything that devchat.config.json does not declare. */
import type Stripe from 'stripe';
import { RELEVANT_TYPES } from '../../core/billing/apply-event.ts';

const MONTHLY_PRICE_CENTS = 6_000;

/** Nested as Stripe's API nests it. */
export const BRIEF = {
  /** https://docs.stripe.com/api/customer_portal/configurations/create */
  portal: {
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
  },
  product: {
    name: '/dev/chat Pair Coding',
    unit_label: 'session',
    prices: [{ currency: 'usd', unit_amount: MONTHLY_PRICE_CENTS, recurring: { interval: 'month', interval_count: 1 } }],
  },
  webhook: { enabled_events: RELEVANT_TYPES },
} as const satisfies {
  portal: Stripe.BillingPortal.ConfigurationUpdateParams;
  product: Stripe.ProductUpdateParams & { prices: readonly Stripe.PriceCreateParams[] };
  webhook: { enabled_events: readonly string[] };
};
