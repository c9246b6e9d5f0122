/** The kinds of value that can be declared. Each refuses in words that follow a key ("is empty"). */
import { z } from 'zod';

const LONGEST_TEXT = 5_000;

/** What is said of a value that is none of its kind, and what mends it. */
const REFUSALS = {
  text: ['is not a text', 'write it in quotes'],
  flag: ['is neither true nor false', 'write true or false, without quotes'],
  number: ['is not a whole number', 'write a whole number, without quotes'],
  choice: ['is none of its choices', undefined],
  list: ['is not a list', 'write it in brackets: [ … ]'],
  object: ['is not an object', 'write it in braces: { … }'],
  address: ['is not an http(s) address', 'write it whole, such as https://example.com'],
  currency: ['is not three lower-case letters', 'write it as Stripe does, such as usd or eur'],
  descriptor: ['has no letter, or one of < > \\ " \'', 'write what a bank statement can show, such as DEV CHAT'],
  off: ['is not true: the daemon sends customers there', 'leave it out'],
  negative: ['is negative', 'write 0 or more'],
  none: ['is less than 1', 'write 1 or more'],
  empty: ['is empty', 'fill it in, or leave it out; null clears what can be cleared'],
  missing: ['is missing', 'add it'],
  fixed: ['cannot be cleared', 'give it a value, or leave it out'],
} as const;

type Refusal = keyof typeof REFUSALS;

/** What mends a value that was refused with these words, where it does not follow from them. */
export function fixFor(words: string): string | undefined {
  return Object.values(REFUSALS).find(([what]) => what === words)?.[1];
}

function refusing(kind: Refusal) {
  return {
    error: ({ input }: { input?: unknown }) => {
      if (input === undefined) return REFUSALS.missing[0];
      return REFUSALS[input === null ? 'fixed' : kind][0];
    },
  };
}

/** A text that is not empty. */
export const text = (longest = LONGEST_TEXT) => z.string(refusing('text')).min(1, REFUSALS.empty[0]).max(longest, `is longer than ${longest} characters`);

export const flag = z.boolean(refusing('flag'));

/** What may be said, and is never otherwise. */
export const always = z.literal(true, REFUSALS.off[0]);

/** A whole number, 0 or more. */
export const amount = z.number(refusing('number')).int(REFUSALS.number[0]).min(0, REFUSALS.negative[0]);

/** A whole number, 1 or more. */
export const count = z.number(refusing('number')).int(REFUSALS.number[0]).min(1, REFUSALS.none[0]);

/** One of these words, as Stripe writes them. */
export const choice = <const T extends readonly [string, ...string[]]>(choices: T) => z.enum(choices, refusing('choice'));

export const list = <T extends z.ZodType>(element: T, most = Infinity) => {
  const elements = z.array(element, refusing('list'));
  return most === Infinity ? elements : elements.max(most, `holds more than ${most}`);
};

/** An object that holds nothing but these keys. */
export const object = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape, refusing('object'));

export const address = z.url({ protocol: /^https?$/, ...refusing('address') });

export const currency = z.string(refusing('text')).regex(/^[a-z]{3}$/, REFUSALS.currency[0]);

/** https://docs.stripe.com/api/products/create#create_product-statement_descriptor */
export const descriptor = text(22).regex(/^[^<>\\"']*[A-Za-z][^<>\\"']*$/, REFUSALS.descriptor[0]);

const metadata = z.record(z.string(), text(500).nullable(), refusing('object'));

/** What may be declared, and is left alone where it is not. */
export const may = <T extends z.ZodType>(description: string, kind: T) => kind.optional().describe(description);

/** What may be declared, and is cleared by null. */
export const clearable = <T extends z.ZodType>(description: string, kind: T) => kind.nullable().optional().describe(`${description} null clears it.`);

/** What has to be there where the object around it is. */
export const must = <T extends z.ZodType>(description: string, kind: T) => kind.describe(description);

/** Tags of one's own. */
export const tags = may('Tags of your own: 50 at most with devchat’s, keys of 40 characters, texts of 500. null takes one away. Those that are not named here are left alone.', metadata);
