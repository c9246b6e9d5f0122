import { expect, test } from 'vitest';
import { parseForm } from '../../../../sandbox/wire/form.ts';
import { hash, list, parseParams, string, type Spec } from '../../../../sandbox/wire/params.ts';
import { refusalOf } from '../billing/billing-world.ts';

const spec = { a: hash({ b: string() }), names: list(string()), text: string() } satisfies Spec;
const read = (form: string) => parseParams(spec, parseForm(form));

test.each([
  ['names[0]=x&names[1]=y', { names: ['x', 'y'] }],
  ['names[]=x&names[]=y', { names: ['x', 'y'] }],
  ['names[1]=y&names[0]=x', { names: ['x', 'y'] }],
  ['names=', { names: null }],
  ['text=', { text: null }],
  ['text=one&text=two', { text: 'two' }],
  ['text=%E2%9C%93+%26', { text: '✓ &' }],
  ['a%5Bb%5D=x', { a: { b: 'x' } }],
])('%s is read', (form, params) => {
  expect(read(form)).toEqual(params);
});

test.each([
  ['a[b=x', 'parameter_unknown', 'a[b'],
  ['a]b[=x', 'parameter_unknown', 'a]b['],
  ['[a]=x', 'parameter_unknown', '[a]'],
  ['a[b][c]=x', undefined, 'a[b]'],
  ['a=x', undefined, 'a'],
  ['names[x]=y', undefined, 'names'],
  ['text[]=x', undefined, 'text'],
  ['__proto__[x]=y', 'parameter_unknown', '__proto__'],
])('%s is refused', (form, code, param) => {
  const { body } = refusalOf(() => read(form));
  expect([body.code, body.param]).toEqual([code, param]);
});
