/** Who wants to hear of events: webhook endpoints, and open sessions of the Stripe CLI. */
import type Stripe from 'stripe';
import type { Wire } from '../billing/shapes.ts';
import type { Store, StripeObject } from '../world.ts';

/** How many webhook endpoints an account may have. */
export const ENDPOINTS_MAX = 16;

/** The secret is shown once, at creation and when it is rolled; afterwards it is the sandbox's own memory. */
export type WebhookEndpoint = Wire<Stripe.WebhookEndpoint> & { _secret: string; _rolled_secrets?: RolledSecret[] };

/** A secret that is no more the endpoint's own, but signs beside it until then: milliseconds of real time, as for all signatures. */
interface RolledSecret {
  secret: string;
  until: number;
}

/** Every older secret that still signs. */
export function rolledSecrets({ _rolled_secrets: rolled = [] }: WebhookEndpoint): RolledSecret[] {
  return rolled.filter(({ until }) => until > Date.now());
}

/** One `stripe listen`; its id is the CLI's `websocket_id`. */
export interface CliSession extends StripeObject {
  created: number;
  /** What it hears: `webhooks`, or `request_logs` for `stripe logs tail`. */
  feature: string;
  /** The flags of `stripe logs tail`. */
  filters: Record<string, unknown>;
  /** Whether its CLI has been here at least once. */
  connected: boolean;
  /** Where it posts what it hears; it tells the answer, if there is one. Null for one that only listens. */
  forwards_to: string | null;
}

export const CLI_SESSION_KIND = '_cli_session';

export function endpointsFor(store: Store, type: string): WebhookEndpoint[] {
  return store
    .all<WebhookEndpoint>('webhook_endpoint')
    .filter(({ status, enabled_events: wanted }) => status === 'enabled' && (wanted.includes('*') || wanted.includes(type)));
}

/** The CLI filters by itself: every session that hears events gets every event. */
export function cliSessions(store: Store): CliSession[] {
  return allCliSessions(store).filter(({ feature }) => feature === 'webhooks');
}

export function allCliSessions(store: Store): CliSession[] {
  return store.all<CliSession>(CLI_SESSION_KIND);
}
