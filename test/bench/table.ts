/** What a benchmark shows: tables as Markdown has them, middles, percentiles, and ratios of what was measured side by side. */

/** Numbers stand to the right. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string => `| ${cells.map((cell, column) => padded(cell, widths[column]!)).join(' | ')} |`;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n');
}

function padded(cell: string, width: number): string {
  return /^[\d.,-]+$/.test(cell) ? cell.padStart(width) : cell.padEnd(width);
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

/** The smallest of the numbers that `share` (0.99) of them do not exceed. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!;
}

/** The middle, least and greatest of the ratios of what was measured in the same round. */
export interface Ratio {
  median: number;
  least: number;
  greatest: number;
}

export function pairedRatio(measured: readonly number[], reference: readonly number[]): Ratio {
  const ratios = measured.map((number, round) => number / reference[round]!);
  return { median: median(ratios), least: Math.min(...ratios), greatest: Math.max(...ratios) };
}
