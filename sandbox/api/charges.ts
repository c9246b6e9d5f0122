/** /v1/charges: reading them; payment intents make them. */
import type { Charge } from '../billing/shapes.ts';
import { existing } from '../wire/existing.ts';
import { string } from '../wire/params.ts';
import { listRoute, route } from '../wire/route.ts';

export const chargeRoutes = [
  route('GET', '/v1/charges/:id', {}, (world, { path }) => existing<Charge>(world, 'charge', path.id)),
  listRoute('/v1/charges', 'charge', { customer: string(), payment_intent: string() }),
];
