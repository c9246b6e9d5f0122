import { describe, expect, test } from 'vitest';
import { StripeError } from '../../../../sandbox/wire/errors.ts';
import { parseForm } from '../../../../sandbox/wire/form.ts';
import {
  boolean,
  choice,
  decimal,
  either,
  hash,
  integer,
  list,
  mergeMetadata,
  metadata,
  parseParams,
  required,
  string,
  timestamp,
} from '../../../../sandbox/wire/params.ts';

const spec = {
  active: boolean(),
  amount: decimal(),
  interval: choice(['month', 'year']),
  items: list(hash({ price: required(string()), quantity: integer({ min: 1, max: 100 }) })),
  metadata: metadata(),
  name: string({ max: 10 }),
  trial_end: either(choice(['now']), timestamp()),
};

describe('parameters', () => {
  test('are read into the types that the spec names', () => {
    const form = 'active=true&amount=0.5&interval=year&items[1][price]=q&items[0][price]=p&items[0][quantity]=2&metadata[a]=1&trial_end=now';
    expect(parseParams(spec, parseForm(form))).toEqual({
      active: true,
      amount: '0.5',
      interval: 'year',
      items: [{ price: 'p', quantity: 2 }, { price: 'q' }],
      metadata: { a: '1' },
      trial_end: 'now',
    });
  });

  test('sent empty are null: the call unsets them', () => {
    expect(parseParams(spec, parseForm('name=&items=&metadata='))).toEqual({ name: null, items: null, metadata: null });
  });

  test.each([
    ['nonsense=1', 'nonsense', 'parameter_unknown', 'Received unknown parameter: nonsense'],
    ['a=1&b=2', 'a', 'parameter_unknown', 'Received unknown parameters: a, b'],
    ['items[0][price]=p&items[0][size]=9', 'items[0][size]', 'parameter_unknown', 'Received unknown parameter: items[0][size]'],
    ['items[0][quantity]=1', 'items[0][price]', 'parameter_missing', 'Missing required param: items[0][price]'],
    ['items[0][price]=', 'items[0][price]', 'parameter_invalid_empty', /^You passed an empty string for 'items\[0\]\[price\]'/],
    ['items[0][price]=p&items[0][quantity]=0', 'items[0][quantity]', 'parameter_invalid_integer', 'This value must be greater than or equal to 1.'],
    ['items[0][price]=p&items[0][quantity]=101', 'items[0][quantity]', 'parameter_invalid_integer', 'This value must be less than or equal to 100.'],
    ['items[0][price]=p&items[0][quantity]=2.5', 'items[0][quantity]', 'parameter_invalid_integer', 'Invalid integer: 2.5'],
    ['items=p', 'items', undefined, 'Invalid array'],
    ['active=yes', 'active', undefined, 'Invalid boolean: yes'],
    ['amount=1e3', 'amount', undefined, 'Invalid decimal: 1e3'],
    ['interval=decade', 'interval', undefined, 'Invalid interval: must be one of month, year'],
    ['name=much+too+long', 'name', undefined, /must be at most 10 characters/],
    ['name[a]=1', 'name', undefined, 'Invalid string: must be a string'],
    ['trial_end=soon', 'trial_end', 'parameter_invalid_integer', /^Invalid timestamp/],
  ])('%s is refused as Stripe refuses it', (form, param, code, message) => {
    const refusal = refusalOf(() => parseParams(spec, parseForm(form)));
    expect(refusal.status).toBe(400);
    expect(refusal.body).toMatchObject({ type: 'invalid_request_error', param, ...(code ? { code } : {}) });
    expect(refusal.body.message).toMatch(message);
  });

  test('missing at the top are named with a full stop', () => {
    const refusal = refusalOf(() => parseParams({ customer: required(string()) }, {}));
    expect(refusal.body).toMatchObject({ code: 'parameter_missing', param: 'customer', message: 'Missing required param: customer.' });
  });
});

describe('metadata', () => {
  const stored = { a: '1', b: '2' };

  test.each([
    ['keeps what was not sent', { c: '3' }, { a: '1', b: '2', c: '3' }],
    ['loses what was sent empty', { a: '' }, { b: '2' }],
    ['is cleared when it is sent empty as a whole', null, {}],
    ['stays when nothing was sent', undefined, stored],
  ])('%s', (_, sent, merged) => {
    expect(mergeMetadata(stored, sent)).toEqual(merged);
  });

  test.each([
    ['51 keys', Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, '1']))],
  ])('refuses %s', (_, sent) => {
    expect(refusalOf(() => mergeMetadata({}, sent)).body.param).toBe('metadata');
  });

  test.each([
    [`metadata[${'k'.repeat(41)}]=1`, /at most 40 characters/],
    [`metadata[a]=${'v'.repeat(501)}`, /up to 500 characters/],
  ])('refuses what is too long', (form, message) => {
    expect(refusalOf(() => parseParams(spec, parseForm(form))).body.message).toMatch(message);
  });
});

function refusalOf(work: () => unknown): StripeError {
  try {
    work();
  } catch (error) {
    if (error instanceof StripeError) return error;
  }
  throw new Error('nothing was refused');
}
