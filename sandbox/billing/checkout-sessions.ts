/** Checkout Sessions: what is for sale on one hosted page, for one day. */
import { BUSINESS_NAME } from '../business.ts';
import { invalidRequest } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import type { World } from '../world.ts';
import { DAY_SECONDS, HOUR_SECONDS } from './calendar.ts';
import { trialEnd, type TrialSettingsOrder } from './new-subscription.ts';
import type { CheckoutSession, Customer, LineItem, Price, Product } from './shapes.ts';
import { priceOrders, type PricedOrder } from './subscription-items.ts';

const SESSION_SECONDS = DAY_SECONDS;
const SHORTEST_SESSION_SECONDS = HOUR_SECONDS / 2;
const SHORTEST_TRIAL_SECONDS = 2 * DAY_SECONDS;

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
export type StoredSession = CheckoutSession & { line_items: LineItems; _subscription_data: SubscriptionData; _test_clock: string | null };
type LineItems = NonNullable<CheckoutSession['line_items']>;

/** Opens a session in mode `subscription`. Throws StripeError (400) for what cannot be sold. No event tells of it. */
export function createCheckoutSession(world: World, order: CheckoutOrder): StoredSession {
  const customer = order.customer == null ? undefined : existing<Customer>(world, 'customer', order.customer, 'customer');
  const id = world.newId('cs');
  const prices = priceOrders(world, order.line_items, 'line_items');
  const subscriptionData = order.subscription_data ?? {};
  const trial = trialEnd(world, subscriptionData);
  if (subscriptionData.trial_end != null && trial !== null) refuseShortTrial(world, trial);
  const hasTrial = trial !== null;
  return world.store.insert<StoredSession>({
    ...buildSession(world, id, order, prices, hasTrial),
    line_items: lineItems(world, id, prices, hasTrial),
    _subscription_data: subscriptionData,
    _test_clock: customer?.test_clock ?? null,
  });
}

function refuseShortTrial(world: World, trialEnd: number): void {
  if (trialEnd - world.now() >= SHORTEST_TRIAL_SECONDS) return;
  throw invalidRequest('The `trial_end` date has to be at least 2 days in the future.', 'subscription_data[trial_end]');
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
    ...OPEN_SESSION,
    allow_promotion_codes: order.allow_promotion_codes ?? null,
    amount_subtotal: total,
    amount_total: total,
    billing_address_collection: order.billing_address_collection ?? null,
    cancel_url: order.cancel_url ?? null,
    client_reference_id: order.client_reference_id ?? null,
    created: world.now(),
    currency: prices[0]?.price.currency ?? null,
    customer: order.customer ?? null,
    customer_creation: order.customer == null ? 'always' : null,
    customer_details: detailsBefore(world, order),
    customer_email: order.customer_email ?? null,
    expires_at: expiry(world, order),
    locale: order.locale ?? null,
    metadata: order.metadata ?? {},
    payment_method_collection: order.payment_method_collection ?? 'always',
    success_url: order.success_url,
    url: `${world.baseUrl}/c/pay/${id}#${URL_FRAGMENT}`,
  };
}

/** Stripe's own URLs carry a fragment, and clients must keep it. */
const URL_FRAGMENT = 'fidkdWxOYHwnPyd1blpxYHZxWjA0';

const BRANDING: NonNullable<CheckoutSession['branding_settings']> = {
  background_color: '#ffffff',
  border_style: 'rounded',
  button_color: '#0074d4',
  display_name: BUSINESS_NAME,
  font_family: 'default',
  icon: null,
  logo: null,
};

/** A hosted page that sells a subscription; much of it the sandbox never fills. */
const OPEN_SESSION = {
  adaptive_pricing: null,
  after_expiration: null,
  allowed_payment_method_types: null,
  automatic_tax: { enabled: false, liability: null, provider: null, status: null },
  branding_settings: BRANDING,
  client_secret: null,
  collected_information: null,
  consent: null,
  consent_collection: null,
  currency_conversion: null,
  custom_fields: [],
  custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
  customer_account: null,
  discounts: [],
  integration_identifier: null,
  invoice: null,
  invoice_creation: null,
  livemode: false,
  managed_payments: null,
  mode: 'subscription',
  origin_context: null,
  payment_intent: null,
  payment_link: null,
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
  total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
  ui_mode: 'hosted_page',
  wallet_options: null,
} satisfies Partial<CheckoutSession>;

function detailsBefore(world: World, order: CheckoutOrder): CheckoutSession['customer_details'] {
  const customer = order.customer == null ? undefined : existing<Customer>(world, 'customer', order.customer);
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
