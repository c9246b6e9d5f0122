/** /v1/stripecli: what the official Stripe CLI asks for before it listens. */
import { API_VERSION } from '../api-version.ts';
import { cliSecret } from '../deliver/cli-sessions.ts';
import { CLI_SOCKET_PATH, type CliSockets } from '../deliver/cli-sockets.ts';
import { invalidRequest } from '../wire/errors.ts';
import { list, string } from '../wire/params.ts';
import { route, type Route } from '../wire/route.ts';

const sessionSpec = {
  device_name: string(),
  filters: string(),
  forward_to_url: string(),
  forward_connect_to_url: string(),
  forward_thin_to_url: string(),
  forward_thin_connect_to_url: string(),
  websocket_features: list(string()),
};

export function stripeCliRoutes(sockets: CliSockets): Route[] {
  return [
    route('POST', '/v1/stripecli/sessions', sessionSpec, (world, { params }) => {
      const features = params.websocket_features ?? [];
      const feature = features.includes('webhooks') ? 'webhooks' : (features[0] ?? 'webhooks');
      const filters = readFilters(params.filters ?? '{}');
      return {
        websocket_id: sockets.open({ feature, filters, forwards_to: params.forward_to_url || null }).id,
        websocket_url: `${world.baseUrl.replace(/^http/, 'ws')}${CLI_SOCKET_PATH}`,
        websocket_authorized_feature: feature,
        secret: cliSecret(world.store),
        reconnect_delay: world.switchOf('cli_reconnect_seconds'),
        default_version: world.switchOf('event_api_version'),
        latest_version: API_VERSION,
        device_token: '',
        // There are no connected accounts, so that a filter of accounts means nothing; the CLI warns of it.
        display_connect_filter_warning: 'filter_account' in filters,
      };
    }),
  ];
}

/** The CLI sends the filters of `logs tail` as JSON. */
function readFilters(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    throw invalidRequest('Invalid JSON', 'filters');
  }
}
