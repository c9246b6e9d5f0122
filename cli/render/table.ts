/** Rows as aligned columns without lines, for a terminal. */
import Table from 'cli-table3';
import { hanging, widthOf } from './lines.ts';

const NO_LINES = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' };
const INDENT = '    ';

type Rows = ReadonlyArray<readonly string[]>;

/** The lines of a table; cells may hold colour. */
export function table(head: readonly string[], rows: Rows): string[] {
  const drawn = new Table({ head: [...head], chars: NO_LINES, style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 } });
  drawn.push(...rows.map((row) => [...row]));
  return drawn.toString().split('\n').map((line) => line.trimEnd());
}

/** The same; where a terminal has no room for it, the columns from number `first` on, or as many more as it takes, stand below the others of their row. */
export function tableInRoom(head: readonly string[], rows: Rows, { first, room }: { first: number; room: number }): string[] {
  const whole = table(head, rows);
  if (fits(whole, room)) return whole;
  const lines = table(head.slice(0, first), rows.map((row) => row.slice(0, first)));
  if (first > 1 && !fits(lines, room)) return tableInRoom(head, rows, { first: first - 1, room });
  return lines.flatMap((line, index) => [line, ...below(([head, ...rows][index] ?? []).slice(first), room)]);
}

function fits(lines: readonly string[], room: number): boolean {
  return lines.every((line) => widthOf(line) <= room);
}

function below(cells: readonly string[], room: number): string[] {
  const sentence = cells.filter(Boolean).join('  ');
  return sentence === '' ? [] : hanging(INDENT, [sentence], room).map((line) => line.trimEnd());
}
