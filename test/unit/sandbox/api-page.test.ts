/** The page about the sandbox's API cannot rot: its routes are those of the code, and so are its events. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../support/folders.ts';
import { ROUTES, routeName } from '../../support/sandbox-routes.ts';

const page = readFileSync(join(ROOT, 'docs/sandbox-api.md'), 'utf8');
const rows = (section: string): string[] => {
  const text = page.split(`## ${section}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name = '']) => name);
};

test('the routes', () => {
  expect(rows('Routes').toSorted()).toEqual(ROUTES.map(routeName).toSorted());
});

test('the events', () => {
  const sources = readdirSync(join(ROOT, 'sandbox'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const code = sources.map((file) => readFileSync(join(ROOT, 'sandbox', file), 'utf8')).join('\n');
  const told = code.matchAll(/(?:\bemit\(|\bchange(?:<\w+>)?\(\s*\w+,)\s*'([a-z_]+(?:\.[a-z_]+)+)'/g);
  expect(rows('Events').toSorted()).toEqual([...new Set([...told].map(([, type]) => type))].toSorted());
});
