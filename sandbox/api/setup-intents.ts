/** /v1/setup_intents: reading them; the hosted pages make and confirm them. */
import type { SetupIntent } from '../billing/shapes.ts';
import { existing } from '../wire/existing.ts';
import { string } from '../wire/params.ts';
import { listRoute, route } from '../wire/route.ts';

export const setupIntentRoutes = [
  route('GET', '/v1/setup_intents/:id', {}, (world, { path }) => existing<SetupIntent>(world, 'setup_intent', path.id)),
  listRoute('/v1/setup_intents', 'setup_intent', { customer: string(), payment_method: string() }),
];
