/** /v1/payment_intents */
import { payInvoiceOf } from '../billing/authentication.ts';
import { refuseOwned } from '../billing/intent-owner.ts';
import {
  cancelPaymentIntent,
  capturePaymentIntent,
  confirmPaymentIntent,
  createPaymentIntent,
  intentRefusal,
  unexpectedState,
} from '../billing/payment-intents.ts';
import type { Customer, PaymentIntent, PaymentMethod } from '../billing/shapes.ts';
import { invalidRequest } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import { boolean, choice, currency, either, hash, integer, mergeMetadata, metadata, required, string, type Params } from '../wire/params.ts';
import { email, url } from '../wire/formats.ts';
import { listRoute, route } from '../wire/route.ts';
import type { World } from '../world.ts';
import {
  automaticPaymentMethods,
  paymentMethodChoiceSpec,
  sentPaymentMethod,
  shippingOf,
  shippingSpec,
} from './sent-payment-method.ts';

const AMOUNT_MAX = 99_999_999;
const AMOUNT_MIN = 50;

const amount = integer({ min: 1, max: AMOUNT_MAX });

const describedSpec = {
  capture_method: choice(['automatic', 'automatic_async', 'manual']),
  receipt_email: email(),
  setup_future_usage: choice(['off_session', 'on_session']),
  shipping: shippingSpec,
};
const settableSpec = {
  ...describedSpec,
  customer: string(),
  description: string({ max: 1000 }),
  metadata: metadata(),
  payment_method_options: hash({ card: hash({ request_three_d_secure: choice(['any', 'automatic', 'challenge']) }) }),
  statement_descriptor: string({ max: 22 }),
  statement_descriptor_suffix: string({ max: 22 }),
};
const { automatic_payment_methods: _only_at_creation, ...cardSpec } = paymentMethodChoiceSpec;
const confirmationSpec = {
  error_on_requires_action: boolean(),
  off_session: either(boolean(), choice(['one_off', 'recurring'])),
  return_url: url(),
  use_stripe_sdk: boolean(),
};
type Confirmation = Params<typeof confirmationSpec>;

const createSpec = {
  ...settableSpec,
  ...paymentMethodChoiceSpec,
  ...confirmationSpec,
  amount: required(amount),
  confirm: boolean(),
  confirmation_method: choice(['automatic', 'manual']),
  currency: required(currency()),
};
const updateSpec = { ...settableSpec, ...cardSpec, amount, currency: currency() };
type Settable = Params<typeof settableSpec> & Pick<Params<typeof updateSpec>, 'amount' | 'currency'>;
type Cards = Params<typeof cardSpec>;

const captureSpec = {
  amount_to_capture: amount,
  final_capture: boolean(),
  metadata: metadata(),
  statement_descriptor: string({ max: 22 }),
  statement_descriptor_suffix: string({ max: 22 }),
};

const CANCELLATION_REASONS = ['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer'] as const;

export const paymentIntentRoutes = [
  route('POST', '/v1/payment_intents', createSpec, (world, { params }) => {
    refuseTooSmall(params.amount, params.currency);
    const customer = customerOf(world, params);
    const card = sentPaymentMethod(world, customer ?? null, params);
    const intent = createPaymentIntent(world, {
      ...changesOf(params),
      amount: params.amount,
      automatic_payment_methods: automaticPaymentMethods(params),
      capture_method: params.capture_method ?? 'automatic_async',
      confirmation_method: params.confirmation_method ?? 'automatic',
      currency: params.currency,
      customer: customer ?? null,
      metadata: mergeMetadata({}, params.metadata),
      setupFutureUsage: params.setup_future_usage ?? null,
      ...chosen(card),
    });
    return params.confirm === true ? confirm(world, intent, params) : intent;
  }),
  route('GET', '/v1/payment_intents/:id', { client_secret: string() }, (world, { path }) => intentOf(world, path.id)),
  route('POST', '/v1/payment_intents/:id', updateSpec, (world, { path, params }) => {
    const intent = intentOf(world, path.id);
    if ((params.amount ?? params.currency ?? params.customer) != null) refuseOwned(world, intent, 'change what is taken by');
    return world.store.save(withChanges(world, intent, params));
  }),
  route('POST', '/v1/payment_intents/:id/confirm', { ...describedSpec, ...cardSpec, ...confirmationSpec }, (world, { path, params }) => {
    const intent = intentOf(world, path.id);
    if (!CONFIRMABLE.includes(intent.status)) throw unexpectedState(intent, 'confirm', 'confirmed', CONFIRMABLE);
    return confirm(world, withChanges(world, intent, params), params);
  }),
  route('POST', '/v1/payment_intents/:id/capture', captureSpec, (world, { path, params }) => {
    const { amount_to_capture, metadata: tags } = params;
    const intent = intentOf(world, path.id);
    return capturePaymentIntent(world, { ...intent, metadata: mergeMetadata(intent.metadata, tags) }, amount_to_capture ?? undefined);
  }),
  route('POST', '/v1/payment_intents/:id/cancel', { cancellation_reason: choice(CANCELLATION_REASONS) }, (world, { path, params }) => {
    refuseOwned(world, intentOf(world, path.id), 'cancel');
    return cancelPaymentIntent(world, path.id, params.cancellation_reason ?? null);
  }),
  listRoute('/v1/payment_intents', 'payment_intent', { customer: string() }),
];

