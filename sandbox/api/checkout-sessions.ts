/** /v1/checkout/sessions */
import { expireCheckoutSession } from '../billing/checkout.ts';
import { createCheckoutSession, type StoredSession } from '../billing/checkout-sessions.ts';
import { invalidRequest, missingParameter } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import { boolean, choice, hash, integer, list, metadata, required, string, timestamp } from '../wire/params.ts';
import { listRoute, route } from '../wire/route.ts';
import { trialPeriodDays, trialSettingsSpec } from './subscription-params.ts';

const createSpec = {
  allow_promotion_codes: boolean(),
  billing_address_collection: choice(['auto', 'required']),
  cancel_url: string(),
  client_reference_id: string({ max: 200 }),
  customer: string(),
  customer_email: string({ max: 800 }),
  expires_at: timestamp(),
  line_items: required(list(hash({ price: required(string()), quantity: integer({ min: 1 }) }), { max: 20 })),
  locale: choice(['auto', 'en']),
  metadata: metadata(),
  mode: required(choice(['payment', 'setup', 'subscription'])),
  payment_method_collection: choice(['always', 'if_required']),
  subscription_data: hash({
    description: string({ max: 500 }),
    metadata: metadata(),
    trial_end: timestamp(),
    trial_period_days: trialPeriodDays,
    trial_settings: trialSettingsSpec,
  }),
  success_url: string(),
  ui_mode: choice(['hosted_page']),
};

const filters = {
  customer: string(),
  payment_intent: string(),
  status: choice(['complete', 'expired', 'open']),
  subscription: string(),
};

export const checkoutSessionRoutes = [
  route('POST', '/v1/checkout/sessions', createSpec, (world, { params }) => {
    const { mode, success_url, ui_mode: _hosted, ...order } = params;
    if (mode !== 'subscription') {
      throw invalidRequest(`The sandbox sells subscriptions only, not mode=${mode}: send mode=subscription.`, 'mode');
    }
    if (success_url == null) throw missingParameter('success_url');
    if (order.customer != null && order.customer_email != null) {
      throw invalidRequest('You may only specify one of these parameters: customer, customer_email.', 'customer');
    }
    return createCheckoutSession(world, { ...order, success_url });
  }),
  route('GET', '/v1/checkout/sessions/:id', {}, (world, { path }) => {
    return existing<StoredSession>(world, 'checkout.session', path.id);
  }),
  route('GET', '/v1/checkout/sessions/:id/line_items', {}, (world, { path }) => {
    return existing<StoredSession>(world, 'checkout.session', path.id).line_items;
  }),
  route('POST', '/v1/checkout/sessions/:id/expire', {}, (world, { path }) => expireCheckoutSession(world, path.id)),
  listRoute('/v1/checkout/sessions', 'checkout.session', filters),
];
