/** The places of a statement as PostgreSQL writes them: $1, $2 and so on, for `?` and `:name` alike. */

const PLACE_OR_QUOTED = /'[^']*'|"[^"]*"|\?|:(\w+)/g;

export interface Placed {
  text: string;
  /** What stands in the places, in their order. */
  values(parameters: readonly unknown[]): unknown[];
}

/** A name that stands twice is one place. */
export function placed(sql: string): Placed {
  const names: string[] = [];
  let count = 0;
  const text = sql.replace(PLACE_OR_QUOTED, (found, name: string | undefined) => {
    if (found === '?') return `$${(count += 1)}`;
    if (name === undefined) return found;
    if (!names.includes(name)) names.push(name);
    return `$${names.indexOf(name) + 1}`;
  });
  const ordered = (parameters: readonly unknown[]) => (names.length === 0 ? parameters.slice(0, count) : names.map((name) => (parameters[0] as Record<string, unknown>)[name]));
  return { text, values: (parameters) => ordered(parameters).map(storable) };
}

/** PostgreSQL keeps every character but this one. */
function storable(value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value;
}
