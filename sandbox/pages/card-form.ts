/** What a person typed into the card fields: a card to try, or what is wrong with each field, in the words of Stripe's pages. */
import { passesLuhn, type CardDetails } from '../billing/cards.ts';
import { StripeError } from '../wire/errors.ts';
import type { CardPart, FieldErrors, FieldValues } from './fields.ts';

export type CardIds = Readonly<Record<CardPart, string>>;

export interface CardForm {
  ids: CardIds;
  fields: FieldValues;
  /** What is wrong besides the card. */
  otherErrors?: FieldErrors;
}

/** 422: the form is not filled in well; 402: the bank refuses the card. */
export type CardAttempt<T> = { done: T } | { status: 402 | 422; errors: FieldErrors };

type Problems = Partial<Record<CardPart, string>>;

/** Where an answer of the bank belongs; what is not listed stands below the number. */
const PART_OF_CODE: Readonly<Record<string, CardPart>> = {
  expired_card: 'expiry',
  incorrect_cvc: 'cvc',
  invalid_cvc: 'cvc',
  invalid_expiry_month: 'expiry',
  invalid_expiry_year: 'expiry',
};

const NUMBER_DIGITS = { least: 13, most: 19 } as const;
const CVC_DIGITS = { least: 3, most: 4 } as const;
const CENTURY = 2000;

/**
 * Gives the typed card to `use` when the whole form is in order. All that is wrong comes back by field id, be it found here
 * or by the bank (a card_error); other errors go on. `now` in seconds since 1970 decides what has expired.
 */
export function tryCard<T>(form: CardForm, now: number, use: (card: CardDetails) => T): CardAttempt<T> {
  const { ids, fields, otherErrors = {} } = form;
  const reading = readCardForm({ number: fields[ids.number] ?? '', expiry: fields[ids.expiry] ?? '', cvc: fields[ids.cvc] ?? '' }, now);
  if ('problems' in reading) return { status: 422, errors: { ...otherErrors, ...byField(ids, reading.problems) } };
  if (Object.keys(otherErrors).length > 0) return { status: 422, errors: otherErrors };
  try {
    return { done: use(reading.card) };
  } catch (error) {
    return { status: 402, errors: byField(ids, problemsOfBank(error)) };
  }
}

/** Takes an expiry as `12 / 34`, `1234` or `12/2034`. */
export function readCardForm(typed: Record<CardPart, string>, now: number): { card: CardDetails } | { problems: Problems } {
  const number = digits(typed.number);
  const expiry = readExpiry(typed.expiry);
  const cvc = digits(typed.cvc);
  const problems = withoutEmpty({ number: numberProblem(number), expiry: expiryProblem(expiry, now), cvc: cvcProblem(cvc) });
  if (expiry === undefined || Object.keys(problems).length > 0) return { problems };
  return { card: { number, expMonth: expiry.month, expYear: expiry.year, cvc } };
}

interface Expiry {
  month: number;
  year: number;
}

function digits(text: string): string {
  return text.replaceAll(/\D/g, '');
}

function readExpiry(text: string): Expiry | undefined {
  const found = /^\s*(\d{1,2})\s*\/\s*(\d{4}|\d{2})\s*$/.exec(text) ?? /^(\d{2})(\d{4}|\d{2})$/.exec(text.trim());
  if (found === null) return undefined;
  const year = Number(found[2]);
  return { month: Number(found[1]), year: year < 100 ? CENTURY + year : year };
}

function numberProblem(number: string): string | undefined {
  if (number.length < NUMBER_DIGITS.least) return 'Your card number is incomplete.';
  return number.length <= NUMBER_DIGITS.most && passesLuhn(number) ? undefined : 'Your card number is invalid.';
}

function expiryProblem(expiry: Expiry | undefined, now: number): string | undefined {
  if (expiry === undefined) return "Your card's expiration date is incomplete.";
  if (expiry.month < 1 || expiry.month > 12) return "Your card's expiration date is invalid.";
  const today = new Date(now * 1000);
  const monthsLeft = (expiry.year - today.getUTCFullYear()) * 12 + expiry.month - (today.getUTCMonth() + 1);
  return monthsLeft < 0 ? "Your card's expiration date is in the past." : undefined;
}

/** How many digits this brand has is the bank's question. */
function cvcProblem(cvc: string): string | undefined {
  if (cvc.length < CVC_DIGITS.least) return "Your card's security code is incomplete.";
  return cvc.length > CVC_DIGITS.most ? "Your card's security code is invalid." : undefined;
}

function problemsOfBank(error: unknown): Problems {
  if (!(error instanceof StripeError) || error.body.type !== 'card_error') throw error;
  return { [PART_OF_CODE[error.body.code ?? ''] ?? 'number']: error.body.message };
}

function withoutEmpty(problems: Record<CardPart, string | undefined>): Problems {
  return Object.fromEntries(Object.entries(problems).filter(([, problem]) => problem !== undefined));
}

function byField(ids: CardIds, problems: Problems): FieldErrors {
  return Object.fromEntries(Object.entries(problems).map(([part, problem]) => [ids[part as CardPart], problem]));
}
