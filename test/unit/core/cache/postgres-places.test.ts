import { expect, test } from 'vitest';
import { placed } from '../../../../core/cache/postgres/places.ts';

test('places without a name are counted', () => {
  const { text, values } = placed(`SELECT a FROM b WHERE c = ? AND d < ? LIMIT ?`);
  expect(text).toBe('SELECT a FROM b WHERE c = $1 AND d < $2 LIMIT $3');
  expect(values(['x', 2, null])).toEqual(['x', 2, null]);
});

test('a name that stands twice is one place', () => {
  const { text, values } = placed(`SELECT a FROM b WHERE c = :c AND (d = :other_1 OR e = :c)`);
  expect(text).toBe('SELECT a FROM b WHERE c = $1 AND (d = $2 OR e = $1)');
  expect(values([{ other_1: 2, c: 'x' }])).toEqual(['x', 2]);
});

test('names that stand nowhere are left out', () => {
  expect(placed('SELECT 1').values([{}])).toEqual([]);
});

test('what is quoted is no place', () => {
  const { text, values } = placed(`SELECT 'a?' AS ":b" FROM c WHERE d = '12:30' AND e = ?`);
  expect(text).toBe(`SELECT 'a?' AS ":b" FROM c WHERE d = '12:30' AND e = $1`);
  expect(values(['x'])).toEqual(['x']);
});
