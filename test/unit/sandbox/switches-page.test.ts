/** docs/sandbox-switches.md tells what the tables tell. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SWITCHES } from '../../../sandbox/switches.ts';
import { FAULT_ANSWERS } from '../../../sandbox/wire/faults.ts';
import { ROOT } from '../../support/folders.ts';

const page = readFileSync(join(ROOT, 'docs', 'sandbox-switches.md'), 'utf8');

/** The rows of the table below this heading, cell by cell. */
function rowsOf(head: string): string[][] {
  const [, rows = ''] = new RegExp(`^\\| ${head} \\|.*\\n\\|[-|]+\\n((?:\\|.*\\n)+)`, 'm').exec(page) ?? [];
  return rows.trim().split('\n').map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim()));
}

test('every switch, with what it decides', () => {
  expect(rowsOf('switch').map(([name, , says]) => [name, says])).toEqual(Object.entries(SWITCHES).map(([name, { says }]) => [`\`${name}\``, says]));
});

test.each(rowsOf('switch'))('what %s takes: %s', (name, takes) => {
  const { unset, takes: words } = SWITCHES[name.replaceAll('`', '') as keyof typeof SWITCHES];
  const number = /^seconds \((\d+)\)$/.exec(takes)?.[1];
  if (number !== undefined) expect(String(unset)).toBe(number);
  else expect(takes.split(', ')[0]).toBe(unset);
  if (number === undefined && !words.includes(' or ')) expect(takes).toBe(words);
});

test('every fault', () => {
  const told = Object.entries(FAULT_ANSWERS).map(([name, { says }]) => [`\`${name}\``, says] as const);
  expect(Object.fromEntries(rowsOf('answer'))).toEqual(Object.fromEntries(told));
});
