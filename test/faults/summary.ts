/** Sums up what the fault tests have tried: a table with one line a row, the sums, and what is missing. */
import { markdownTable } from '../bench/table.ts';
import { COUNTS, ROWS, type Row, type Tried } from './tried.ts';

type Sums = Record<(typeof COUNTS)[number], number>;

export interface Summary {
  table: string;
  /** "kills 412, permutations 5040, …, lost: 0". */
  sums: string;
  lost: number;
  /** The rows of which no test told anything, or that were not held against a wrong variant; in words. */
  missing: string[];
}

/** `lines` as `tried` writes them. */
export function summarize(lines: readonly string[]): Summary {
  const told = lines.map((line) => JSON.parse(line) as Tried & { row: Row });
  const rows = (Object.keys(ROWS) as Row[]).map((row) => ({ row, tries: told.filter((each) => each.row === row) }));
  const total = sumOf(told);
  const shown = rows.filter(({ tries }) => tries.length > 0).map(({ row, tries }) => [row, ROWS[row], ...COUNTS.map((count) => shownNumber(sumOf(tries)[count]))]);
  return {
    table: markdownTable(['row', 'what has to be survived', ...COUNTS], [...shown, ['', 'all', ...COUNTS.map((count) => shownNumber(total[count]))]]),
    sums: COUNTS.map((count) => `${count}${count === 'lost' ? ':' : ''} ${total[count]}`).join(', '),
    lost: total.lost,
    missing: rows.flatMap(({ row, tries }) => missingIn(tries).map((what) => `${row} ${what}`)),
  };
}

function missingIn(tries: readonly Tried[]): string[] {
  if (tries.length === 0) return ['told nothing of what it tried'];
  return sumOf(tries).wrong === 0 ? ['was held against no wrong variant'] : [];
}

function sumOf(tries: readonly Tried[]): Sums {
  return Object.fromEntries(COUNTS.map((count) => [count, tries.reduce((sum, each) => sum + (each[count] ?? 0), 0)])) as Sums;
}

function shownNumber(number: number): string {
  return number === 0 ? '-' : String(number);
}
