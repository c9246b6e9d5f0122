/** Checkout Sessions: what is for sale on one hosted page, for one day. */
import { invalidRequest } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import type { World } from '../world.ts';
import { DAY_SECONDS, HOUR_SECONDS } from './calendar.ts';
import { trialEnd, type TrialSettingsOrder } from './new-subscription.ts';
import { lineItems, priceLineItems, totalOf, type CheckoutMode, type LineItemOrder, type LineItems } from './checkout-line-items.ts';
import type { PaymentIntentOptions } from './new-payment-intent.ts';
import type { CheckoutSession, Customer, SetupIntent } from './shapes.ts';
import { refuseOtherCurrency } from './subscription-start.ts';

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

/** What the payment intent will be of a session in mode `payment`. */
export type PaymentIntentData = Partial<Omit<PaymentIntentOptions, 'amount' | 'currency' | 'customer'>>;

/** What the setup intent will be of a session in mode `setup`. */
export type SetupIntentData = Partial<Pick<SetupIntent, 'description'>> & { metadata?: Record<string, string> };

/** What `POST /v1/checkout/sessions` takes; the names are Stripe's. */
export interface CheckoutOrder {
  mode?: CheckoutMode;
  line_items?: readonly LineItemOrder[] | null;
  success_url: string;
  allow_promotion_codes?: boolean | null;
  billing_address_collection?: CheckoutSession['billing_address_collection'];
  branding_settings?: { display_name?: string | null } | null;
  cancel_url?: string | null;
  client_reference_id?: string | null;
  consent_collection?: { terms_of_service?: 'none' | 'required' | null } | null;
  currency?: string | null;
  customer?: string | null;
  customer_creation?: CheckoutSession['customer_creation'];
  customer_email?: string | null;
  expires_at?: number | null;
  locale?: CheckoutSession['locale'];
  metadata?: Record<string, string> | null;
  payment_intent_data?: PaymentIntentData | null;
  payment_method_collection?: CheckoutSession['payment_method_collection'];
  setup_intent_data?: SetupIntentData | null;
  submit_type?: CheckoutSession['submit_type'];
  subscription_data?: SubscriptionData | null;
}

/** The stored session remembers its order and its tries; answers and events never show that. */
export interface SessionMemory {
  line_items: LineItems;
  _payment_intent_data: PaymentIntentData;
  _setup_intent_data: SetupIntentData;
  _subscription_data: SubscriptionData;
  _test_clock: string | null;
  /** The customer whom the first try made. */
  _customer?: string;
  /** The payment or setup intent of the last try. */
  _intent?: string;
}
export type StoredSession = CheckoutSession & SessionMemory;

/** Opens a session. Throws StripeError (400) for what cannot be sold. No event tells of it. */
export function createCheckoutSession(world: World, order: CheckoutOrder): StoredSession {
  const customer = order.customer == null ? undefined : existing<Customer>(world, 'customer', order.customer, 'customer');
  const id = world.newId('cs');
  const prices = priceLineItems(world, order.mode ?? 'subscription', order.line_items ?? []);
  if (order.mode === 'subscription' && customer !== undefined) refuseOtherCurrency(world, customer.id, prices[0]!.price.currency);
  const subscriptionData = order.subscription_data ?? {};
  const trial = trialEnd(world, subscriptionData);
  if (subscriptionData.trial_end != null && trial !== null) refuseShortTrial(world, trial);
  const items = lineItems(world, id, prices, trial !== null && world.switchOf('trial_checkout') === 'free');
  return world.store.insert<StoredSession>({
    ...buildSession(world, id, order, items),
    line_items: items,
    _payment_intent_data: order.payment_intent_data ?? {},
    _setup_intent_data: order.setup_intent_data ?? {},
    _subscription_data: subscriptionData,
    _test_clock: customer?.test_clock ?? null,
  });
}

function refuseShortTrial(world: World, trialEnd: number): void {
  if (trialEnd - world.now() >= SHORTEST_TRIAL_SECONDS) return;
  throw invalidRequest('The `trial_end` date has to be at least 2 days in the future.', 'subscription_data[trial_end]');
}

function buildSession(world: World, id: string, order: CheckoutOrder, items: LineItems): CheckoutSession {
  const mode = order.mode ?? 'subscription';
  const total = mode === 'setup' ? null : totalOf(items);
  return {
    id,
    object: 'checkout.session',
    ...OPEN_SESSION,
    allow_promotion_codes: order.allow_promotion_codes ?? null,
    amount_subtotal: total,
    amount_total: total,
    billing_address_collection: order.billing_address_collection ?? null,
    branding_settings: { ...BRANDING, display_name: order.branding_settings?.display_name ?? world.switchOf('business_name') },
    cancel_url: order.cancel_url ?? null,
    client_reference_id: order.client_reference_id ?? null,
    consent_collection: order.consent_collection?.terms_of_service
      ? { payment_method_reuse_agreement: null, promotions: null, terms_of_service: order.consent_collection.terms_of_service }
      : null,
    created: world.now(),
    currency: items.data[0]?.currency ?? order.currency ?? null,
    customer: order.customer ?? null,
    customer_creation: customerCreation(mode, order),
    customer_details: detailsBefore(world, order),
    customer_email: order.customer_email ?? null,
    expires_at: expiry(world, order),
    invoice_creation: mode === 'payment' ? NO_INVOICE : null,
    locale: order.locale ?? null,
    metadata: order.metadata ?? {},
    mode,
    payment_method_collection: order.payment_method_collection ?? 'always',
    submit_type: order.submit_type ?? null,
    success_url: order.success_url,
    total_details: mode === 'setup' ? null : { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    url: `${world.baseUrl}/c/pay/${id}#${URL_FRAGMENT}`,
  };
}

/** Stripe's own URLs carry a fragment, and clients must keep it. */
const URL_FRAGMENT = 'fidkdWxOYHwnPyd1blpxYHZxWjA0';

const BRANDING: Omit<NonNullable<CheckoutSession['branding_settings']>, 'display_name'> = {
  background_color: '#ffffff',
  border_style: 'rounded',
  button_color: '#0074d4',
  font_family: 'default',
  icon: null,
  logo: null,
};

/** A hosted page; much of it the sandbox never fills. */
const OPEN_SESSION = {
  adaptive_pricing: null,
  after_expiration: null,
  allowed_payment_method_types: null,
  automatic_tax: { enabled: false, liability: null, provider: null, status: null },
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
  livemode: false,
  managed_payments: null,
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
  subscription: null,
  ui_mode: 'hosted_page',
  wallet_options: null,
} satisfies Partial<CheckoutSession>;

/** What the session says of the invoice that a payment could have; the sandbox makes none. */
const NO_INVOICE: CheckoutSession['invoice_creation'] = {
  enabled: false,
  invoice_data: {
    account_tax_ids: null,
    custom_fields: null,
    description: null,
    footer: null,
    issuer: null,
    metadata: null,
    rendering_options: null,
  },
};

function customerCreation(mode: CheckoutMode, order: CheckoutOrder): CheckoutSession['customer_creation'] {
  if (order.customer != null || mode === 'setup') return null;
  return mode === 'subscription' ? 'always' : (order.customer_creation ?? 'if_required');
}

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
