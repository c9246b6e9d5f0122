import { expect, test } from 'vitest';
import { isAddress, isPostgres, shownLocation } from '../../../core/cache/location.ts';

test.each([
  ['/home/ada/cache.sqlite', '/home/ada/cache.sqlite'],
  ['postgres:cache.sqlite', 'postgres:cache.sqlite'],
  ['postgres://ada:secret@host:5432/db?sslmode=verify-full', 'postgres://ada:***@host:5432/db?sslmode=verify-full'],
  ['postgresql://ada@host/db', 'postgresql://ada@host/db'],
  ['postgres:///db?host=/run/postgresql&user=ada&password=secret', 'postgres:///db?host=%2Frun%2Fpostgresql&user=ada&password=***'],
  ['postgres://ada:se@cr:et@host/db', 'postgres://ada:***@host/db'],
  ['postgres://ada:secret@host:port/db', 'postgres://ada:***@host:port/db'],
  ['postgres://ada:secret@host:port/db?password=secret&x=1', 'postgres://ada:***@host:port/db?password=***&x=1'],
])('%s is shown as %s', (location, shown) => {
  expect(shownLocation(location)).toBe(shown);
});

test('only an address is PostgreSQL', () => {
  expect(['postgres://host/db', 'postgresql:///db', 'postgres.sqlite', './postgres:/x'].map(isPostgres)).toEqual([true, true, false, false]);
});

test('an address begins with a scheme', () => {
  expect(['mysql://host/db', 'FILE:///x', 'http+unix://x', 'postgres://host/db'].every(isAddress)).toBe(true);
  expect(['cache.sqlite', './a://b', 'C://cache.sqlite', 'postgres:cache.sqlite', '://x'].some(isAddress)).toBe(false);
});
