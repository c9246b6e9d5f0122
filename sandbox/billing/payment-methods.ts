/** Cards that customers keep: made from a number, a token or a magic name, attached, detached. */
import { cardError, invalidRequest } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import type { World } from '../world.ts';
import {
  cardByFingerprint,
  declineOf,
  fingerprintOf,
  fullYear,
  magicCard,
  readCard,
  type CardDetails,
  type DeclineReason,
  type TestCard,
} from './cards.ts';
import { change } from './change.ts';
import type { Customer, PaymentMethod, Subscription } from './shapes.ts';

type BillingDetails = PaymentMethod['billing_details'];

const MAGIC_CARD_LIFE_YEARS = 1;
const MAGIC_CARD_MONTH = 11;
const MAGIC_CARD_CVC = '123';

export const NO_BILLING_DETAILS: BillingDetails = {
  address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
  email: null,
  name: null,
  phone: null,
  tax_id: null,
};

/** A new card from typed details, not attached yet. Throws StripeError (402) for details that no bank would take. */
export function createPaymentMethod(
  world: World,
  details: CardDetails,
  billing: Partial<BillingDetails> = {},
  metadata: Record<string, string> = {},
): PaymentMethod {
  const card = readCard(details, world.now());
  return world.store.insert(buildPaymentMethod(world, card, details, billing, metadata));
}

/** A new card from `tok_visa` or `pm_card_visa`; `undefined` when the name is none of these. */
export function createFromMagicName(
  world: World,
  name: string,
  billing: Partial<BillingDetails> = {},
  metadata: Record<string, string> = {},
): PaymentMethod | undefined {
  const card = magicCard(name);
  if (card === undefined) return undefined;
  const expYear = new Date(world.now() * 1000).getUTCFullYear() + MAGIC_CARD_LIFE_YEARS;
  const details = { number: card.number, expMonth: MAGIC_CARD_MONTH, expYear, cvc: MAGIC_CARD_CVC };
  return world.store.insert(buildPaymentMethod(world, card, details, billing, metadata));
}

