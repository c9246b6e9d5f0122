/** Taking money: an intent, and each try to charge it. */
import { cardError, invalidRequest, type Decline } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import type { World } from '../world.ts';
import { declineOf, type DeclineReason } from './cards.ts';
import { buildCharge } from './charges.ts';
import { needsAuthentication, refusalAtCharge } from './payment-methods.ts';
import type { PaymentIntent, PaymentMethod } from './shapes.ts';

export interface PaymentIntentOptions {
  amount: number;
  currency: string;
  customer: string | null;
  description?: string | null;
  metadata?: Record<string, string>;
  setupFutureUsage?: 'off_session' | 'on_session' | null;
}

/** A new intent without a payment method. Emits `payment_intent.created`. */
export function createPaymentIntent(world: World, options: PaymentIntentOptions): PaymentIntent {
  const intent = world.store.insert(buildPaymentIntent(world, options));
  world.emit('payment_intent.created', intent);
  return intent;
}

function buildPaymentIntent(world: World, options: PaymentIntentOptions): PaymentIntent {
  const id = world.newId('pi');
  return {
    id,
    object: 'payment_intent',
    ...NOTHING_HAPPENED,
    amount: options.amount,
    amount_details: { tip: {} },
    capture_method: 'automatic',
    client_secret: `${id}_${world.newId('secret')}`,
    confirmation_method: 'automatic',
    created: world.now(),
    currency: options.currency,
    customer: options.customer,
    description: options.description ?? null,
    metadata: options.metadata ?? {},
    payment_method_options: CARD_OPTIONS,
    payment_method_types: ['card'],
    setup_future_usage: options.setupFutureUsage ?? null,
    status: 'requires_payment_method',
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
  transfer_data: null,
  transfer_group: null,
} satisfies Partial<PaymentIntent>;

const CARD_OPTIONS: PaymentIntent['payment_method_options'] = {
  card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
};

/**
 * Tries to charge the intent. Emits `charge.succeeded` and `payment_intent.succeeded`, or `charge.failed` and
 * `payment_intent.payment_failed`, or `payment_intent.requires_action`; the intent's status tells which.
 */
export function confirmPaymentIntent(world: World, intent: PaymentIntent, paymentMethod: PaymentMethod): PaymentIntent {
  const attempted = { ...intent, payment_method: paymentMethod.id, last_payment_error: null, next_action: null };
  if (needsAuthentication(world, paymentMethod)) return requireAction(world, attempted);
  const reason = refusalAtCharge(paymentMethod);
  return reason === undefined ? succeed(world, attempted, paymentMethod) : fail(world, attempted, paymentMethod, reason);
}

function requireAction(world: World, intent: PaymentIntent): PaymentIntent {
  const next_action = { type: 'use_stripe_sdk', use_stripe_sdk: {} };
  const waiting = world.store.save<PaymentIntent>({ ...intent, status: 'requires_action', next_action });
  world.emit('payment_intent.requires_action', waiting);
  return waiting;
}

function succeed(world: World, intent: PaymentIntent, paymentMethod: PaymentMethod): PaymentIntent {
  const charge = world.store.insert(buildCharge(world, intent, paymentMethod));
  world.emit('charge.succeeded', charge);
  const paid = world.store.save<PaymentIntent>({
    ...intent,
    amount_received: intent.amount,
    latest_charge: charge.id,
    status: 'succeeded',
  });
  world.emit('payment_intent.succeeded', paid);
  return paid;
}

function fail(world: World, intent: PaymentIntent, paymentMethod: PaymentMethod, reason: DeclineReason): PaymentIntent {
  const decline = declineOf(reason);
  const charge = world.store.insert(buildCharge(world, intent, paymentMethod, decline));
  world.emit('charge.failed', charge);
  const failed = world.store.save<PaymentIntent>({
    ...intent,
    latest_charge: charge.id,
    last_payment_error: paymentError(decline, charge.id, paymentMethod),
    payment_method: null,
    status: 'requires_payment_method',
  });
  world.emit('payment_intent.payment_failed', failed);
  return failed;
}

/** The error that stays on the intent is the one that the API answers with. */
function paymentError(decline: Decline, charge: string, paymentMethod: PaymentMethod): PaymentIntent['last_payment_error'] {
  const { param: _param, ...error } = cardError(decline).body;
  return { ...error, charge, payment_method: paymentMethod } as PaymentIntent['last_payment_error'];
}

type CancellationReason = NonNullable<PaymentIntent['cancellation_reason']>;

/** Gives an unpaid intent up and emits `payment_intent.canceled`. Throws StripeError (400) for one that is done. */
export function cancelPaymentIntent(world: World, id: string, reason: CancellationReason | null): PaymentIntent {
  const intent = existing<PaymentIntent>(world, 'payment_intent', id);
  if (isDone(intent)) {
    const message = `You cannot cancel this PaymentIntent because it has a status of ${intent.status}.`;
    throw invalidRequest(message, undefined, 'payment_intent_unexpected_state');
  }
  const canceled = world.store.save<PaymentIntent>({
    ...intent,
    canceled_at: world.now(),
    cancellation_reason: reason,
    status: 'canceled',
  });
  world.emit('payment_intent.canceled', canceled);
  return canceled;
}

function isDone(intent: PaymentIntent): boolean {
  return intent.status === 'succeeded' || intent.status === 'canceled';
}
