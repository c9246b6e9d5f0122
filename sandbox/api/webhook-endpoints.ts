/** /v1/webhook_endpoints */
import { pendingDeliveries, settle } from '../deliver/deliveries.ts';
import { ENDPOINTS_MAX, type WebhookEndpoint } from '../deliver/receivers.ts';
import { EVENT_TYPES } from '../event-types.ts';
import { EVENT_VERSIONS, type EventVersion } from '../event-versions.ts';
import { invalidRequest } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import { boolean, list, mergeMetadata, metadata, required, string } from '../wire/params.ts';
import { listRoute, route } from '../wire/route.ts';
import type { World } from '../world.ts';

const updateSpec = {
  description: string(),
  disabled: boolean(),
  enabled_events: list(string()),
  metadata: metadata(),
  url: string(),
};
const createSpec = {
  api_version: string(),
  connect: boolean(),
  description: string(),
  enabled_events: required(list(string())),
  metadata: metadata(),
  url: required(string()),
};

export const webhookEndpointRoutes = [
  route('POST', '/v1/webhook_endpoints', createSpec, (world, { params }) => {
    checkUrl(params.url);
    checkEvents(params.enabled_events);
    if (world.store.count('webhook_endpoint') >= ENDPOINTS_MAX) throw invalidRequest(`You have reached the maximum of ${ENDPOINTS_MAX} test webhook endpoints.`);
    const secret = world.newId('whsec');
    const endpoint = world.store.insert<WebhookEndpoint>({
      id: world.newId('we'),
      object: 'webhook_endpoint',
      api_version: versionOf(params.api_version),
      application: null,
      created: world.now(),
      description: params.description ?? null,
      enabled_events: params.enabled_events,
      livemode: false,
      metadata: mergeMetadata({}, params.metadata),
      status: 'enabled',
      url: params.url,
      _secret: secret,
      _rolled_secrets: [],
    });
    return { ...endpoint, secret };
  }),
  route('GET', '/v1/webhook_endpoints/:id', {}, (world, { path }) => found(world, path.id)),
  route('POST', '/v1/webhook_endpoints/:id', updateSpec, (world, { path, params }) => {
    const endpoint = found(world, path.id);
    if (params.url) checkUrl(params.url);
    if (params.enabled_events) checkEvents(params.enabled_events);
    const status = params.disabled ? 'disabled' : 'enabled';
    return world.store.save<WebhookEndpoint>({
      ...endpoint,
      description: params.description === undefined ? endpoint.description : params.description,
      enabled_events: params.enabled_events ?? endpoint.enabled_events,
      metadata: mergeMetadata(endpoint.metadata, params.metadata),
      status: params.disabled == null ? endpoint.status : status,
      url: params.url ?? endpoint.url,
    });
  }),
  route('DELETE', '/v1/webhook_endpoints/:id', {}, (world, { path }) => {
    const { id } = found(world, path.id);
    for (const delivery of pendingDeliveries(world.store, id)) settle(world.store, delivery, 'failed');
    world.store.remove('webhook_endpoint', id);
    return { id, object: 'webhook_endpoint', deleted: true as const };
  }),
  listRoute('/v1/webhook_endpoints', 'webhook_endpoint', {}),
];

function found(world: World, id: string): WebhookEndpoint {
  return existing<WebhookEndpoint>(world, 'webhook_endpoint', id);
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Stripe takes https only; here an endpoint on this machine may be plain http. */
function checkUrl(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname))) return;
  const reason = url ? 'it must use https, or http on this machine (127.0.0.1, localhost, [::1])' : 'an explicit scheme (such as https) must be provided';
  throw invalidRequest(`Invalid URL: ${reason}.`, 'url', 'url_invalid');
}

function versionOf(sent: string | null | undefined): EventVersion | null {
  const known = EVENT_VERSIONS.find((version) => version === sent);
  if (sent == null || known !== undefined) return known ?? null;
  throw invalidRequest(`The sandbox has events in three versions only, not in ${sent}: ${EVENT_VERSIONS.join(', ')}.`, 'api_version');
}

function checkEvents(types: readonly string[]): void {
  const odd = types.findIndex((type) => type !== '*' && !EVENT_TYPES.has(type));
  if (odd >= 0) throw invalidRequest(`Invalid enabled_events[${odd}]: ${types[odd]} is no event type of Stripe.`, `enabled_events[${odd}]`);
}