function buildPaymentMethod(
  world: World,
  card: TestCard,
  details: CardDetails,
  billing: Partial<BillingDetails>,
  metadata: Record<string, string>,
): PaymentMethod {
  return {
    id: world.newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: { ...NO_BILLING_DETAILS, ...billing },
    card: buildCard(card, details),
    created: world.now(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata,
    type: 'card',
  };
}

function buildCard(card: TestCard, details: CardDetails): NonNullable<PaymentMethod['card']> {
  return {
    brand: card.brand,
    checks: {
      address_line1_check: null,
      address_postal_code_check: null,
      cvc_check: details.cvc === undefined ? null : 'unchecked',
    },
    country: 'US',
    display_brand: card.brand,
    exp_month: details.expMonth,
    exp_year: fullYear(details.expYear),
    fingerprint: fingerprintOf(card),
    funding: 'credit',
    generated_from: null,
    last4: card.number.slice(-4),
    networks: { available: [card.brand], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  };
}

/**
 * Attaches a stored card, or a new one made from a magic name, and emits `payment_method.attached`.
 * Throws StripeError: 402 when the bank refuses to have it kept, 400 when it belongs to somebody else; `param` named it.
 */
export function attachPaymentMethod(world: World, id: string, customer: string, param?: string): PaymentMethod {
  const found = createFromMagicName(world, id) ?? existing<PaymentMethod>(world, 'payment_method', id, param);
  if (found.customer === customer) return found;
  if (found.customer !== null) {
    throw invalidRequest('The payment method you provided has already been attached to a customer.');
  }
  const reason = refusalAtSetup(found);
  if (reason !== undefined) throw cardError(declineOf(reason), { keepsWrites: false });
  const attached = world.store.save({ ...found, customer, card: withCheckedCvc(found) });
  world.emit('payment_method.attached', attached);
  return attached;
}

/** Attaches a card that has just paid and is nobody's yet. Emits `payment_method.attached`. */
export function keepCard(world: World, paymentMethod: PaymentMethod | undefined, customer: string | null): void {
  if (paymentMethod?.customer === null && customer !== null) attachPaymentMethod(world, paymentMethod.id, customer);
}

/**
 * The card that a call names for a customer: one that is attached already, or a magic name, which attaches a new one.
 * Throws StripeError (400) for one that is not the customer's.
 */
export function paymentMethodFor(world: World, customer: string, id: string, param: string): PaymentMethod {
  if (magicCard(id) !== undefined) return attachPaymentMethod(world, id, customer);
  const found = existing<PaymentMethod>(world, 'payment_method', id, param);
  if (found.customer === customer) return found;
  const message =
    `The customer does not have a payment method with the ID ${id}. ` +
    'The payment method must be attached to the customer.';
  throw invalidRequest(message, param, 'resource_missing');
}

function withCheckedCvc(paymentMethod: PaymentMethod): NonNullable<PaymentMethod['card']> {
  const card = cardOf(paymentMethod);
  if (card.checks?.cvc_check !== 'unchecked') return card;
  return { ...card, checks: { ...card.checks, cvc_check: 'pass' } };
}

/** Detaches a card; nothing pays with it any more. Emits `payment_method.detached` and the `updated` of what named it. */
export function detachPaymentMethod(world: World, id: string): PaymentMethod {
  const found = existing<PaymentMethod>(world, 'payment_method', id);
  if (found.customer === null) {
    throw invalidRequest('The payment method you provided is not attached to a customer so detachment is impossible.');
  }
  const detached = world.store.save({ ...found, customer: null });
  world.emit('payment_method.detached', detached, { customer: found.customer });
  forgetDefault(world, found.customer, id);
  return detached;
}

function forgetDefault(world: World, customerId: string, id: string): void {
  const customer = world.store.find<Customer>('customer', customerId);
  if (customer?.invoice_settings.default_payment_method === id) {
    const invoice_settings = { ...customer.invoice_settings, default_payment_method: null };
    change(world, 'customer.updated', { ...customer, invoice_settings });
  }
  const paying = world.store
    .all<Subscription>('subscription', { customer: customerId })
    .filter((subscription) => subscription.default_payment_method === id);
  for (const subscription of paying) {
    change(world, 'customer.subscription.updated', { ...subscription, default_payment_method: null });
  }
}

/** Why the bank refuses to have this card kept. */
export function refusalAtSetup(paymentMethod: PaymentMethod): DeclineReason | undefined {
  const card = testCardOf(paymentMethod);
  return isRefusedAtAll(card, paymentMethod) ? card.atSetup : undefined;
}

/** Why the bank refuses to have this card charged. */
export function refusalAtCharge(paymentMethod: PaymentMethod): DeclineReason | undefined {
  const card = testCardOf(paymentMethod);
  return isRefusedAtAll(card, paymentMethod) ? card.atCharge : undefined;
}

function isRefusedAtAll(card: TestCard, paymentMethod: PaymentMethod): boolean {
  return card.onlyWithCvc !== true || cardOf(paymentMethod).checks?.cvc_check !== null;
}

/** Whether its holder has to confirm a charge: the card always asks, or no completed set-up prepared this one. */
export function needsAuthentication(world: World, paymentMethod: PaymentMethod): boolean {
  const { authentication } = testCardOf(paymentMethod);
  if (authentication !== 'unless_set_up') return authentication === 'always';
  const prepared = { payment_method: paymentMethod.id, status: 'succeeded' };
  return world.store.all('setup_intent', prepared).length === 0;
}

/** Whether its holder has to confirm that it is kept. */
export function needsAuthenticationAtSetup(paymentMethod: PaymentMethod): boolean {
  return testCardOf(paymentMethod).authentication !== undefined;
}

export function cardOf(paymentMethod: PaymentMethod): NonNullable<PaymentMethod['card']> {
  if (paymentMethod.card === undefined) throw new Error(`payment method ${paymentMethod.id} is no card`);
  return paymentMethod.card;
}

function testCardOf(paymentMethod: PaymentMethod): TestCard {
  const card = cardByFingerprint(cardOf(paymentMethod).fingerprint ?? '');
  if (card === undefined) throw new Error(`payment method ${paymentMethod.id} was made from no test card`);
  return card;
}
