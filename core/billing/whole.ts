/** Reads what Stripe's events and answers carry as the objects that their types promise; what misses a part that the cache stands on, or holds what cannot be, is refused. */
import type Stripe from 'stripe';

type Shape = Readonly<Record<string, (part: unknown) => boolean>>;

/** The end of the year 9999, the last that ISO 8601 and our calendars write alike. It lies below what a rank adds for a final state. */
const LATEST_SECONDS = 253_402_300_799;

/** Stripe nests some ten levels deep. What is nested by the thousand can no more be compared, and SQLite takes it for no JSON. */
const DEEPEST_LEVEL = 100;
/** Said of what is nested deeper. */
export const TOO_DEEP = `it is nested deeper than ${DEEPEST_LEVEL} levels`;

const isWhole = (part: unknown): part is number => Number.isSafeInteger(part);
const isWithin = (least: number, most: number) => (part: unknown): part is number => isWhole(part) && part >= least && part <= most;
const isString = (part: unknown): boolean => typeof part === 'string';
/** Half a letter (a surrogate without the other) is text to nobody but JavaScript: each store makes something else of it. */
const isText = (part: unknown): boolean => typeof part === 'string' && /^\P{Surrogate}+$/u.test(part);
const isCurrency = (part: unknown): boolean => typeof part === 'string' && /^[a-z]{3}$/.test(part);
const isHash = (shape: Shape) => {
  const parts = Object.entries(shape);
  return (part: unknown): boolean => typeof part === 'object' && part !== null && parts.every(([name, isIt]) => isIt((part as Record<string, unknown>)[name]));
};
/** Its id, or what is shown in its place. */
const isIdOr = (shape: Shape) => {
  const isShown = isHash(shape);
  return (part: unknown): boolean => isId(part) || isShown(part);
};
const isReference = isIdOr({ id: isId });
const orNone = (isIt: (part: unknown) => boolean) => (part: unknown): boolean => part === null || part === undefined || isIt(part);
const isListOf = (isIt: (part: unknown) => boolean) => isHash({ data: (data) => Array.isArray(data) && data.every(isIt) });

/** Whether it can be a time of Stripe's: whole seconds, of a year that any calendar knows. */
export const isTime = isWithin(0, LATEST_SECONDS);

const PRICE: Shape = { id: isId, currency: orNone(isCurrency), recurring: orNone(isHash({ interval_count: orNone(isWithin(1, 9999)) })) };
const ITEM: Shape = { current_period_start: isTime, current_period_end: isTime, price: isHash(PRICE) };
const SUBSCRIPTION: Shape = {
  id: isId,
  customer: isReference,
  status: isText,
  created: isTime,
  items: isListOf(isHash(ITEM)),
  billing_cycle_anchor: orNone(isTime),
  ended_at: orNone(isTime),
  cancel_at: orNone(isTime),
  trial_end: orNone(isTime),
  trial_settings: orNone(isHash({ end_behavior: isHash({}) })),
  pause_collection: orNone(isHash({ resumes_at: orNone(isTime) })),
  cancellation_details: orNone(isHash({ reason: orNone(isString), feedback: orNone(isString), comment: orNone(isString) })),
  default_payment_method: orNone(isReference),
  default_source: orNone(isReference),
};
const INVOICE: Shape = {
  id: isId,
  created: isTime,
  amount_remaining: isWhole,
  currency: isCurrency,
  status: orNone(isText),
  next_payment_attempt: orNone(isTime),
};
const CARD: Shape = { brand: isText, display_brand: orNone(isText), last4: isText, exp_month: isWithin(1, 12), exp_year: isWithin(0, 9999) };
const PAYMENT_METHOD: Shape = { id: isId, type: isText, customer: orNone(isReference), card: orNone(isHash(CARD)) };
const CUSTOMER: Shape = { id: isId, invoice_settings: orNone(isHash({ default_payment_method: orNone(isReference) })), default_source: orNone(isReference) };

