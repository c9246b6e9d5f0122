/** Stripe's test cards: their numbers and magic names, and what each does when it is kept and when it is charged. */
import { createHash } from 'node:crypto';
import { cardError, type Decline, type StripeError } from '../wire/errors.ts';

const NETWORK_DECLINE_CODE = '01';

/** What the bank answers, by the reason that it gives. @see https://docs.stripe.com/declines/codes */
const DECLINES = {
  generic_decline: { ...declined('generic_decline', 'Your card was declined.'), advice_code: 'try_again_later' },
  insufficient_funds: {
    ...declined('insufficient_funds', 'Your card has insufficient funds.'),
    advice_code: 'try_again_later',
  },
  lost_card: { ...declined('lost_card', 'Your card was declined.'), advice_code: 'do_not_try_again' },
  stolen_card: { ...declined('stolen_card', 'Your card was declined.'), advice_code: 'do_not_try_again' },
  card_velocity_exceeded: declined(
    'card_velocity_exceeded',
    'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
  ),
  fraudulent: declined('fraudulent', 'Your card was declined.'),
  test_mode_live_card: declined(
    'test_mode_live_card',
    'Your card was declined. Your request was in test mode, but used a non test (live) card. ' +
      'For a list of valid test cards, visit: https://stripe.com/docs/testing.',
  ),
  expired_card: { code: 'expired_card', message: 'Your card has expired.' },
  incorrect_cvc: { code: 'incorrect_cvc', message: "Your card's security code is incorrect." },
  processing_error: {
    code: 'processing_error',
    message: 'An error occurred while processing your card. Try again in a little bit.',
  },
  authentication_required: {
    code: 'authentication_required',
    decline_code: 'authentication_required',
    message: 'Your card was declined. This transaction requires authentication.',
  },
} as const satisfies Record<string, Decline>;

function declined(reason: string, message: string) {
  return { code: 'card_declined', decline_code: reason, message, network_decline_code: NETWORK_DECLINE_CODE };
}

export type DeclineReason = keyof typeof DECLINES;

export interface TestCard {
  number: string;
  brand: 'visa' | 'mastercard' | 'amex' | 'discover';
  /** `pm_card_<name>` and `tok_<name>` stand for this card wherever a payment method is named. */
  magicNames: readonly string[];
  /** Why it cannot be attached to a customer or set up in Checkout. */
  atSetup?: DeclineReason;
  /** Why it cannot be charged. */
  atCharge?: DeclineReason;
  /** The refusals apply only where a security code was given. */
  onlyWithCvc?: true;
  /** Its holder must confirm each charge, or each that was not prepared by a completed set-up; setting it up always asks. */
  authentication?: 'always' | 'unless_set_up';
}

/** @see https://docs.stripe.com/testing */
export const TEST_CARDS: readonly TestCard[] = [
  { number: '4242424242424242', brand: 'visa', magicNames: ['visa'] },
  { number: '4000056655665556', brand: 'visa', magicNames: ['visa_debit'] },
  { number: '5555555555554444', brand: 'mastercard', magicNames: ['mastercard'] },
  { number: '378282246310005', brand: 'amex', magicNames: ['amex'] },
  { number: '6011111111111117', brand: 'discover', magicNames: ['discover'] },
  { number: '4000000000000341', brand: 'visa', magicNames: ['chargeCustomerFail'], atCharge: 'generic_decline' },
  alwaysDeclined('4000000000000002', 'generic_decline', 'visa_chargeDeclined', 'chargeDeclined'),
  alwaysDeclined(
    '4000000000009995',
    'insufficient_funds',
    'visa_chargeDeclinedInsufficientFunds',
    'chargeDeclinedInsufficientFunds',
  ),
  alwaysDeclined('4000000000009987', 'lost_card', 'visa_chargeDeclinedLostCard'),
  alwaysDeclined('4000000000009979', 'stolen_card', 'visa_chargeDeclinedStolenCard'),
  alwaysDeclined('4000000000000069', 'expired_card', 'chargeDeclinedExpiredCard'),
  { ...alwaysDeclined('4000000000000127', 'incorrect_cvc', 'chargeDeclinedIncorrectCvc'), onlyWithCvc: true },
  alwaysDeclined('4000000000000119', 'processing_error', 'chargeDeclinedProcessingError'),
  alwaysDeclined('4000000000006975', 'card_velocity_exceeded', 'visa_chargeDeclinedVelocityLimitExceeded'),
  { number: '4100000000000019', brand: 'visa', magicNames: ['radarBlock'], atCharge: 'fraudulent' },
  {
    number: '4000002500003155',
    brand: 'visa',
    magicNames: ['authenticationRequiredOnSetup'],
    authentication: 'unless_set_up',
  },
  { number: '4000002760003184', brand: 'visa', magicNames: ['authenticationRequired'], authentication: 'always' },
  { number: '4000000000003220', brand: 'visa', magicNames: ['threeDSecure2Required'], authentication: 'always' },
  {
    number: '4000008400001629',
    brand: 'visa',
    magicNames: ['threeDSecureRequiredChargeDeclined'],
    atCharge: 'generic_decline',
    authentication: 'always',
  },
];

