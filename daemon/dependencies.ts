/** What the daemon's routes work with. */
import type Stripe from 'stripe';
import type { Rules } from '../core/billing/policy.ts';
import type { Cache } from '../core/cache/cache.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from './logger.ts';
import type { WebhookSecrets } from './webhook-secrets.ts';

/** `baseUrl` has no trailing slash. */
export interface Dependencies {
  cache: Cache;
  stripe: Stripe;
  clock: Clock;
  rules: Rules;
  logger: Logger;
  challengeId: string;
  baseUrl: string;
  secrets: WebhookSecrets;
  /** Has Stripe asked about a subscription, soon. */
  ask: (subscription: string) => void;
  /** Has a customer's new card pay what is missing, soon. */
  collect: (customer: string) => void;
  /** The folder of the built dashboard. */
  clientFolder: string;
  /** Believe `?user_id=`: for the public challenge's own tests, on loopback with a test key only. */
  trustUserId: boolean;
}
