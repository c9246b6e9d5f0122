/** Which values show a compiler something new: two hashes of the same keys, kinds of value and enum words are one shape. */

/** Whether a hash anywhere in `value` has a shape that was not seen at that place of that kind; remembers it in `seen`. */
export function newShapes(seen: Set<string>, kind: string, value: unknown): boolean {
  const before = seen.size;
  for (const shape of shapesOf(value, kind)) seen.add(shape);
  return seen.size > before;
}

function shapesOf(value: unknown, at: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => [`${at}[]: ${shapeOf(item)}`, ...shapesOf(item, `${at}[]`)]);
  if (typeof value !== 'object' || value === null) return [];
  const fields = Object.entries(value);
  const own = fields.map(([key, field]) => `${key} ${shapeOf(field)}`).sort().join(', ');
  return [`${at}: ${own}`, ...fields.flatMap(([key, field]) => shapesOf(field, `${at}.${key}`))];
}

/** What an enum may hold. Ids, names and addresses have other characters, or digits. */
const WORD = /^[a-z]+([_.-][a-z]+)*$/;
const DECIMAL = /^-?\d+(\.\d+)?$/;

function shapeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value !== 'string') return typeof value;
  if (WORD.test(value)) return `'${value}'`;
  return DECIMAL.test(value) ? 'decimal' : 'text';
}
