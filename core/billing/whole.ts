/** Reads what Stripe's events carry as the objects that their types promise; what misses a part that the cache stands on is refused. */
import type Stripe from 'stripe';

type Shape = Readonly<Record<string, (part: unknown) => boolean>>;

const isNumber = (part: unknown): boolean => typeof part === 'number' && Number.isFinite(part);
const isText = (part: unknown): boolean => typeof part === 'string' && part !== '';
const isReference = (part: unknown): boolean => isId(part) || isHash({ id: isId })(part);
const orNone = (isIt: (part: unknown) => boolean) => (part: unknown): boolean => part === null || part === undefined || isIt(part);
const isListOf = (isIt: (part: unknown) => boolean) => (part: unknown): boolean => isHash({ data: (data) => Array.isArray(data) && data.every(isIt) })(part);
const isHash =
  (shape: Shape) =>
  (part: unknown): boolean =>
    typeof part === 'object' && part !== null && Object.entries(shape).every(([name, isIt]) => isIt((part as Record<string, unknown>)[name]));

const ITEM: Shape = { current_period_start: isNumber, current_period_end: isNumber, price: isHash({ id: isId }) };
const SUBSCRIPTION: Shape = {
  id: isId,
  customer: isReference,
  status: isText,
  created: isNumber,
  items: isListOf(isHash(ITEM)),
  ended_at: orNone(isNumber),
  cancel_at: orNone(isNumber),
  trial_end: orNone(isNumber),
  default_payment_method: orNone(isReference),
};
const INVOICE: Shape = {
  id: isId,
  created: isNumber,
  amount_remaining: isNumber,
  currency: (part) => typeof part === 'string' && /^[a-z]{3}$/.test(part),
  status: orNone(isText),
  next_payment_attempt: orNone(isNumber),
};
const CARD: Shape = { brand: isText, last4: isText, exp_month: isNumber, exp_year: isNumber };
const PAYMENT_METHOD: Shape = { id: isId, type: isText, customer: orNone(isReference), card: orNone(isHash(CARD)) };
const CUSTOMER: Shape = { id: isId, invoice_settings: orNone(isHash({ default_payment_method: orNone(isReference) })), default_source: orNone(isReference) };

/** Whether it can be an id of Stripe's; those of old plans and customers may be any words that their owner chose. */
export function isId(part: unknown): part is string {
  return typeof part === 'string' && /^[^\p{Cc}]{1,255}$/u.test(part);
}

/** Throws TypeError where the subscription misses what is read of it. */
export const wholeSubscription = whole<Stripe.Subscription>('subscription', SUBSCRIPTION);
/** Throws TypeError where the invoice misses what is read of it. */
export const wholeInvoice = whole<Stripe.Invoice>('invoice', INVOICE);
/** Throws TypeError where the payment method misses what is read of it. */
export const wholePaymentMethod = whole<Stripe.PaymentMethod>('payment method', PAYMENT_METHOD);
/** Throws TypeError where the customer misses what is read of it. */
export const wholeCustomer = whole<Stripe.Customer>('customer', CUSTOMER);

function whole<T>(kind: string, shape: Shape): (object: Stripe.Event.Data.Object) => T {
  return (object) => {
    const odd = Object.entries(shape).filter(([name, isIt]) => !isIt((object as unknown as Record<string, unknown>)[name]));
    if (odd.length > 0) throw new TypeError(`it is not a whole ${kind}`);
    return object as T;
  };
}
