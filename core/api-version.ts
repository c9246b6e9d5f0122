/** The one version of Stripe's API that devchat speaks; the compiler refuses it when the SDK moves on. */
import type Stripe from 'stripe';

export const API_VERSION = '2026-10-28.endive' satisfies Stripe.LatestApiVersion;
