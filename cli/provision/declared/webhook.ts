/** What devchat.config.json may say about the webhook endpoint: https://docs.stripe.com/api/webhook_endpoints/update */
import { EVENT_TYPES } from './event-types.ts';
import { address, choice, clearable, list, may, object, tags, text } from './kinds.ts';

export const webhook = object({
  url: may('Where Stripe sends events; DEVCHAT_BASE_URL with /webhook unless given.', address),
  enabled_events: may('Which events Stripe sends: all that devchat needs, and more if you like; ["*"] for every one.', list(choice(['*', ...EVENT_TYPES]))),
  description: clearable('What it is for.', text()),
  metadata: tags,
});
