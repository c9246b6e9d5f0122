/** What somebody may have meant. */
import { createRequire } from 'node:module';
import type * as Levenshtein from 'fastest-levenshtein';

const MOST_EDITS = 3;

/** The known name that is nearest to a mistyped one; undefined where none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  // Loaded only where something is wrong: every start would wait for it.
  const { closest, distance } = createRequire(import.meta.url)('fastest-levenshtein') as typeof Levenshtein;
  const found = closest(name, known);
  return distance(name, found) <= Math.min(MOST_EDITS, name.length / 2) ? found : undefined;
}
