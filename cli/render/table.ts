/** Rows as aligned columns without lines, for a terminal. */
import Table from 'cli-table3';

const NO_LINES = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' };

/** The lines of a table; cells may hold colour. */
export function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string[] {
  const drawn = new Table({ head: [...head], chars: NO_LINES, style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 } });
  drawn.push(...rows.map((row) => [...row]));
  return drawn.toString().split('\n').map((line) => line.trimEnd());
}