/** What an answer shows more than an event: why a payment failed, and what pays. */
const REFUSING_CARD: Shape = { brand: isText, display_brand: orNone(isText), last4: orNone(isText) };
const REFUSAL: Shape = { code: orNone(isText), decline_code: orNone(isText), payment_method: orNone(isHash({ card: orNone(isHash(REFUSING_CARD)) })) };
const PAYMENT: Shape = { created: isTime, payment: isHash({ payment_intent: orNone(isIdOr({ last_payment_error: orNone(isHash(REFUSAL)) })) }) };
const ANSWERED_INVOICE: Shape = { ...INVOICE, payments: orNone(isListOf(isHash(PAYMENT))) };
const PAYS: Shape = { id: isId, invoice_settings: orNone(isHash({ default_payment_method: orNone(isIdOr(PAYMENT_METHOD)) })), default_source: orNone(isReference) };
const ANSWERED_SUBSCRIPTION: Shape = {
  ...SUBSCRIPTION,
  customer: isIdOr(PAYS),
  default_payment_method: orNone(isIdOr(PAYMENT_METHOD)),
  latest_invoice: orNone(isIdOr(ANSWERED_INVOICE)),
};

/** Whether it can be an id of Stripe's; those of old plans and customers may be any words that their owner chose. */
export function isId(part: unknown): part is string {
  return typeof part === 'string' && /^[^\p{Cc}\p{Surrogate}]{1,255}$/u.test(part);
}

/** Whether it is nested no deeper than all that reads it can follow. */
export function isShallow(part: unknown, levels = DEEPEST_LEVEL): boolean {
  if (typeof part !== 'object' || part === null) return true;
  if (levels === 0) return false;
  for (const name in part) if (!isShallow((part as Record<string, unknown>)[name], levels - 1)) return false; // for each event: no list is made
  return true;
}

/** Whether a JSON text opens more than it could without being nested too deep. */
export function mayBeDeep(text: string): boolean {
  let opened = 0;
  for (const bracket of '{[') {
    for (let at = text.indexOf(bracket); at >= 0 && opened <= DEEPEST_LEVEL; at = text.indexOf(bracket, at + 1)) opened += 1;
  }
  return opened > DEEPEST_LEVEL;
}

/** Throws TypeError where the subscription of an event, which is not nested too deep, misses what is read of it, or has it in a form that cannot be. */
export const wholeSubscription = whole<Stripe.Subscription>('subscription', SUBSCRIPTION);
/** Throws TypeError where the invoice is not so. */
export const wholeInvoice = whole<Stripe.Invoice>('invoice', INVOICE);
/** Throws TypeError where the payment method is not so. */
export const wholePaymentMethod = whole<Stripe.PaymentMethod>('payment method', PAYMENT_METHOD);
/** Throws TypeError where the customer is not so. */
export const wholeCustomer = whole<Stripe.Customer>('customer', CUSTOMER);
/** Throws TypeError where what is read of a subscription that Stripe answered with is not so, also of what is expanded in it, and where it is nested too deep. */
export const wholeAnsweredSubscription = shallow(whole<Stripe.Subscription>('subscription', ANSWERED_SUBSCRIPTION));
/** Throws TypeError where an invoice that Stripe answered with is not so; likewise of its payments. */
export const wholeAnsweredInvoice = shallow(whole<Stripe.Invoice>('invoice', ANSWERED_INVOICE));

function whole<T>(kind: string, shape: Shape): (object: unknown) => T {
  const isIt = isHash(shape);
  return (object) => {
    if (!isIt(object)) throw new TypeError(`it is not a whole ${kind}`);
    return object as T;
  };
}

function shallow<T>(read: (object: unknown) => T): (object: unknown) => T {
  return (object) => {
    if (!isShallow(object)) throw new TypeError(TOO_DEEP);
    return read(object);
  };
}
