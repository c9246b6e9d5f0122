/** Taking money: an intent, each try to charge it, its capture and its end. */
import { cardError, invalidRequest, type Decline, type StripeError } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import { visible } from '../wire/show.ts';
import type { World } from '../world.ts';
import { declineOf, type DeclineReason } from './cards.ts';
import { buildCharge, captureCharge, releaseCharge } from './charges.ts';
import { buildPaymentIntent, type PaymentIntentOptions } from './new-payment-intent.ts';
import { nextAction, NOT_AUTHENTICATED_MESSAGE } from './next-action.ts';
import { keepCard, needsAuthentication, refusalAtCharge } from './payment-methods.ts';
import type { Charge, PaymentIntent, PaymentMethod } from './shapes.ts';

/** A new intent without a payment method. Emits `payment_intent.created`. */
export function createPaymentIntent(world: World, options: PaymentIntentOptions): PaymentIntent {
  const intent = world.store.insert(buildPaymentIntent(world, options));
  world.emit('payment_intent.created', intent);
  return intent;
}

export interface Confirmation {
  /** Nobody is there to authenticate: a card that asks for it is declined. */
  offSession?: boolean;
  /** Where the card's holder goes after the authentication. */
  returnUrl?: string | null;
}

/**
 * Tries to charge the intent. Emits `charge.succeeded` and `payment_intent.succeeded` (or `amount_capturable_updated`), or
 * `charge.failed` and `payment_intent.payment_failed`, or `payment_intent.requires_action`; the status tells which.
 */
export function confirmPaymentIntent(
  world: World,
  intent: PaymentIntent,
  paymentMethod: PaymentMethod,
  { offSession = false, returnUrl = null }: Confirmation = {},
): PaymentIntent {
  const attempted = { ...intent, payment_method: paymentMethod.id, last_payment_error: null, next_action: null };
  if (!needsAuthentication(world, paymentMethod)) return charge(world, attempted, paymentMethod);
  if (offSession) return fail(world, attempted, paymentMethod, 'authentication_required');
  const next_action = nextAction(world, intent.id, returnUrl);
  const waiting = world.store.save<PaymentIntent>({ ...attempted, status: 'requires_action', next_action });
  world.emit('payment_intent.requires_action', waiting);
  return waiting;
}

/** The card's holder authenticated the payment, or failed to: the waiting intent is charged, or needs another card. */
export function resumePaymentIntent(world: World, intent: PaymentIntent, isAuthentic: boolean): PaymentIntent {
  const paymentMethod = existing<PaymentMethod>(world, 'payment_method', intent.payment_method ?? '');
  const resumed = { ...intent, next_action: null };
  return isAuthentic ? charge(world, resumed, paymentMethod, true) : failed(world, resumed, paymentMethod, NOT_AUTHENTICATED);
}

/** Nothing was charged. */
const NOT_AUTHENTICATED: Decline = { code: 'payment_intent_authentication_failure', message: NOT_AUTHENTICATED_MESSAGE };

function charge(world: World, intent: PaymentIntent, paymentMethod: PaymentMethod, authenticated = false): PaymentIntent {
  const reason = refusalAtCharge(paymentMethod);
  if (reason !== undefined) return fail(world, intent, paymentMethod, reason, authenticated);
  const made = world.store.insert(buildCharge(world, intent, paymentMethod, { authenticated }));
  world.emit('charge.succeeded', made);
  if (intent.setup_future_usage !== null) keepCard(world, paymentMethod, intent.customer);
  return intent.capture_method === 'manual' ? authorized(world, intent, made) : succeeded(world, intent, made);
}

function authorized(world: World, intent: PaymentIntent, { id, amount }: Charge): PaymentIntent {
  const held = { amount_capturable: amount, latest_charge: id, status: 'requires_capture' } as const;
  const waiting = world.store.save<PaymentIntent>({ ...intent, ...held });
  world.emit('payment_intent.amount_capturable_updated', waiting);
  return waiting;
}

function succeeded(world: World, intent: PaymentIntent, { id, amount_captured }: Charge): PaymentIntent {
  const received = { amount_capturable: 0, amount_received: amount_captured, latest_charge: id, status: 'succeeded' } as const;
  const paid = world.store.save<PaymentIntent>({ ...intent, ...received });
  world.emit('payment_intent.succeeded', paid);
  return paid;
}