function alwaysDeclined(number: string, reason: DeclineReason, ...magicNames: string[]): TestCard {
  return { number, brand: 'visa', magicNames, atSetup: reason, atCharge: reason };
}

/** The refusal as the API words it. */
export function declineOf(reason: DeclineReason): Decline {
  return DECLINES[reason];
}

/** The card behind `pm_card_visa` or `tok_visa`. */
export function magicCard(id: string): TestCard | undefined {
  const name = /^(?:pm_card|tok)_(.+)$/.exec(id)?.[1];
  return TEST_CARDS.find((card) => name !== undefined && card.magicNames.includes(name));
}

/** Stripe's fingerprint is the same for the same number; it is how a stored payment method finds its card again. */
export function fingerprintOf(card: TestCard): string {
  return createHash('sha256').update(card.number).digest('base64').replaceAll(/[+/=]/g, '').slice(0, 16);
}

export function cardByFingerprint(fingerprint: string): TestCard | undefined {
  return TEST_CARDS.find((card) => fingerprintOf(card) === fingerprint);
}

/** What a person types, or a call sends. Months count from 1; a year has two or four digits. */
export interface CardDetails {
  number: string;
  expMonth: number;
  expYear: number;
  cvc?: string | undefined;
}

const CENTURY = 2000;

export function fullYear(year: number): number {
  return year < 100 ? CENTURY + year : year;
}

/**
 * Reads typed card details as of `now` (seconds). Throws a StripeError (402 card_error) for a wrong number, a past date, a
 * malformed security code, and for a number that is none of Stripe's test cards.
 */
export function readCard(details: CardDetails, now: number): TestCard {
  const number = details.number.replaceAll(/[\s-]/g, '');
  if (!passesLuhn(number)) throw refused('incorrect_number', 'Your card number is incorrect.', 'number');
  const card = TEST_CARDS.find((one) => one.number === number);
  if (card === undefined) throw cardError(declineOf('test_mode_live_card'), { keepsWrites: false });
  refuseExpiry(details, now);
  if (details.cvc !== undefined && !hasCvcLength(card, details.cvc)) {
    throw refused('invalid_cvc', "Your card's security code is invalid.", 'cvc');
  }
  return card;
}

/** The check digit of card numbers (ISO/IEC 7812-1, annex B). */
export function passesLuhn(number: string): boolean {
  if (!/^\d{12,19}$/.test(number)) return false;
  const digits = [...number].reverse().map(Number);
  const sum = digits.reduce((total, digit, index) => total + (index % 2 === 0 ? digit : digitSum(digit * 2)), 0);
  return sum % 10 === 0;
}

function digitSum(value: number): number {
  return value > 9 ? value - 9 : value;
}

const FURTHEST_EXPIRY_YEARS = 50;

/** A card is good until the end of its month. */
function refuseExpiry({ expMonth, expYear }: CardDetails, now: number): void {
  const today = new Date(now * 1000);
  const year = fullYear(expYear);
  if (!(expMonth >= 1 && expMonth <= 12)) {
    throw refused('invalid_expiry_month', "Your card's expiration month is invalid.", 'exp_month');
  }
  if (year < today.getUTCFullYear() || year > today.getUTCFullYear() + FURTHEST_EXPIRY_YEARS) {
    throw refused('invalid_expiry_year', "Your card's expiration year is invalid.", 'exp_year');
  }
  if (year === today.getUTCFullYear() && expMonth < today.getUTCMonth() + 1) {
    throw refused('invalid_expiry_month', "Your card's expiration month is invalid.", 'exp_month');
  }
}

function hasCvcLength(card: TestCard, cvc: string): boolean {
  return (card.brand === 'amex' ? /^\d{3,4}$/ : /^\d{3}$/).test(cvc);
}

function refused(code: string, message: string, param: string): StripeError {
  return cardError({ code, message }, { param, keepsWrites: false });
}
