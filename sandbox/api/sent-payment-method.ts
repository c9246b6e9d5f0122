/** The cards that calls send: typed, as a token, or by the id of one that is stored. */
import { createFromMagicName, createPaymentMethod, NO_BILLING_DETAILS } from '../billing/payment-methods.ts';
import type { PaymentMethod } from '../billing/shapes.ts';
import { invalidRequest, missingParameter, resourceMissing } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import { boolean, choice, hash, integer, list, metadata, required, string, type Kind, type Params } from '../wire/params.ts';
import { email } from '../wire/formats.ts';
import type { World } from '../world.ts';

export const addressSpec = {
  city: string(),
  country: string(),
  line1: string(),
  line2: string(),
  postal_code: string(),
  state: string(),
};

export const shippingSpec = hash({
  address: required(hash(addressSpec)),
  carrier: string(),
  name: required(string()),
  phone: string(),
  tracking_number: string(),
});
type SentShipping = Params<{ sent: typeof shippingSpec }>['sent'];

/** The whole shipping hash; what was not sent is null. */
export function shippingOf(sent: SentShipping) {
  if (sent == null) return null;
  const address = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null, ...sent.address };
  return { carrier: null, phone: null, tracking_number: null, ...sent, address };
}

export const billingDetailsSpec = hash({ address: hash(addressSpec), email: email(), name: string(), phone: string() });
type SentBillingDetails = Params<{ sent: typeof billingDetailsSpec }>['sent'];

/** The sandbox knows cards only; every other kind is refused by its name. */
export const cardType: Kind<'card'> = {
  read(raw, name) {
    if (raw === 'card') return raw;
    throw invalidRequest(`The sandbox takes cards only, not ${JSON.stringify(raw)}.`, name);
  },
};

export const ALLOW_REDISPLAY = ['always', 'limited', 'unspecified'] as const;

export const paymentMethodDataSpec = {
  allow_redisplay: choice(ALLOW_REDISPLAY),
  billing_details: billingDetailsSpec,
  card: hash({ cvc: string(), exp_month: integer(), exp_year: integer(), number: string(), token: string() }),
  metadata: metadata(),
  type: required(cardType),
};
type PaymentMethodData = Params<typeof paymentMethodDataSpec>;

/** Which ways of paying an intent takes: in the sandbox always cards. */
export const paymentMethodChoiceSpec = {
  automatic_payment_methods: hash({ allow_redirects: choice(['always', 'never']), enabled: required(boolean()) }),
  payment_method: string(),
  payment_method_data: hash(paymentMethodDataSpec),
  payment_method_types: list(cardType),
};

/** `enabled` without a word about redirects allows them. */
export function automaticPaymentMethods(sent: Params<typeof paymentMethodChoiceSpec>) {
  const { automatic_payment_methods: automatic, payment_method_types: types } = sent;
  if (automatic != null) return { allow_redirects: automatic.allow_redirects ?? ('always' as const), enabled: automatic.enabled };
  return types == null ? { allow_redirects: 'always' as const, enabled: true } : null;
}

/** A new card from what a call says about it. Throws StripeError: 402 for details that no bank would take, 400 for missing ones. */
export function createSentCard(world: World, sent: PaymentMethodData): PaymentMethod {
  const created = readSentCard(world, sent);
  return world.store.save<PaymentMethod>({ ...created, allow_redisplay: sent.allow_redisplay ?? 'unspecified' });
}

function readSentCard(world: World, { card, billing_details, metadata: tags }: PaymentMethodData): PaymentMethod {
  if (card == null) throw missingParameter('card');
  const billing = billingDetails(billing_details);
  if (card.token != null) {
    const made = createFromMagicName(world, card.token, billing, tags ?? {});
    if (made === undefined) throw resourceMissing('token', card.token, 'card[token]');
    return made;
  }
  const { number, exp_month, exp_year, cvc } = card;
  if (number == null) throw missingParameter('card[number]');
  if (exp_month == null) throw missingParameter('card[exp_month]');
  if (exp_year == null) throw missingParameter('card[exp_year]');
  const details = { number, expMonth: exp_month, expYear: exp_year, cvc: cvc ?? undefined };
  return createPaymentMethod(world, details, billing, tags ?? {});
}

export function billingDetails(sent: SentBillingDetails): Partial<PaymentMethod['billing_details']> {
  if (sent == null) return {};
  const { address, ...plain } = sent;
  return address == null ? plain : { ...plain, address: { ...NO_BILLING_DETAILS.address!, ...address } };
}

/** The card that a call means for an intent: a stored one of this customer or of nobody, or a new one. */
export function sentPaymentMethod(
  world: World,
  customer: string | null,
  sent: Pick<Params<typeof paymentMethodChoiceSpec>, 'payment_method' | 'payment_method_data'>,
): PaymentMethod | undefined {
  if (sent.payment_method_data != null) return createSentCard(world, sent.payment_method_data);
  if (sent.payment_method == null) return undefined;
  const found =
    createFromMagicName(world, sent.payment_method) ??
    existing<PaymentMethod>(world, 'payment_method', sent.payment_method, 'payment_method');
  refuseForeign(found, customer);
  return found;
}

function refuseForeign({ id, customer: owner }: PaymentMethod, customer: string | null): void {
  if (owner === null || owner === customer) return;
  if (customer === null) {
    const message =
      `The PaymentMethod you provided (${id}) belongs to the Customer ${owner}. ` +
      'Please include the Customer in the `customer` parameter on the PaymentIntent.';
    throw invalidRequest(message, 'payment_method');
  }
  const message =
    `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`;
  throw invalidRequest(message, 'payment_method', 'resource_missing');
}
