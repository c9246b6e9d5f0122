import { expect, test } from 'vitest';
import { summarize } from '../../faults/summary.ts';

const line = (fields: object) => JSON.stringify(fields);

test('the tries of a row are one line, the sums stand below, and silent rows are named', () => {
  const { table, sums, lost, silent } = summarize([line({ row: 'R24', kills: 2, events: 10 }), line({ row: 'R24', kills: 3 }), line({ row: 'R05', permutations: 6, lost: 1 })]);
  expect(table.split('\n').slice(2).map((row) => row.split('|').map((cell) => cell.trim()).join(' ').trim())).toEqual([
    'R05 events in any order - 6 - - - - 1',
    'R24 killed at any moment while writing 5 - - - 10 - -',
    'all 5 6 - - 10 - 1',
  ]);
  expect(sums).toBe('kills 5, permutations 6, seeds 0, cases 0, events 10, wrong 0, lost: 1');
  expect(lost).toBe(1);
  expect(silent).toContain('R01');
  expect(silent).not.toContain('R24');
});