function fail(
  world: World,
  intent: PaymentIntent,
  paymentMethod: PaymentMethod,
  reason: DeclineReason,
  authenticated = false,
): PaymentIntent {
  const decline = declineOf(reason);
  const made = world.store.insert(buildCharge(world, intent, paymentMethod, { decline, authenticated }));
  world.emit('charge.failed', made);
  return failed(world, { ...intent, latest_charge: made.id }, paymentMethod, { ...decline, charge: made.id });
}

function failed(world: World, intent: PaymentIntent, paymentMethod: PaymentMethod, decline: Decline): PaymentIntent {
  const saved = world.store.save<PaymentIntent>({
    ...intent,
    last_payment_error: paymentError(decline, paymentMethod),
    payment_method: null,
    status: 'requires_payment_method',
  });
  world.emit('payment_intent.payment_failed', saved);
  return saved;
}

/** The error that stays on the intent is the one that the API answers with. */
function paymentError(decline: Decline, paymentMethod: PaymentMethod): PaymentIntent['last_payment_error'] {
  const { param: _param, ...error } = cardError(decline).body;
  return { ...error, payment_method: paymentMethod } as PaymentIntent['last_payment_error'];
}

/** 402: the last try of this intent failed; what it wrote stays. */
export function intentRefusal(intent: PaymentIntent): StripeError {
  const { code = 'card_declined', message = 'Your card was declined.', ...error } = intent.last_payment_error ?? {};
  return cardError({ ...error, code, message, payment_intent: visible(intent) });
}

/** Takes what a manual intent holds, or a part of it. Emits `charge.captured` and `payment_intent.succeeded`. */
export function capturePaymentIntent(world: World, intent: PaymentIntent, amount = intent.amount_capturable): PaymentIntent {
  if (intent.status !== 'requires_capture') throw unexpectedState(intent, 'capture', 'captured', ['requires_capture']);
  if (amount > intent.amount_capturable) {
    const message = `The amount (${amount}) you tried to capture is greater than the remaining amount (${intent.amount_capturable}).`;
    throw invalidRequest(message, 'amount_to_capture', 'amount_too_large');
  }
  const captured = captureCharge(world, existing<Charge>(world, 'charge', intent.latest_charge ?? ''), amount);
  return succeeded(world, intent, captured);
}

type CancellationReason = NonNullable<PaymentIntent['cancellation_reason']>;

const CANCELABLE = ['requires_payment_method', 'requires_capture', 'requires_confirmation', 'requires_action', 'processing'];

/** Gives an unpaid intent up and emits `payment_intent.canceled`. Throws StripeError (400) for one that is done. */
export function cancelPaymentIntent(world: World, id: string, reason: CancellationReason | null): PaymentIntent {
  const intent = existing<PaymentIntent>(world, 'payment_intent', id);
  if (!CANCELABLE.includes(intent.status)) throw unexpectedState(intent, 'cancel', 'canceled', CANCELABLE);
  if (intent.status === 'requires_capture') releaseCharge(world, existing<Charge>(world, 'charge', intent.latest_charge ?? ''));
  const canceled = world.store.save<PaymentIntent>({
    ...intent,
    amount_capturable: 0,
    canceled_at: world.now(),
    cancellation_reason: reason,
    next_action: null,
    status: 'canceled',
  });
  world.emit('payment_intent.canceled', canceled);
  return canceled;
}

/** What an intent was for is void or over: gives it up, unless it is done. */
export function giveUpPaymentIntent(world: World, id: string, reason: CancellationReason): void {
  const { status } = existing<PaymentIntent>(world, 'payment_intent', id);
  if (CANCELABLE.includes(status)) cancelPaymentIntent(world, id, reason);
}

/** 400: the intent is past this. */
export function unexpectedState(intent: PaymentIntent, verb: string, done: string, allowed: readonly string[]): StripeError {
  const message =
    `You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}. ` +
    `Only a PaymentIntent with one of the following statuses may be ${done}: ${allowed.join(', ')}.`;
  return invalidRequest(message, undefined, 'payment_intent_unexpected_state');
}
