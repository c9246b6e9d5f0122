import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseForm } from '../../../../sandbox/wire/form.ts';

const plain = (text: string): unknown => JSON.parse(JSON.stringify(parseForm(text)));

describe('a form body', () => {
  test.each([
    ['email=a%40b.c&name=Ada+L', { email: 'a@b.c', name: 'Ada L' }],
    ['metadata[a]=1&metadata[b]=', { metadata: { a: '1', b: '' } }],
    ['items[0][price]=p&items[0][quantity]=2&items[1][price]=q', { items: { 0: { price: 'p', quantity: '2' }, 1: { price: 'q' } } }],
    ['expand[]=a&expand[]=b', { expand: ['a', 'b'] }],
    ['items[][price]=p&items[][quantity]=2', { items: [{ price: 'p', quantity: '2' }] }],
    ['items[][price]=p&items[][price]=q', { items: [{ price: 'p' }, { price: 'q' }] }],
    ['items[][data][a]=1&items[][data][b]=2', { items: [{ data: { a: '1', b: '2' } }] }],
    ['items[][data][a]=1&items[][data][a]=2', { items: [{ data: { a: '1' } }, { data: { a: '2' } }] }],
    ['items[][names][]=1&items[][names][]=2', { items: [{ names: ['1', '2'] }] }],
    ['a=1&a=2', { a: '2' }],
    ['a[b][c][d]=deep', { a: { b: { c: { d: 'deep' } } } }],
    ['', {}],
  ])('%s', (text, read) => {
    expect(plain(text)).toEqual(read);
  });

  test('cannot reach the prototype of objects', () => {
    parseForm('__proto__[polluted]=yes&constructor[prototype][polluted]=yes');
    expect('polluted' in {}).toBe(false);
  });

  test('gives back any nested hash that was written as a form', () => {
    const key = fc.stringMatching(/^[a-z_]{1,8}$/);
    const { tree } = fc.letrec<{ tree: object; node: object | string }>((tie) => ({
      tree: fc.dictionary(key, tie('node'), { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
      node: fc.oneof({ maxDepth: 3 }, fc.string(), tie('tree')),
    }));
    fc.assert(
      fc.property(tree, (nested) => {
        expect(plain(encode(nested))).toEqual(nested);
      }),
    );
  });
});

function encode(nested: object): string {
  const pairs = (value: unknown, name: string): [string, string][] =>
    typeof value === 'string' ? [[name, value]] : Object.entries(value as object).flatMap(([key, inner]) => pairs(inner, name ? `${name}[${key}]` : key));
  return new URLSearchParams(pairs(nested, '')).toString();
}
