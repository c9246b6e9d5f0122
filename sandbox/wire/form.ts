/** Form bodies and query strings as nested values: `a[b]=1`, `a[0][b]=1`, `a[]=1`. */
import { invalidRequest } from './errors.ts';

const LEVELS = 20;

/** What a form can say: text, a list (from `a[]=`) or a hash (from `a[b]=`; `a[0]=` is a hash with the key `0`). */
export type Raw = string | Raw[] | RawHash;
export interface RawHash {
  [name: string]: Raw;
}

/** Throws StripeError (400) for a name of more than 20 levels, and for one sent both as `a[]=` and `a[0]=`, or `a=` and `a[b]=`. */
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
  const keys = [name.slice(0, bracket), ...name.slice(bracket + 1, -1).split('][')];
  if (keys.length > LEVELS) throw invalidRequest(`A parameter can have up to ${LEVELS} levels: ${keys[0]!} has ${keys.length}.`, keys[0]);
  return keys;
}

function setAt(hash: RawHash, keys: string[], value: string): void {
  const [key = '', next, ...rest] = keys;
  if (next === undefined) {
    if (typeof (hash[key] ?? '') !== 'string') throw sentTwoWays(key);
    hash[key] = value;
  } else if (next === '') {
    appendTo(hash, key, rest, value);
  } else {
    const target = (hash[key] ??= emptyHash());
    if (!isHash(target)) throw sentTwoWays(key);
    setAt(target, [next, ...rest], value);
  }
}

function sentTwoWays(key: string): Error {
  return invalidRequest(`The parameter ${key} is sent in two ways: as a text, a list or a hash, it can be only one of them.`, key);
}

/** `a[]=1&a[]=2` grows a list; `a[][b]=1&a[][c]=2` fills one item until a key repeats. */
function appendTo(hash: RawHash, key: string, rest: string[], value: string): void {
  const list = (hash[key] ??= []);
  if (!Array.isArray(list)) throw sentTwoWays(key);
  if (rest.length === 0) {
    list.push(value);
    return;
  }
  const last = list.at(-1);
  const target = isHash(last) && !has(last, rest) ? last : emptyHash();
  if (target !== last) list.push(target);
  setAt(target, rest, value);
}

/** A list within an item, `a[][b][]=`, grows. */
function has(hash: RawHash, [key = '', ...deeper]: readonly string[]): boolean {
  const inner = hash[key];
  if (inner === undefined || deeper[0] === '') return false;
  return deeper.length === 0 || (isHash(inner) && has(inner, deeper));
}

export function isHash(raw: Raw | undefined): raw is RawHash {
  return typeof raw === 'object' && !Array.isArray(raw);
}
