/** A payment intent as it is before its first try. */
import type { World } from '../world.ts';
import type { PaymentIntent } from './shapes.ts';

/** What an intent can be told about itself, in Stripe's own names. */
type Details = Pick<
  PaymentIntent,
  | 'automatic_payment_methods'
  | 'capture_method'
  | 'confirmation_method'
  | 'payment_method'
  | 'receipt_email'
  | 'shipping'
  | 'statement_descriptor'
  | 'statement_descriptor_suffix'
  | 'status'
>;

export interface PaymentIntentOptions extends Partial<Details> {
  amount: number;
  currency: string;
  customer: string | null;
  description?: string | null;
  metadata?: Record<string, string>;
  setupFutureUsage?: 'off_session' | 'on_session' | null;
}

export function buildPaymentIntent(world: World, options: PaymentIntentOptions): PaymentIntent {
  const { amount, currency, customer, description, metadata, setupFutureUsage, ...details } = options;
  const id = world.newId('pi');
  return {
    id,
    object: 'payment_intent',
    ...NOTHING_HAPPENED,
    ...details,
    amount,
    amount_details: { tip: {} },
    client_secret: `${id}_${world.newId('secret')}`,
    created: world.now(),
    currency,
    customer,
    description: description ?? null,
    metadata: metadata ?? {},
    payment_method_options: CARD_OPTIONS,
    payment_method_types: ['card'],
    setup_future_usage: setupFutureUsage ?? null,
  };
}

/** Before the first try; much of it the sandbox never fills. */
const NOTHING_HAPPENED = {
  allowed_payment_method_types: null,
  amount_capturable: 0,
  amount_received: 0,
  application: null,
  application_fee_amount: null,
  automatic_payment_methods: null,
  canceled_at: null,
  cancellation_reason: null,
  capture_method: 'automatic',
  confirmation_method: 'automatic',
  customer_account: null,
  excluded_payment_method_types: null,
  last_payment_error: null,
  latest_charge: null,
  livemode: false,
  managed_payments: null,
  next_action: null,
  on_behalf_of: null,
  payment_method: null,
  payment_method_configuration_details: null,
  payment_record: null,
  processing: null,
  receipt_email: null,
  review: null,
  shipping: null,
  source: null,
  statement_descriptor: null,
  statement_descriptor_suffix: null,
  status: 'requires_payment_method',
  transfer_data: null,
  transfer_group: null,
} satisfies Partial<PaymentIntent>;

const CARD_OPTIONS: PaymentIntent['payment_method_options'] = {
  card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
};
