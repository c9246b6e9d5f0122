import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openBillingWorld, subscriptionNow } from './billing-world.ts';
import { TRANSITIONS } from './life-cycle.ts';

const page = readFileSync(new URL('../../../../docs/sandbox-billing.md', import.meta.url), 'utf8');

/** The rows of the table whose head begins with `column`, cell by cell. */
function tableOf(column: string): string[][] {
  const lines = page.split('\n');
  const head = lines.findIndex((line) => line.startsWith(`| ${column} |`));
  const length = lines.slice(head).findIndex((line) => !line.startsWith('|'));
  return lines.slice(head + 2, head + length).map((line) => line.slice(2, -1).split('|').map((cell) => cell.trim()));
}

const wordsOf = (cell = ''): string[] => cell.split(', ').filter((word) => word !== '');
const plain = (word: string): string => word.replaceAll(/[`*]/g, '');

const groups = new Map(tableOf('group').map(([name = '', events]) => [name, wordsOf(events).map(plain)]));
const eventsOf = (cell = ''): string[] => wordsOf(cell).flatMap((word) => groups.get(word) ?? [plain(word)]);

const rows = tableOf('transition').map(([name = '', status = '', events, previous = '']) => ({
  name,
  status,
  events: eventsOf(events),
  previous: previous.split('; ').filter((keys) => keys !== '').map((keys) => wordsOf(keys).map(plain)),
}));

test('the page has a row for each transition, and nothing else', () => {
  expect(rows.map(({ name }) => name)).toEqual(Object.keys(TRANSITIONS));
});

test.each(rows)('$name: $status', ({ name, status, events, previous }) => {
  const world = openBillingWorld();
  const { given, when } = TRANSITIONS[name]!;
  const known = given(world);
  const from = known === '' ? 'none' : subscriptionNow(world, known).status;
  world.told();

  const begun = when(world, known);

  const told = world.told();
  const id = known === '' ? String(begun) : known;
  expect(`${from} → ${subscriptionNow(world, id).status}`).toBe(status);
  expect(told.map(({ type }) => type)).toEqual(events);
  const updates = told.filter(({ type }) => type === 'customer.subscription.updated');
  expect(updates.map((event) => Object.keys(event.previous ?? {}).sort())).toEqual(previous);
});
