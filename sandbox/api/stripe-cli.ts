/** /v1/stripecli: what the official Stripe CLI asks for before it listens. */
import { API_VERSION } from '../api-version.ts';
import { CLI_SOCKET_PATH, cliSecret, type CliSessions } from '../deliver/cli-sessions.ts';
import { list, string } from '../wire/params.ts';
import { route, type Route } from '../wire/route.ts';

const RECONNECT_DELAY_SECONDS = 3600;

const sessionSpec = {
  device_name: string(),
  filters: string(),
  forward_to_url: string(),
  forward_connect_to_url: string(),
  forward_thin_to_url: string(),
  forward_thin_connect_to_url: string(),
  websocket_features: list(string()),
};

export function stripeCliRoutes(sessions: CliSessions): Route[] {
  return [
    route('POST', '/v1/stripecli/sessions', sessionSpec, (world, { params }) => {
      const features = params.websocket_features ?? [];
      return {
        websocket_id: sessions.open(params.forward_to_url || null).id,
        websocket_url: `${world.baseUrl.replace(/^http/, 'ws')}${CLI_SOCKET_PATH}`,
        websocket_authorized_feature: features.includes('webhooks') ? 'webhooks' : (features[0] ?? 'webhooks'),
        secret: cliSecret(world.store),
        reconnect_delay: RECONNECT_DELAY_SECONDS,
        default_version: API_VERSION,
        latest_version: API_VERSION,
        device_token: '',
        display_connect_filter_warning: false,
      };
    }),
  ];
}
