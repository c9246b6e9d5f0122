/** Ids that look like Stripe's: a prefix and random letters and digits of the length that Stripe gives that kind. */
import { randomFillSync } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

interface IdShape {
  lead: string;
  length: number;
}
const USUAL: IdShape = { lead: '1', length: 24 };
const SHORT: IdShape = { lead: '', length: 14 };

const SHAPES: Record<string, IdShape> = {
  cus: SHORT,
  prod: SHORT,
  req: SHORT,
  si: SHORT,
  pi: { lead: '3', length: 24 },
  ch: { lead: '3', length: 24 },
  re: { lead: '3', length: 24 },
  txn: { lead: '3', length: 24 },
  acct: { lead: '1', length: 16 },
  cs: { lead: 'test_a1', length: 63 },
  whsec: { lead: '', length: 32 },
};

/** `newId('cus')` is `cus_` and 14 random letters and digits; most other kinds have 24. */
export function newId(prefix: string): string {
  const { lead, length } = SHAPES[prefix] ?? USUAL;
  return `${prefix}_${lead}${randomText(length - lead.length)}`;
}

/** `length` random letters and digits, fit for a secret. */
export function randomText(length: number): string {
  let text = '';
  while (text.length < length) {
    const byte = randomByte();
    // 248 is the largest multiple of 62 in a byte: beyond it, some letters would come more often than others.
    if (byte < 248) text += ALPHABET[byte % ALPHABET.length];
  }
  return text;
}

/** One call for many bytes costs as much as one call for few. */
const pool = Buffer.alloc(4096);
let used = pool.length;

function randomByte(): number {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  return pool[used++]!;
}
