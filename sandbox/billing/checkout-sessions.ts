/** Checkout Sessions: what is for sale on one hosted page, for one day. */
import { invalidRequest, resourceMissing } from '../wire/errors.ts';
import type { World } from '../world.ts';
import { DAY_SECONDS, HOUR_SECONDS } from './calendar.ts';
import { findCustomer } from './customers.ts';
import type { Price, CheckoutSession, LineItem, Product } from './shapes.ts';
import { priceOrders, type PricedOrder } from './subscription-items.ts';
import { trialEnd, type TrialSettingsOrder } from './subscription-start.ts';

const SESSION_SECONDS = DAY_SECONDS;
const SHORTEST_SESSION_SECONDS = HOUR_SECONDS / 2;

/** What the subscription will be that the session sells. */
export interface SubscriptionData {
  description?: string | null;
  metadata?: Record<string, string> | null;
  trial_end?: number | null;
  trial_period_days?: number | null;
  trial_settings?: TrialSettingsOrder | null;
}

/** What `POST /v1/checkout/sessions` takes for a subscription; the names are Stripe's. */
export interface CheckoutOrder {
  line_items: readonly { price: string; quantity?: number | null }[];
  success_url: string;
  allow_promotion_codes?: boolean | null;
  billing_address_collection?: CheckoutSession['billing_address_collection'];
  cancel_url?: string | null;
  client_reference_id?: string | null;
  customer?: string | null;
  customer_email?: string | null;
  expires_at?: number | null;
  locale?: CheckoutSession['locale'];
  metadata?: Record<string, string> | null;
  payment_method_collection?: CheckoutSession['payment_method_collection'];
  subscription_data?: SubscriptionData | null;
}

/** The stored session remembers its order; answers and events never show it. */
export type StoredSession = CheckoutSession & { line_items: LineItems; _subscription_data: SubscriptionData };
type LineItems = NonNullable<CheckoutSession['line_items']>;

/** Opens a session in mode `subscription`. Throws StripeError (400) for what cannot be sold. No event tells of it. */
export function createCheckoutSession(world: World, order: CheckoutOrder): StoredSession {
  if (order.customer != null) findCustomer(world, order.customer, 'customer');
  const id = world.newId('cs');
  const prices = priceOrders(world, order.line_items, 'line_items');
  const subscriptionData = order.subscription_data ?? {};
  const hasTrial = trialEnd(world, subscriptionData) !== null;
  return world.store.insert<StoredSession>({
    ...buildSession(world, id, order, prices, hasTrial),
    line_items: lineItems(world, id, prices, hasTrial),
    _subscription_data: subscriptionData,
  });
}

function buildSession(
  world: World,
  id: string,
  order: CheckoutOrder,
  prices: readonly PricedOrder[],
  hasTrial: boolean,
): CheckoutSession {
  const total = hasTrial ? 0 : prices.reduce((sum, one) => sum + amountOf(one), 0);
  return {
    id,
    object: 'checkout.session',
    adaptive_pricing: null,
    after_expiration: null,
    allow_promotion_codes: order.allow_promotion_codes ?? null,
    allowed_payment_method_types: null,
    amount_subtotal: total,
    amount_total: total,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: order.billing_address_collection ?? null,
    branding_settings: BRANDING,
    cancel_url: order.cancel_url ?? null,
    client_reference_id: order.client_reference_id ?? null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: world.now(),
    currency: prices[0]?.price.currency ?? null,
    currency_conversion: null,
    custom_fields: [],
    custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
    customer: order.customer ?? null,
    customer_account: null,
    customer_creation: order.customer == null ? 'always' : null,
    customer_details: detailsBefore(world, order),
    customer_email: order.customer_email ?? null,
    discounts: [],
    expires_at: expiry(world, order),
    integration_identifier: null,
    invoice: null,
    invoice_creation: null,
    livemode: false,
    locale: order.locale ?? null,
    managed_payments: null,
    metadata: order.metadata ?? {},
    mode: 'subscription',
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: order.payment_method_collection ?? 'always',
    payment_method_configuration_details: null,
    payment_method_options: { card: { request_three_d_secure: 'automatic' } },
    payment_method_types: ['card'],
    payment_status: 'unpaid',
    permissions: null,
    phone_number_collection: { enabled: false },
    recovered_from: null,
    saved_payment_method_options: {
      allow_redisplay_filters: ['always'],
      payment_method_remove: 'disabled',
      payment_method_save: null,
    },
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: null,
    subscription: null,
    success_url: order.success_url,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted_page',
    url: `${world.baseUrl}/c/pay/${id}#${URL_FRAGMENT}`,
    wallet_options: null,
  };
}

/** Stripe's own URLs carry a fragment, and clients must keep it. */
const URL_FRAGMENT = 'fidkdWxOYHwnPyd1blpxYHZxWjA0';

const BRANDING: NonNullable<CheckoutSession['branding_settings']> = {
  background_color: '#ffffff',
  border_style: 'rounded',
  button_color: '#0074d4',
  display_name: 'Sandbox',
  font_family: 'default',
  icon: null,
  logo: null,
};

function detailsBefore(world: World, order: CheckoutOrder): CheckoutSession['customer_details'] {
  const customer = order.customer == null ? undefined : findCustomer(world, order.customer);
  const email = customer?.email ?? order.customer_email ?? null;
  if (email === null) return null;
  return {
    address: null,
    business_name: null,
    email,
    individual_name: null,
    name: null,
    phone: null,
    tax_exempt: customer?.tax_exempt ?? 'none',
    tax_ids: null,
  };
}

function expiry(world: World, { expires_at }: CheckoutOrder): number {
  if (expires_at == null) return world.now() + SESSION_SECONDS;
  const seconds = expires_at - world.now();
  if (seconds >= SHORTEST_SESSION_SECONDS && seconds <= SESSION_SECONDS) return expires_at;
  const message = 'The `expires_at` timestamp must be at least 30 minutes and less than 24 hours from Checkout Session creation.';
  throw invalidRequest(message, 'expires_at');
}

function lineItems(world: World, session: string, prices: readonly PricedOrder[], hasTrial: boolean): LineItems {
  const data = prices.map((order) => lineItem(world, order, hasTrial));
  return { object: 'list', data, has_more: false, url: `/v1/checkout/sessions/${session}/line_items` };
}

function lineItem(world: World, order: PricedOrder, hasTrial: boolean): LineItem {
  const amount = hasTrial ? 0 : amountOf(order);
  return {
    id: world.newId('li'),
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: order.price.currency,
    description: productName(world, order.price),
    metadata: {},
    price: order.price,
    quantity: order.quantity ?? 1,
  };
}

function amountOf({ price, quantity }: PricedOrder): number {
  return (price.unit_amount ?? 0) * (quantity ?? 1);
}

function productName(world: World, price: Price): string | null {
  return world.store.find<Product>('product', price.product)?.name ?? null;
}

/** Throws StripeError (404). */
export function findCheckoutSession(world: World, id: string): StoredSession {
  const found = world.store.find<StoredSession>('checkout.session', id);
  if (found === undefined) throw resourceMissing('checkout.session', id);
  return found;
}

/** Closes an open session unsold. Emits `checkout.session.expired`. Throws StripeError (400) for one that is not open. */
export function expireCheckoutSession(world: World, id: string): StoredSession {
  const session = findCheckoutSession(world, id);
  if (session.status !== 'open') {
    const message = `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}.`;
    throw invalidRequest(message);
  }
  const expired = world.store.save<StoredSession>({ ...session, status: 'expired', url: null });
  world.emit('checkout.session.expired', expired);
  return expired;
}
