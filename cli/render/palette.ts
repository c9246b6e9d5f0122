/** The colours of a diff, as chalk paints them. */
import type { ChalkInstance } from 'chalk';
import type { Palette } from './diff.ts';

export function palette(colour: ChalkInstance): Palette {
  return { added: colour.green, removed: colour.red, changed: colour.yellow, dim: colour.dim, bold: colour.bold };
}
