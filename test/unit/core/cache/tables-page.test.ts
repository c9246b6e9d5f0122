/** The page about the house names every table of the cache, and no other. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../../support/folders.ts';
import { tableNames } from '../../../support/table-names.ts';

test('docs/architecture.md', () => {
  const page = readFileSync(join(ROOT, 'docs', 'architecture.md'), 'utf8').split('## Where things are kept')[1] ?? '';
  const named = page.split('\n').flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, table]) => table));
  expect(named.sort()).toEqual(tableNames().sort());
});
