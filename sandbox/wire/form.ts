/** Form bodies and query strings as nested values: `a[b]=1`, `a[0][b]=1`, `a[]=1`. */

/** What a form can say: text, a list (from `a[]=`) or a hash (from `a[b]=`; `a[0]=` is a hash with the key `0`). */
export type Raw = string | Raw[] | RawHash;
export interface RawHash {
  [name: string]: Raw;
}

export function parseForm(text: string): RawHash {
  const root = emptyHash();
  for (const [name, value] of new URLSearchParams(text)) setAt(root, keysOf(name), value);
  return root;
}

function emptyHash(): RawHash {
  return Object.create(null) as RawHash;
}

/** `items[0][price]` is `['items', '0', 'price']`; `expand[]` is `['expand', '']`. */
function keysOf(name: string): string[] {
  const bracket = name.indexOf('[');
  if (bracket <= 0 || !name.endsWith(']')) return [name];
  return [name.slice(0, bracket), ...name.slice(bracket + 1, -1).split('][')];
}

function setAt(hash: RawHash, keys: string[], value: string): void {
  const [key = '', next, ...rest] = keys;
  if (next === undefined) {
    hash[key] = value;
  } else if (next === '') {
    appendTo(hash, key, rest, value);
  } else {
    const inner = hash[key];
    const target = isHash(inner) ? inner : (hash[key] = emptyHash());
    setAt(target, [next, ...rest], value);
  }
}

/** `a[]=1&a[]=2` grows a list; `a[][b]=1&a[][c]=2` fills one item until a key repeats. */
function appendTo(hash: RawHash, key: string, rest: string[], value: string): void {
  const inner = hash[key];
  const list = Array.isArray(inner) ? inner : (hash[key] = []);
  if (rest.length === 0) {
    list.push(value);
    return;
  }
  const last = list.at(-1);
  const target = isHash(last) && !(rest[0]! in last) ? last : emptyHash();
  if (target !== last) list.push(target);
  setAt(target, rest, value);
}

export function isHash(raw: Raw | undefined): raw is RawHash {
  return typeof raw === 'object' && !Array.isArray(raw);
}
