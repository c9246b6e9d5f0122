/** Rows as aligned columns without lines, for a terminal. */
import { hanging, widthOf } from './lines.ts';

const GAP = '  ';
const INDENT = '    ';
const BETWEEN_CELLS = '\0';

export type Row = readonly string[];
/** They are read twice: for the widths of their columns, and for their lines. */
type Rows = Iterable<Row>;

/** Rows of which there may be very many: each is kept as one text, which takes a third of the memory. */
export class ManyRows {
  readonly #texts: string[] = [];

  add(row: Row): void {
    this.#texts.push(row.join(BETWEEN_CELLS));
  }

  get count(): number {
    return this.#texts.length;
  }

  *[Symbol.iterator](): Generator<Row> {
    for (const text of this.#texts) yield text.split(BETWEEN_CELLS);
  }
}

export interface Room {
  /** Columns that a terminal has. */
  room: number;
  /** Where it has too few, the columns from this one on, or as many more as it takes, stand below the others of their row. */
  first: number;
  /** Whether the last column is left out before that. */
  canSpareLast?: boolean;
}

/** The lines of a table; cells may hold colour. */
export function table(head: Row, rows: Rows): string[] {
  return tableInRoom(head, rows, { room: Infinity, first: head.length });
}

/** The same, where there may be too little room for it. */
export function tableInRoom(head: Row, rows: Rows, room: Room): string[] {
  return [...tableLines(head, rows, room)];
}

/** The same, line by line. */
export function* tableLines(head: Row, rows: Rows, room: Room): Generator<string> {
  const layout = layoutOf(widthsOf(head, rows), room);
  yield* linesOf(head, layout);
  for (const row of rows) yield* linesOf(row, layout);
}

/** The widths of the columns that stand beside each other, and how many are shown in all. */
interface Layout {
  beside: readonly number[];
  shown: number;
  room: number;
}

function layoutOf(widths: readonly number[], { room, first, canSpareLast = false }: Room): Layout {
  if (fits(widths, room)) return { beside: widths, shown: widths.length, room };
  if (canSpareLast) return layoutOf(widths.slice(0, -1), { room, first });
  let columns = first;
  while (columns > 1 && !fits(widths.slice(0, columns), room)) columns -= 1;
  return { beside: widths.slice(0, columns), shown: widths.length, room };
}

function widthsOf(head: Row, rows: Rows): number[] {
  const widths = head.map(widthOf);
  for (const row of rows) for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
  return widths;
}

function fits(widths: readonly number[], room: number): boolean {
  return widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1)) <= room;
}

function linesOf(row: Row, { beside, shown, room }: Layout): string[] {
  const line = beside.map((width, column) => padded(row[column] ?? '', width)).join(GAP).trimEnd();
  return [line, ...below(row.slice(beside.length, shown), room)];
}

function padded(cell: string, width: number): string {
  return `${cell}${' '.repeat(width - widthOf(cell))}`;
}

function below(cells: Row, room: number): string[] {
  const sentence = cells.filter(Boolean).join('  ');
  return sentence === '' ? [] : hanging(INDENT, [sentence], room).map((line) => line.trimEnd());
}
