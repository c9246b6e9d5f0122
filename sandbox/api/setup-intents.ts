/** /v1/setup_intents */
import {
  cancelSetupIntent,
  confirmSetupIntent,
  createSetupIntent,
  setupRefusal,
  unexpectedSetupState,
} from '../billing/setup-intents.ts';
import type { Customer, PaymentMethod, SetupIntent } from '../billing/shapes.ts';
import { invalidRequest } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import { boolean, choice, hash, mergeMetadata, metadata, string, type Params } from '../wire/params.ts';
import { url } from '../wire/formats.ts';
import { listRoute, route } from '../wire/route.ts';
import type { World } from '../world.ts';
import { automaticPaymentMethods, paymentMethodChoiceSpec, sentPaymentMethod } from './sent-payment-method.ts';

const { automatic_payment_methods: _only_at_creation, ...cardSpec } = paymentMethodChoiceSpec;

const settableSpec = {
  ...cardSpec,
  customer: string(),
  description: string({ max: 1000 }),
  metadata: metadata(),
  payment_method_options: hash({ card: hash({ request_three_d_secure: choice(['any', 'automatic', 'challenge']) }) }),
};
const confirmationSpec = { return_url: url(), use_stripe_sdk: boolean() };
const createSpec = {
  ...settableSpec,
  ...paymentMethodChoiceSpec,
  ...confirmationSpec,
  confirm: boolean(),
  usage: choice(['off_session', 'on_session']),
};
type Settable = Params<typeof settableSpec>;

const CANCELLATION_REASONS = ['abandoned', 'duplicate', 'requested_by_customer'] as const;

export const setupIntentRoutes = [
  route('POST', '/v1/setup_intents', createSpec, (world, { params }) => {
    const intent = createSetupIntent(world, {
      automatic_payment_methods: automaticPaymentMethods(params),
      customer: customerOf(world, params) ?? null,
      description: params.description ?? null,
      metadata: mergeMetadata({}, params.metadata),
      usage: params.usage ?? 'off_session',
      ...chosen(world, params.customer ?? null, params),
    });
    return params.confirm === true ? confirm(world, intent, params.return_url) : intent;
  }),
  route('GET', '/v1/setup_intents/:id', { client_secret: string() }, (world, { path }) => intentOf(world, path.id)),
  route('POST', '/v1/setup_intents/:id', settableSpec, (world, { path, params }) => {
    return world.store.save(withChanges(world, intentOf(world, path.id), params));
  }),
  route('POST', '/v1/setup_intents/:id/confirm', { ...cardSpec, ...confirmationSpec }, (world, { path, params }) => {
    const intent = intentOf(world, path.id);
    if (!CONFIRMABLE.includes(intent.status)) throw unexpectedSetupState(intent, 'confirm', 'confirmed', CONFIRMABLE);
    return confirm(world, withChanges(world, intent, params), params.return_url);
  }),
  route('POST', '/v1/setup_intents/:id/cancel', { cancellation_reason: choice(CANCELLATION_REASONS) }, (world, { path, params }) => {
    return cancelSetupIntent(world, intentOf(world, path.id), params.cancellation_reason ?? null);
  }),
  listRoute('/v1/setup_intents', 'setup_intent', { customer: string(), payment_method: string() }),
];

const CONFIRMABLE = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

function intentOf(world: World, id: string): SetupIntent {
  return existing<SetupIntent>(world, 'setup_intent', id);
}

function customerOf(world: World, { customer }: Settable): string | null | undefined {
  return customer == null ? customer : existing<Customer>(world, 'customer', customer, 'customer').id;
}

function chosen(world: World, customer: string | null, sent: Settable): Partial<Pick<SetupIntent, 'payment_method' | 'status'>> {
  const card = sentPaymentMethod(world, customer, sent);
  return card === undefined ? {} : { payment_method: card.id, status: 'requires_confirmation' };
}

function withChanges(world: World, intent: SetupIntent, sent: Settable): SetupIntent {
  const sentCustomer = customerOf(world, sent);
  const customer = sentCustomer === undefined ? intent.customer : sentCustomer;
  return {
    ...intent,
    customer,
    description: sent.description === undefined ? intent.description : sent.description,
    metadata: mergeMetadata(intent.metadata ?? {}, sent.metadata),
    ...chosen(world, customer, sent),
  };
}

/** Throws StripeError: 402 when the bank refuses the card, 400 when there is none. */
function confirm(world: World, intent: SetupIntent, returnUrl: string | null | undefined): SetupIntent {
  if (intent.payment_method === null) throw invalidRequest(NO_CARD, undefined, 'setup_intent_unexpected_state');
  const card = existing<PaymentMethod>(world, 'payment_method', intent.payment_method);
  const confirmed = confirmSetupIntent(world, intent, card, returnUrl ?? null);
  if (confirmed.last_setup_error !== null) throw setupRefusal(confirmed);
  return confirmed;
}

const NO_CARD =
  "You cannot confirm this SetupIntent because it's missing a payment method. You can either update the SetupIntent with a " +
  'payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.';
