/** /v1/events */
import type Stripe from 'stripe';
import { DAY_SECONDS } from '../billing/calendar.ts';
import type { Outbox } from '../deliver/outbox.ts';
import { ENDPOINTS_MAX, type WebhookEndpoint } from '../deliver/receivers.ts';
import { matchesPattern } from '../wildcard.ts';
import { invalidRequest, resourceMissing } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import { boolean, list, string, type Params } from '../wire/params.ts';
import { listRoute, route, type Route } from '../wire/route.ts';
import type { Where, World } from '../world.ts';

const TYPES_MAX = 20;
/** Stripe lists the last 30 days only. */
const LISTED_SECONDS = 30 * DAY_SECONDS;

const filterSpec = { delivery_success: boolean(), type: string(), types: list(string(), { max: TYPES_MAX }) };

export function eventRoutes(outbox: Outbox): Route[] {
  return [
    route('GET', '/v1/events/:id', {}, (world, { path }) => found(world, path.id)),
    route('POST', '/v1/events/:id/retry', { account: string(), for_stripecli: boolean(), webhook_endpoint: string() }, (world, { path, params }) => {
      const event = found(world, path.id);
      const { webhook_endpoint: endpoint } = params;
      if (endpoint) checkEnabled(existing<WebhookEndpoint>(world, 'webhook_endpoint', endpoint, 'webhook_endpoint'));
      outbox.resend(event, endpoint ? { endpoint } : 'cli');
      return event;
    }),
    listRoute('/v1/events', 'event', filterSpec, (params, _, world) => toWhere(params, world), (world) => world.now() - LISTED_SECONDS),
  ];
}

/** `pending_webhooks` counts the endpoints that have not taken an event yet. */
function toWhere({ type, types, delivery_success: delivered }: Params<typeof filterSpec>, world: World): Where {
  if (type && types) throw invalidRequest('You may only specify one of these parameters: type, types.', 'types');
  const some = Array.from({ length: ENDPOINTS_MAX }, (_, index) => index + 1);
  return {
    ...(delivered == null ? {} : { pending_webhooks: delivered ? 0 : some }),
    ...(types ? { type: types } : {}),
    ...(type ? { type: type.includes('*') ? matching(type, world) : type } : {}),
  };
}

function matching(pattern: string, world: World): string[] {
  return world.store.values('event', 'type').filter((type) => matchesPattern(pattern, type));
}

/** Events can be had for 30 days: https://docs.stripe.com/api/events/retrieve */
function found(world: World, id: string): Stripe.Event {
  const event = existing<Stripe.Event>(world, 'event', id);
  if (event.created < world.now() - LISTED_SECONDS) throw resourceMissing('event', id);
  return event;
}

/** It need not have asked for events of this type, but a disabled endpoint gets nothing. */
function checkEnabled({ id, status }: WebhookEndpoint): void {
  if (status !== 'enabled') throw invalidRequest(`The webhook endpoint ${id} is disabled: enable it before you resend events to it.`, 'webhook_endpoint');
}
