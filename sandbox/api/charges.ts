/** /v1/charges: payment intents make them; a few words on them can be changed. */
import { change } from '../billing/change.ts';
import { capturePaymentIntent } from '../billing/payment-intents.ts';
import type { Charge, PaymentIntent } from '../billing/shapes.ts';
import { existing } from '../wire/existing.ts';
import { integer, mergeMetadata, metadata, string } from '../wire/params.ts';
import { email } from '../wire/formats.ts';
import { listRoute, route } from '../wire/route.ts';
import type { World } from '../world.ts';

const updateSpec = { description: string({ max: 40_000 }), metadata: metadata(), receipt_email: email() };

export const chargeRoutes = [
  route('GET', '/v1/charges/:id', {}, (world, { path }) => chargeWith(world, path.id)),
  route('POST', '/v1/charges/:id', updateSpec, (world, { path, params }) => {
    const { metadata: tags, description, receipt_email } = params;
    const charge = chargeWith(world, path.id);
    return change<Charge>(world, 'charge.updated', {
      ...charge,
      description: description === undefined ? charge.description : description,
      metadata: mergeMetadata(charge.metadata, tags),
      receipt_email: receipt_email === undefined ? charge.receipt_email : receipt_email,
    });
  }),
  route('POST', '/v1/charges/:id/capture', { amount: integer({ min: 1 }) }, (world, { path, params }) => {
    const { payment_intent } = chargeWith(world, path.id);
    const intent = existing<PaymentIntent>(world, 'payment_intent', payment_intent ?? '');
    capturePaymentIntent(world, intent, params.amount ?? undefined);
    return chargeWith(world, path.id);
  }),
  listRoute('/v1/charges', 'charge', { customer: string(), payment_intent: string() }),
];

function chargeWith(world: World, id: string): Charge {
  return existing<Charge>(world, 'charge', id);
}