const CONFIRMABLE = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

function intentOf(world: World, id: string): PaymentIntent {
  return existing<PaymentIntent>(world, 'payment_intent', id);
}

function refuseTooSmall(cents: number, code: string): void {
  if (cents >= AMOUNT_MIN) return;
  throw invalidRequest(`Amount must be at least $0.50 ${code}`, 'amount', 'amount_too_small');
}

function customerOf(world: World, { customer }: Settable): string | null | undefined {
  return customer == null ? customer : existing<Customer>(world, 'customer', customer, 'customer').id;
}

function chosen(card: PaymentMethod | undefined): Partial<Pick<PaymentIntent, 'payment_method' | 'status'>> {
  return card === undefined ? {} : { payment_method: card.id, status: 'requires_confirmation' };
}

/** What was sent of the fields that are stored as they are. */
function changesOf(sent: Settable) {
  const { description, receipt_email, shipping, statement_descriptor, statement_descriptor_suffix } = sent;
  return sentOnly({
    description,
    receipt_email,
    shipping: shipping && shippingOf(shipping),
    statement_descriptor,
    statement_descriptor_suffix,
  });
}

function sentOnly<T extends object>(fields: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]?: Exclude<T[Name], undefined>;
  };
}

function withChanges(world: World, intent: PaymentIntent, sent: Settable & Cards): PaymentIntent {
  const { amount: cents, capture_method, currency: code, setup_future_usage } = sent;
  refuseLateChange(intent, { amount: cents, currency: code });
  if (cents != null) refuseTooSmall(cents, code ?? intent.currency);
  const customer = customerOf(world, sent);
  const named = { ...intent, ...sentOnly({ customer, setup_future_usage }) };
  return {
    ...named,
    ...changesOf(sent),
    amount: cents ?? intent.amount,
    capture_method: capture_method ?? intent.capture_method,
    currency: code ?? intent.currency,
    metadata: mergeMetadata(intent.metadata, sent.metadata),
    ...chosen(sentPaymentMethod(world, named.customer, sent)),
  };
}

const CHANGEABLE = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

function refuseLateChange(intent: PaymentIntent, sent: object): void {
  const [late] = Object.keys(sentOnly(sent));
  if (late === undefined || CHANGEABLE.includes(intent.status)) return;
  const message =
    `This PaymentIntent's ${late} could not be updated because it has a status of ${intent.status}. You may only update the ` +
    `${late} of a PaymentIntent with one of the following statuses: ${CHANGEABLE.join(', ')}.`;
  throw invalidRequest(message, late, 'payment_intent_unexpected_state');
}

/** Throws StripeError: 402 when the card is declined, 400 when there is none. */
function confirm(world: World, intent: PaymentIntent, sent: Confirmation): PaymentIntent {
  if (intent.payment_method === null) throw invalidRequest(NO_CARD, undefined, 'payment_intent_unexpected_state');
  const card = existing<PaymentMethod>(world, 'payment_method', intent.payment_method);
  const offSession = sent.error_on_requires_action === true || (sent.off_session ?? false) !== false;
  const confirmed = confirmPaymentIntent(world, intent, card, { offSession, returnUrl: sent.return_url ?? null });
  payInvoiceOf(world, confirmed, card.id);
  if (confirmed.last_payment_error !== null) throw intentRefusal(confirmed);
  return confirmed;
}

const NO_CARD =
  "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a " +
  'payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.';
