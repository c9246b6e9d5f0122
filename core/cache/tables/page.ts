/** Lists are read page by page, so that little is held at once: a subscription alone is 5 KB. */

/** So many rows are read at once. */
export const PAGE = 200;

/** The places of what is looked for with the rows of a page: `id IN ${AMONG}`. */
export const AMONG = `(${Array<string>(PAGE).fill('?').join(', ')})`;

/** What stands in these places: at most a page of it. */
export function among(found: readonly string[]): unknown[] {
  return Array.from({ length: PAGE }, (_, index) => found[index] ?? null);
}
