/** What somebody may have meant by a mistyped name. */
import { expect, test } from 'vitest';
import { nearest } from '../../../core/nearest.ts';

const KNOWN = ['port', 'portal', 'host', 'business_profile', 'name'];

test.each([
  ['prot', 'port'],
  ['potral', 'portal'],
  ['bussiness_profle', 'business_profile'],
  ['businessProfile', 'business_profile'],
  ['colour', undefined],
  ['x', undefined],
  ['', undefined],
])('%s', (name, meant) => {
  expect(nearest(name, KNOWN)).toBe(meant);
});

test('nothing is near where nothing is known', () => {
  expect(nearest('port', [])).toBeUndefined();
});
