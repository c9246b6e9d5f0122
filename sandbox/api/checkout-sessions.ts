/** /v1/checkout/sessions */
import { expireCheckoutSession } from '../billing/checkout.ts';
import type { LineItemOrder } from '../billing/checkout-line-items.ts';
import { createCheckoutSession, type StoredSession } from '../billing/checkout-sessions.ts';
import { MISSING_PAYMENT_METHOD } from '../billing/new-subscription.ts';
import { invalidRequest, missingParameter } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import { email, url } from '../wire/formats.ts';
import {
  boolean,
  choice,
  currency,
  hash,
  integer,
  list,
  mergeMetadata,
  metadata,
  required,
  string,
  timestamp,
  type Params,
} from '../wire/params.ts';
import { listRoute, route } from '../wire/route.ts';
import type { World } from '../world.ts';
import { innerPage, innerPageSpec } from './inner-list.ts';
import { inlinePrice, priceDataSpec } from './prices.ts';
import { cardType, shippingOf, shippingSpec } from './sent-payment-method.ts';
import { trialPeriodDays } from './subscription-params.ts';

const { metadata: _metadata, ...inlineAmountSpec } = priceDataSpec;
const inlinePriceSpec = {
  ...inlineAmountSpec,
  product: string(),
  product_data: hash({
    description: string({ max: 40_000 }),
    images: list(string(), { max: 8 }),
    metadata: metadata(),
    name: required(string()),
    tax_code: string(),
    unit_label: string({ max: 12 }),
  }),
};

/** The page speaks English in all of them. */
const LOCALES = [
  'auto', 'bg', 'cs', 'da', 'de', 'el', 'en', 'en-GB', 'es', 'es-419', 'et', 'fi', 'fil', 'fr', 'fr-CA', 'hi-IN', 'hr', 'hu', 'id', 'it', 'ja', 'ko',
  'lt', 'lv', 'ms', 'mt', 'nb', 'nl', 'pl', 'pt', 'pt-BR', 'ro', 'ru', 'sk', 'sl', 'sv', 'th', 'tr', 'vi', 'zh', 'zh-HK', 'zh-TW',
] as const;

const createSpec = {
  allow_promotion_codes: boolean(),
  billing_address_collection: choice(['auto', 'required']),
  branding_settings: hash({ display_name: string({ max: 100 }) }),
  cancel_url: url(),
  client_reference_id: string({ max: 200 }),
  consent_collection: hash({ terms_of_service: choice(['none', 'required']) }),
  currency: currency(),
  customer: string(),
  customer_creation: choice(['always', 'if_required']),
  customer_email: email({ max: 800 }),
  expires_at: timestamp(),
  line_items: list(hash({ price: string(), price_data: hash(inlinePriceSpec), quantity: integer({ min: 1 }) }), { max: 100 }),
  locale: choice(LOCALES),
  metadata: metadata(),
  mode: required(choice(['payment', 'setup', 'subscription'])),
  payment_intent_data: hash({
    capture_method: choice(['automatic', 'automatic_async', 'manual']),
    description: string({ max: 1000 }),
    metadata: metadata(),
    receipt_email: email(),
    setup_future_usage: choice(['off_session', 'on_session']),
    shipping: shippingSpec,
    statement_descriptor: string({ max: 22 }),
    statement_descriptor_suffix: string({ max: 22 }),
  }),
  payment_method_collection: choice(['always', 'if_required']),
  payment_method_types: list(cardType),
  return_url: url(),
  setup_intent_data: hash({ description: string({ max: 1000 }), metadata: metadata() }),
  submit_type: choice(['auto', 'book', 'donate', 'pay', 'subscribe']),
  subscription_data: hash({
    description: string({ max: 500 }),
    metadata: metadata(),
    trial_end: timestamp(),
    trial_period_days: trialPeriodDays,
    trial_settings: hash({ end_behavior: required(hash({ missing_payment_method: required(choice(MISSING_PAYMENT_METHOD)) })) }),
  }),
  success_url: url(),
  ui_mode: choice(['elements', 'embedded_page', 'form', 'hosted_page']),
};
type Order = Params<typeof createSpec>;

const filters = {
  customer: string(),
  customer_details: hash({ email: required(string()) }),
  payment_intent: string(),
  status: choice(['complete', 'expired', 'open']),
  subscription: string(),
};

