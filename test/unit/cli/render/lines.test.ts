import { Chalk } from 'chalk';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hanging, inPieces, pairs, widthOf } from '../../../../cli/render/lines.ts';

const { red } = new Chalk({ level: 1 });

describe('pairs', () => {
  test('values stand in one column, which colour does not move', () => {
    expect(pairs([['a', 'one'], [red('longer'), 'two']])).toEqual(['a       one', `${red('longer')}  two`]);
  });

  test('a value that is too long goes on below itself', () => {
    expect(pairs([['next session', 'hold: the payment of 23 Nov over $60 failed']], 40)).toEqual(['next session  hold: the payment of 23', '              Nov over $60 failed']);
  });

  test('an id or a path stays whole, however narrow the terminal is', () => {
    expect(pairs([['cache', '/a/long/path/to/some/cache.sqlite, 1 subscription']], 24)).toEqual(['cache  /a/long/path/to/some/cache.sqlite,', '       1 subscription']);
  });
});

test('what hangs after a label stands below its first line', () => {
  expect(hanging('error ', ['no key is set', 'run devchat init'])).toEqual(['error no key is set', '      run devchat init']);
});

test('no word is lost, and no line is too long that could be broken', () => {
  const words = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '_', '/'), minLength: 1, maxLength: 30 }), { minLength: 1 });
  fc.assert(
    fc.property(words, fc.integer({ min: 30, max: 100 }), (given, room) => {
      const lines = hanging('error ', [given.join(' ')], room);
      expect(lines.map((line) => line.slice(6)).join(' ')).toBe(given.join(' '));
      for (const line of lines) expect(widthOf(line) <= room || !line.trim().slice(6).includes(' ')).toBe(true);
    }),
  );
});

test.each([0, 1, 499, 500, 501, 1_000])('%d lines in pieces are the same text', (count) => {
  const lines = Array.from({ length: count }, (_, index) => `line ${index}`);
  const pieces = [...inPieces(lines)];
  expect(pieces.join('')).toBe(lines.map((line) => `${line}\n`).join(''));
  expect(pieces).toHaveLength(Math.ceil(count / 500));
});
