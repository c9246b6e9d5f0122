/** /v1/payment_pages: what Stripe's own Checkout page asks for; undocumented, and called by `stripe trigger`. */
import { completeCheckoutWith } from '../billing/checkout.ts';
import type { StoredSession } from '../billing/checkout-sessions.ts';
import type { PaymentMethod } from '../billing/shapes.ts';
import { invalidRequest } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import { integer, required, string } from '../wire/params.ts';
import { route } from '../wire/route.ts';
import type { World } from '../world.ts';

const confirmSpec = { expected_amount: required(integer({ min: 0 })), payment_method: required(string()) };

export const paymentPageRoutes = [
  route('GET', '/v1/payment_pages/:session', {}, (world, { path }) => pageOf(sessionOf(world, path.session))),
  route('POST', '/v1/payment_pages/:session/confirm', confirmSpec, (world, { path, params }) => {
    const session = sessionOf(world, path.session);
    const due = session.amount_total ?? 0;
    if (params.expected_amount !== due) {
      const message = `The expected_amount ${params.expected_amount} is not what is due: the Checkout Session amounts to ${due}.`;
      throw invalidRequest(message, 'expected_amount');
    }
    const card = existing<PaymentMethod>(world, 'payment_method', params.payment_method, 'payment_method');
    return pageOf(completeCheckoutWith(world, session.id, card).session);
  }),
];

function sessionOf(world: World, id: string): StoredSession {
  return existing<StoredSession>(world, 'checkout.session', id);
}

function pageOf(session: StoredSession) {
  const { id, amount_subtotal, amount_total, currency, mode, payment_status, status, success_url } = session;
  return {
    id: `ppage_${id.slice(-24)}`,
    object: 'checkout.session',
    currency,
    livemode: false,
    mode,
    payment_method_types: ['card'],
    payment_status,
    session_id: id,
    status,
    success_url,
    total_summary: { due: amount_total, subtotal: amount_subtotal, total: amount_total },
  };
}
