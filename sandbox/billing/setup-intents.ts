/** Preparing a card for later charges: an intent, each try to set a card up, and its end. */
import { cardError, invalidRequest, type Decline, type StripeError } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import { visible } from '../wire/show.ts';
import type { World } from '../world.ts';
import { declineOf } from './cards.ts';
import { buildSetupIntent, type SetupIntentOptions } from './new-setup-intent.ts';
import { nextAction, NOT_AUTHENTICATED_MESSAGE } from './next-action.ts';
import { attachPaymentMethod, needsAuthenticationAtSetup, refusalAtSetup } from './payment-methods.ts';
import type { PaymentMethod, SetupIntent } from './shapes.ts';

/** A new intent without a payment method. Emits `setup_intent.created`. */
export function createSetupIntent(world: World, options: SetupIntentOptions): SetupIntent {
  const intent = world.store.insert(buildSetupIntent(world, options));
  world.emit('setup_intent.created', intent);
  return intent;
}

/**
 * Tries to set a card up. Emits `setup_intent.succeeded` (and `payment_method.attached` when a customer keeps it),
 * `setup_intent.setup_failed` or `setup_intent.requires_action`; the intent's status tells which.
 */
export function confirmSetupIntent(
  world: World,
  intent: SetupIntent,
  paymentMethod: PaymentMethod,
  returnUrl: string | null = null,
): SetupIntent {
  const attempted = { ...intent, payment_method: paymentMethod.id, last_setup_error: null, next_action: null };
  if (!needsAuthenticationAtSetup(paymentMethod)) return setUp(world, attempted, paymentMethod);
  const next_action = nextAction(world, intent.id, returnUrl);
  const waiting = world.store.save<SetupIntent>({ ...attempted, status: 'requires_action', next_action });
  world.emit('setup_intent.requires_action', waiting);
  return waiting;
}

/** The card's holder authenticated the set-up, or failed to. */
export function resumeSetupIntent(world: World, intent: SetupIntent, isAuthentic: boolean): SetupIntent {
  const paymentMethod = existing<PaymentMethod>(world, 'payment_method', intent.payment_method ?? '');
  const resumed = { ...intent, next_action: null };
  return isAuthentic ? setUp(world, resumed, paymentMethod) : failed(world, resumed, paymentMethod, NOT_AUTHENTICATED);
}

const NOT_AUTHENTICATED: Decline = { code: 'setup_intent_authentication_failure', message: NOT_AUTHENTICATED_MESSAGE };

function setUp(world: World, intent: SetupIntent, paymentMethod: PaymentMethod): SetupIntent {
  const reason = refusalAtSetup(paymentMethod);
  if (reason !== undefined) return failed(world, intent, paymentMethod, declineOf(reason));
  if (intent.customer !== null) attachPaymentMethod(world, paymentMethod.id, intent.customer);
  const succeeded = world.store.save<SetupIntent>({ ...intent, status: 'succeeded' });
  world.emit('setup_intent.succeeded', succeeded);
  return succeeded;
}

function failed(world: World, intent: SetupIntent, paymentMethod: PaymentMethod, decline: Decline): SetupIntent {
  const { param: _param, ...error } = cardError(decline).body;
  const saved = world.store.save<SetupIntent>({
    ...intent,
    last_setup_error: { ...error, payment_method: paymentMethod } as SetupIntent['last_setup_error'],
    payment_method: null,
    status: 'requires_payment_method',
  });
  world.emit('setup_intent.setup_failed', saved);
  return saved;
}

/** 402: the last try of this set-up failed; what it wrote stays. */
export function setupRefusal(intent: SetupIntent): StripeError {
  const { code = 'card_declined', message = 'Your card was declined.', ...error } = intent.last_setup_error ?? {};
  return cardError({ ...error, code, message, setup_intent: visible(intent) });
}

type CancellationReason = NonNullable<SetupIntent['cancellation_reason']>;

const CANCELABLE = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

/** Gives a set-up up and emits `setup_intent.canceled`. Throws StripeError (400) for one that is done. */
export function cancelSetupIntent(world: World, intent: SetupIntent, reason: CancellationReason | null): SetupIntent {
  if (!CANCELABLE.includes(intent.status)) throw unexpectedSetupState(intent, 'cancel', 'canceled', CANCELABLE);
  const canceled = world.store.save<SetupIntent>({ ...intent, cancellation_reason: reason, next_action: null, status: 'canceled' });
  world.emit('setup_intent.canceled', canceled);
  return canceled;
}

/** 400: the set-up is past this. */
export function unexpectedSetupState(intent: SetupIntent, verb: string, done: string, allowed: readonly string[]): StripeError {
  const message =
    `You cannot ${verb} this SetupIntent because it has a status of ${intent.status}. ` +
    `Only a SetupIntent with one of the following statuses may be ${done}: ${allowed.join(', ')}.`;
  return invalidRequest(message, undefined, 'setup_intent_unexpected_state');
}
