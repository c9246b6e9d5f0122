/** Looks words of others up in a table of ours: what every object inherits ("constructor") is no row of it. */

/** The row of this name; undefined where the table has none of its own. */
export function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
