import { expect, test } from 'vitest';
import { summarize } from '../../faults/summary.ts';

const line = (fields: object) => JSON.stringify(fields);

test('the tries of a row are one line, the sums stand below, and what is missing is named', () => {
  const { table, sums, lost, missing } = summarize([line({ row: 'R24', kills: 2, events: 10 }), line({ row: 'R24', kills: 3 }), line({ row: 'R05', permutations: 6, wrong: 1, lost: 1 })]);
  expect(table.split('\n').slice(2).map((row) => row.split('|').map((cell) => cell.trim()).join(' ').trim())).toEqual([
    'R05 events in any order - 6 - - - 1 1',
    'R24 killed at any moment while writing 5 - - - 10 - -',
    'all 5 6 - - 10 1 1',
  ]);
  expect(sums).toBe('kills 5, permutations 6, seeds 0, cases 0, events 10, wrong 1, lost: 1');
  expect(lost).toBe(1);
  expect(missing).toContain('R01 told nothing of what it tried');
  expect(missing).toContain('R24 was held against no wrong variant');
  expect(missing.filter((words) => words.startsWith('R05'))).toEqual([]);
});
