import { expect, test } from 'vitest';
import { previousAttributes } from '../../../../sandbox/billing/change.ts';

test.each([
  ['nothing differs', { a: 1, b: { c: [1] } }, { a: 1, b: { c: [1] } }, undefined],
  ['a plain field', { status: 'active', id: 'x' }, { status: 'past_due', id: 'x' }, { status: 'active' }],
  ['one key of a hash', { d: { reason: null, comment: 'a' } }, { d: { reason: 'b', comment: 'a' } }, { d: { reason: null } }],
  ['a list is whole', { data: [1, 2] }, { data: [1, 3] }, { data: [1, 2] }],
  ['a new key was null', { metadata: {} }, { metadata: { foo: 'bar' } }, { metadata: { foo: null } }],
  ['a removed key had its value', { metadata: { foo: 'bar' } }, { metadata: {} }, { metadata: { foo: 'bar' } }],
  ['nothing became a hash', { pause: null }, { pause: { behavior: 'void' } }, { pause: null }],
  ['a hash became nothing', { pause: { behavior: 'void' } }, { pause: null }, { pause: { behavior: 'void' } }],
])('%s', (_case, before, after, expected) => {
  expect(previousAttributes(before, after)).toEqual(expected);
});
