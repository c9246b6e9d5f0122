/** /v1/payment_intents: reading them; invoices make and confirm them. */
import type { PaymentIntent } from '../billing/shapes.ts';
import { existing } from '../wire/existing.ts';
import { string } from '../wire/params.ts';
import { listRoute, route } from '../wire/route.ts';

export const paymentIntentRoutes = [
  route('GET', '/v1/payment_intents/:id', {}, (world, { path }) => existing<PaymentIntent>(world, 'payment_intent', path.id)),
  listRoute('/v1/payment_intents', 'payment_intent', { customer: string() }),
];
