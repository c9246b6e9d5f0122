/** Where Stripe sends events. Found by our challenge id; its signing secret is shown once, so a lost one means another endpoint. */
import type Stripe from 'stripe';
import { pickOurs } from '../../../core/provisioned.ts';
import type { Match, Resource, Settings } from './resource.ts';

const NEWEST = 100;

export const webhookEndpoint: Resource = {
  activity: { path: 'status', on: 'enabled', off: 'deleted' },
  notOnCreate: ['status', 'secret'],
  siblings: {},
  wholes: [],
  namedOnCreate: [],
  references: {},
  immutable: ['api_version', 'secret'],
  fixedAt: {},
  onReplace: {},
  isSingle: true,
  create: (stripe, settings, options) => stripe.webhookEndpoints.create(settings as unknown as Stripe.WebhookEndpointCreateParams, options),
  update: (stripe, id, settings) => stripe.webhookEndpoints.update(id, withSwitch(settings)),
  retrieve: (stripe, id) => stripe.webhookEndpoints.retrieve(id),
  retire: (stripe, id) => stripe.webhookEndpoints.del(id),
};

/** Stripe shows a status and is told through a switch. */
function withSwitch({ status, ...settings }: Settings): Settings {
  return status === undefined ? settings : { ...settings, disabled: status === 'disabled' };
}

/** Looks for our endpoints (an account has 16 at most): those whose secret is known first, then the enabled, then the oldest. */
export async function findWebhookEndpoints(stripe: Stripe, challengeId: string, knowsSecret: (endpointId: string) => boolean): Promise<Match[]> {
  const { ours } = await pickOurs(stripe.webhookEndpoints.list({ limit: NEWEST }), challengeId);
  const known = (endpoint: Stripe.WebhookEndpoint) => Number(knowsSecret(endpoint.id));
  const enabled = (endpoint: Stripe.WebhookEndpoint) => Number(endpoint.status === 'enabled');
  ours.sort((one, other) => known(other) - known(one) || enabled(other) - enabled(one) || one.created - other.created);
  return ours.map((endpoint) => ({ id: endpoint.id, settings: { ...settingsOf(endpoint), secret: known(endpoint) ? 'saved' : 'lost' } }));
}

function settingsOf(endpoint: Stripe.WebhookEndpoint): Settings {
  return endpoint as unknown as Settings;
}
