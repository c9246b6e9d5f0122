/** The page about the house names every table of the cache, and no other. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MIGRATIONS } from '../../../../core/cache/sqlite/migrations.ts';
import { ROOT } from '../../../support/folders.ts';

test('docs/architecture.md', () => {
  const page = readFileSync(join(ROOT, 'docs', 'architecture.md'), 'utf8').split('## Where things are kept')[1] ?? '';
  const named = page.split('\n').flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, table]) => table));
  const made = [...MIGRATIONS.join('').matchAll(/CREATE TABLE (\w+)/g)].map(([, table]) => table);
  expect(named.sort()).toEqual(made.sort());
});
