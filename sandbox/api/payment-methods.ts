/** /v1/payment_methods and what hangs below a customer of them. */
import { fullYear } from '../billing/cards.ts';
import { change } from '../billing/change.ts';
import { attachPaymentMethod, detachPaymentMethod } from '../billing/payment-methods.ts';
import type { Customer, PaymentMethod } from '../billing/shapes.ts';
import { invalidRequest, resourceMissing } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import { choice, hash, integer, mergeMetadata, metadata, required, string, type Params } from '../wire/params.ts';
import { listRoute, route } from '../wire/route.ts';
import { ALLOW_REDISPLAY, billingDetails, billingDetailsSpec, createSentCard, paymentMethodDataSpec } from './sent-payment-method.ts';

const updateSpec = {
  allow_redisplay: choice(ALLOW_REDISPLAY),
  billing_details: billingDetailsSpec,
  card: hash({ exp_month: integer({ min: 1, max: 12 }), exp_year: integer() }),
  metadata: metadata(),
};
type UpdateParams = Params<typeof updateSpec>;

export const paymentMethodRoutes = [
  route('POST', '/v1/payment_methods', paymentMethodDataSpec, (world, { params }) => createSentCard(world, params)),
  route('GET', '/v1/payment_methods/:id', {}, (world, { path }) => {
    return existing<PaymentMethod>(world, 'payment_method', path.id);
  }),
  route('POST', '/v1/payment_methods/:id', updateSpec, (world, { path, params }) => {
    const found = existing<PaymentMethod>(world, 'payment_method', path.id);
    return change(world, 'payment_method.updated', withChanges(found, params));
  }),
  route('POST', '/v1/payment_methods/:id/attach', { customer: required(string()) }, (world, { path, params }) => {
    existing<Customer>(world, 'customer', params.customer, 'customer');
    return attachPaymentMethod(world, path.id, params.customer);
  }),
  route('POST', '/v1/payment_methods/:id/detach', {}, (world, { path }) => detachPaymentMethod(world, path.id)),
  listRoute('/v1/payment_methods', 'payment_method', { customer: required(string()), type: string() }),
  listRoute('/v1/customers/:customer/payment_methods', 'payment_method', { type: string() }, (params, { path }, world) => {
    existing<Customer>(world, 'customer', path.customer);
    return { customer: path.customer, ...(params.type ? { type: params.type } : {}) };
  }),
  route('GET', '/v1/customers/:customer/payment_methods/:id', {}, (world, { path }) => {
    const found = existing<PaymentMethod>(world, 'payment_method', path.id);
    if (found.customer !== path.customer) throw resourceMissing('PaymentMethod', path.id);
    return found;
  }),
];

function withChanges(found: PaymentMethod, sent: UpdateParams): PaymentMethod {
  if (found.customer === null) {
    throw invalidRequest('You must save this PaymentMethod to a customer before you can update it.');
  }
  const { exp_month, exp_year } = sent.card ?? {};
  const card = found.card && {
    ...found.card,
    exp_month: exp_month ?? found.card.exp_month,
    exp_year: exp_year == null ? found.card.exp_year : fullYear(exp_year),
  };
  return {
    ...found,
    ...(card === undefined ? {} : { card }),
    allow_redisplay: sent.allow_redisplay ?? found.allow_redisplay ?? 'unspecified',
    billing_details: { ...found.billing_details, ...billingDetails(sent.billing_details) },
    metadata: mergeMetadata(found.metadata ?? {}, sent.metadata),
  };
}
