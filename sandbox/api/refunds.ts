/** /v1/refunds */
import { changeRefund, chargeOf, refundCharge } from '../billing/refunds.ts';
import type { Charge, PaymentIntent, Refund } from '../billing/shapes.ts';
import { invalidRequest } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import { choice, integer, mergeMetadata, metadata, string, type Params } from '../wire/params.ts';
import { listRoute, route } from '../wire/route.ts';
import type { World } from '../world.ts';

const createSpec = {
  amount: integer({ min: 1 }),
  charge: string(),
  metadata: metadata(),
  payment_intent: string(),
  reason: choice(['duplicate', 'fraudulent', 'requested_by_customer']),
};

export const refundRoutes = [
  route('POST', '/v1/refunds', createSpec, (world, { params }) => {
    const { amount, reason, metadata: tags } = params;
    return refundCharge(world, namedCharge(world, params), { amount, reason, metadata: mergeMetadata({}, tags) });
  }),
  route('GET', '/v1/refunds/:id', {}, (world, { path }) => existing<Refund>(world, 'refund', path.id)),
  route('POST', '/v1/refunds/:id', { metadata: metadata() }, (world, { path, params }) => {
    const refund = existing<Refund>(world, 'refund', path.id);
    return changeRefund(world, { ...refund, metadata: mergeMetadata(refund.metadata ?? {}, params.metadata) });
  }),
  listRoute('/v1/refunds', 'refund', { charge: string(), payment_intent: string() }),
];

function namedCharge(world: World, { charge, payment_intent }: Params<typeof createSpec>): Charge {
  if (charge != null) return existing<Charge>(world, 'charge', charge, 'charge');
  if (payment_intent == null) {
    throw invalidRequest('One of the following params should be provided for this request: payment_intent or charge.');
  }
  const found = chargeOf(world, existing<PaymentIntent>(world, 'payment_intent', payment_intent, 'payment_intent'));
  if (found !== undefined) return found;
  throw invalidRequest(`This PaymentIntent (${payment_intent}) does not have a successful charge to refund.`, 'payment_intent');
}