export const checkoutSessionRoutes = [
  route('POST', '/v1/checkout/sessions', createSpec, (world, { params }) => {
    refuseContradictions(params);
    const { payment_intent_data, payment_method_types: _cards, return_url: _none, setup_intent_data, success_url, ui_mode: _hosted, ...order } = params;
    if (success_url == null) throw missingParameter('success_url');
    return createCheckoutSession(world, {
      ...order,
      line_items: order.line_items?.map((item, index) => lineItemOrder(world, item, `line_items[${index}]`)),
      payment_intent_data: payment_intent_data && paymentIntentData(payment_intent_data),
      setup_intent_data: setup_intent_data && { ...setup_intent_data, metadata: mergeMetadata({}, setup_intent_data.metadata) },
      success_url,
    });
  }),
  route('GET', '/v1/checkout/sessions/:id', {}, (world, { path }) => {
    return existing<StoredSession>(world, 'checkout.session', path.id);
  }),
  route('POST', '/v1/checkout/sessions/:id', { metadata: metadata() }, (world, { path, params }) => {
    const session = existing<StoredSession>(world, 'checkout.session', path.id);
    return world.store.save<StoredSession>({ ...session, metadata: mergeMetadata(session.metadata ?? {}, params.metadata) });
  }),
  route('GET', '/v1/checkout/sessions/:id/line_items', innerPageSpec, (world, { path, params }) => {
    const { line_items } = existing<StoredSession>(world, 'checkout.session', path.id);
    return innerPage(line_items.data, line_items.url, params);
  }),
  route('POST', '/v1/checkout/sessions/:id/expire', {}, (world, { path }) => expireCheckoutSession(world, path.id)),
  listRoute('/v1/checkout/sessions', 'checkout.session', filters, ({ customer_details, ...equal }) => {
    const sent = Object.entries({ ...equal, 'customer_details.email': customer_details?.email });
    return Object.fromEntries(sent.filter((entry): entry is [string, string] => entry[1] != null));
  }),
];

/** Which mode each part of an order is for. */
const ONLY_IN_MODE = { payment_intent_data: 'payment', setup_intent_data: 'setup', subscription_data: 'subscription' } as const;

function refuseContradictions(order: Order): void {
  refuseOtherPages(order);
  if (order.customer != null && order.customer_email != null) {
    throw invalidRequest('You may only specify one of these parameters: customer, customer_email.', 'customer');
  }
  for (const [part, mode] of Object.entries(ONLY_IN_MODE)) {
    const isSent = order[part as keyof typeof ONLY_IN_MODE] != null;
    if (isSent && order.mode !== mode) throw invalidRequest(`You can not pass \`${part}\` in \`${order.mode}\` mode.`, part);
  }
  if (order.customer_creation != null && order.mode !== 'payment') {
    throw invalidRequest('`customer_creation` can only be used in `payment` mode.', 'customer_creation');
  }
  if (order.payment_method_collection != null && order.mode !== 'subscription') {
    throw invalidRequest('`payment_method_collection` can only be used in `subscription` mode.', 'payment_method_collection');
  }
}

function refuseOtherPages({ return_url, ui_mode }: Order): void {
  if (ui_mode != null && ui_mode !== 'hosted_page') {
    throw invalidRequest(`The sandbox serves Checkout as a hosted page only, not with \`ui_mode\` \`${ui_mode}\`: send \`hosted_page\`.`, 'ui_mode');
  }
  if (return_url != null) throw invalidRequest('You can not pass `return_url` when `ui_mode` is `hosted_page`: pass `success_url`.', 'return_url');
}

type SentItem = NonNullable<Order['line_items']>[number];

/** A price made inline is for this one session: neither it nor its product can be sold again. */
function lineItemOrder(world: World, { price, price_data, quantity }: SentItem, param: string): LineItemOrder {
  if (price != null && price_data != null) {
    throw invalidRequest('You may only specify one of these parameters: price, price_data.', param);
  }
  if (price == null && price_data == null) throw missingParameter(`${param}[price]`);
  const known = price ?? inlinePrice(world, price_data!, `${param}[price_data]`);
  if (quantity == null) {
    throw invalidRequest(`Quantity is required. Add \`quantity\` to \`${param}\``, `${param}[quantity]`, 'parameter_missing');
  }
  return { price: known, quantity };
}

function paymentIntentData(sent: NonNullable<Order['payment_intent_data']>) {
  const { capture_method, metadata: tags, setup_future_usage, shipping, ...plain } = sent;
  return {
    ...plain,
    capture_method: capture_method ?? ('automatic_async' as const),
    metadata: mergeMetadata({}, tags),
    setupFutureUsage: setup_future_usage ?? null,
    shipping: shippingOf(shipping),
  };
}
