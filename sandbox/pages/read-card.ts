/** What a person typed into the card fields: either a card, or what is wrong with each field, in the words of Stripe's pages. */

export interface TypedCard {
  number: string;
  expMonth: number;
  expYear: number;
  cvc: string;
}

export interface CardText {
  number: string;
  expiry: string;
  cvc: string;
}

export type CardProblems = Partial<Record<keyof CardText, string>>;

export type CardReading = { card: TypedCard } | { problems: CardProblems };

const CENTURY = 2000;
const FURTHEST_EXPIRY_YEARS = 50;
const NUMBER_DIGITS = { least: 13, most: 19 } as const;
const AMEX_NUMBER = /^3[47]/;

/** Reads number, expiry (`12 / 34`, `1234`, `12/2034`) and CVC; `now` in seconds since 1970 decides what has expired. */
export function readCard(text: CardText, now: number): CardReading {
  const number = digits(text.number);
  const expiry = readExpiry(text.expiry);
  const cvc = digits(text.cvc);
  const problems = {
    number: numberProblem(number),
    expiry: expiryProblem(expiry, new Date(now * 1000)),
    cvc: cvcProblem(cvc, number),
  };
  if (!expiry || Object.values(problems).some(Boolean)) return { problems: withoutEmpty(problems) };
  return { card: { number, expMonth: expiry.month, expYear: expiry.year, cvc } };
}

interface Expiry {
  month: number;
  year: number;
}

function digits(text: string): string {
  return text.replace(/\D/g, '');
}

function readExpiry(text: string): Expiry | undefined {
  const found = /^\s*(\d{1,2})\s*\/\s*(\d{4}|\d{2})\s*$/.exec(text) ?? /^(\d{2})(\d{4}|\d{2})$/.exec(digits(text));
  if (!found) return undefined;
  const year = Number(found[2]);
  return { month: Number(found[1]), year: year < 100 ? CENTURY + year : year };
}

function numberProblem(number: string): string | undefined {
  if (number.length < NUMBER_DIGITS.least) return 'Your card number is incomplete.';
  if (number.length > NUMBER_DIGITS.most || !passesLuhn(number)) return 'Your card number is invalid.';
  return undefined;
}

/** The check digit of ISO/IEC 7812-1, annex B. */
function passesLuhn(number: string): boolean {
  const sum = [...number].reverse().reduce((total, character, position) => {
    const digit = Number(character) * (position % 2 === 0 ? 1 : 2);
    return total + (digit > 9 ? digit - 9 : digit);
  }, 0);
  return sum % 10 === 0;
}

function expiryProblem(expiry: Expiry | undefined, today: Date): string | undefined {
  if (!expiry) return "Your card's expiration date is incomplete.";
  if (expiry.month < 1 || expiry.month > 12) return "Your card's expiration date is invalid.";
  const monthsLeft = (expiry.year - today.getUTCFullYear()) * 12 + expiry.month - (today.getUTCMonth() + 1);
  if (monthsLeft < 0) return "Your card's expiration date is in the past.";
  if (monthsLeft > FURTHEST_EXPIRY_YEARS * 12) return "Your card's expiration year is invalid.";
  return undefined;
}

function cvcProblem(cvc: string, number: string): string | undefined {
  const wanted = AMEX_NUMBER.test(number) ? [3, 4] : [3];
  return wanted.includes(cvc.length) ? undefined : "Your card's security code is incomplete.";
}

function withoutEmpty(problems: Record<keyof CardText, string | undefined>): CardProblems {
  return Object.fromEntries(Object.entries(problems).filter(([, problem]) => problem !== undefined));
}
