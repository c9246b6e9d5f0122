/** What a route accepts: small builders that read form text into typed values and refuse the rest as Stripe does. */
import { CURRENCIES } from './currencies.ts';
import { emptyParameter, invalidInteger, invalidRequest, missingParameter, unknownParameters } from './errors.ts';
import { isHash, type Raw, type RawHash } from './form.ts';

/** Reads one parameter; `name` is the form's own name for it, for the error. */
export interface Kind<T> {
  read(raw: Raw, name: string): T;
  /** What lies within it, of a hash or a list of hashes. */
  spec?: Spec;
}
export interface RequiredKind<T> extends Kind<T> {
  required: true;
}
export type Spec = Record<string, Kind<unknown>>;

type Read<K> = K extends Kind<infer T> ? T : never;
type RequiredNames<S> = { [N in keyof S]: S[N] extends RequiredKind<unknown> ? N : never }[keyof S];

/** The typed parameters of a spec. An optional one is absent when not sent and null when sent empty (`''` means unset). */
export type Params<S> = { [N in RequiredNames<S>]: Read<S[N]> } & {
  [N in Exclude<keyof S, RequiredNames<S>>]?: Read<S[N]> | null;
};

/** Reads `raw` by `spec`. Throws StripeError for unknown, missing and malformed parameters; `within` prefixes their names. */
export function parseParams<S extends Spec>(spec: S, raw: RawHash, within = ''): Params<S> {
  refuseUnknown(spec, raw, within);
  const params: Record<string, unknown> = {};
  for (const [key, kind] of Object.entries(spec)) {
    const name = within === '' ? key : `${within}[${key}]`;
    const value = raw[key];
    if (value === undefined) {
      if (isRequired(kind)) throw missingParameter(name);
    } else if (value === '') {
      if (isRequired(kind)) throw emptyParameter(name);
      params[key] = null;
    } else {
      params[key] = kind.read(value, name);
    }
  }
  return params as Params<S>;
}

/** The names that a spec takes, at every depth: `items[price]`, without the indexes of lists. */
export function takenNames(spec: Spec, within = ''): string[] {
  return Object.entries(spec).flatMap(([key, kind]) => {
    const name = within === '' ? key : `${within}[${key}]`;
    return [name, ...takenNames(kind.spec ?? {}, name)];
  });
}

function refuseUnknown(spec: Spec, raw: RawHash, within: string): void {
  const unknown = Object.keys(raw).filter((key) => !Object.hasOwn(spec, key));
  const [first, ...others] = unknown.map((key) => (within === '' ? key : `${within}[${key}]`));
  if (first !== undefined) throw unknownParameters([first, ...others]);
}

function isRequired(kind: Kind<unknown>): kind is RequiredKind<unknown> {
  return 'required' in kind;
}

export function required<T>(kind: Kind<T>): RequiredKind<T> {
  return { ...kind, required: true };
}

export function string(limits: { max?: number } = {}): Kind<string> {
  const max = limits.max ?? 5000;
  return {
    read(raw, name) {
      if (typeof raw !== 'string') throw invalidRequest('Invalid string: must be a string', name);
      if (raw.length > max) {
        const message = `Invalid string: ${raw.slice(0, 10)}...${raw.slice(-4)}; must be at most ${max} characters`;
        throw invalidRequest(message, name);
      }
      return raw;
    },
  };
}

export function integer(limits: { min?: number; max?: number } = {}): Kind<number> {
  const { min = -Number.MAX_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = limits;
  return {
    read(raw, name) {
      if (typeof raw !== 'string' || !/^-?\d{1,15}$/.test(raw)) throw invalidInteger(name, `Invalid integer: ${shown(raw)}`);
      const value = Number(raw);
      if (value < min) throw invalidInteger(name, `This value must be greater than or equal to ${min}.`);
      if (value > max) throw invalidInteger(name, `This value must be less than or equal to ${max}.`);
      return value;
    },
  };
}

/** Whole seconds since 1970. */
export function timestamp(): Kind<number> {
  return {
    read(raw, name) {
      const good = typeof raw === 'string' && /^\d{1,11}$/.test(raw);
      if (!good) throw invalidInteger(name, `Invalid timestamp: must be an integer Unix timestamp in seconds; got '${shown(raw)}'`);
      return Number(raw);
    },
  };
}

/** A decimal number, kept as its text. */
export function decimal(): Kind<string> {
  return {
    read(raw, name) {
      if (typeof raw !== 'string' || !/^-?\d+(\.\d{1,12})?$/.test(raw)) throw invalidRequest(`Invalid decimal: ${shown(raw)}`, name);
      return raw;
    },
  };
}

/** A three-letter ISO code, in small letters. */
export function currency(): Kind<string> {
  return {
    read(raw, name) {
      const code = shown(raw).toLowerCase();
      if (CURRENCIES.includes(code)) return code;
      throw invalidRequest(`Invalid currency: ${code}. Stripe currently supports these currencies: ${CURRENCIES.join(', ')}`, name);
    },
  };
}

export function boolean(): Kind<boolean> {
  return {
    read(raw, name) {
      if (raw !== 'true' && raw !== 'false') throw invalidRequest(`Invalid boolean: ${shown(raw)}`, name);
      return raw === 'true';
    },
  };
}

export function choice<const C extends readonly string[]>(choices: C): Kind<C[number]> {
  return {
    read(raw, name) {
      const found = choices.find((one) => one === raw);
      if (found === undefined) {
        const last = name.replaceAll(']', '').split('[').at(-1);
        throw invalidRequest(`Invalid ${last}: must be one of ${choices.join(', ')}`, name);
      }
      return found;
    },
  };
}

export function hash<S extends Spec>(spec: S): Kind<Params<S>> {
  return {
    spec,
    read(raw, name) {
      if (!isHash(raw)) throw invalidRequest('Invalid object', name);
      return parseParams(spec, raw, name);
    },
  };
}

/** A list sent as `a[0]=`, `a[1]=` or `a[]=`. */
export function list<T>(item: Kind<T>, limits: { max?: number } = {}): Kind<T[]> {
  const { max = Number.MAX_SAFE_INTEGER } = limits;
  return {
    ...(item.spec === undefined ? {} : { spec: item.spec }),
    read(raw, name) {
      const items = itemsOf(raw, name);
      if (items.length > max) throw invalidRequest(`Array ${name} exceeded maximum ${max} allowed elements.`, name);
      return items.map((one, index) => item.read(one, `${name}[${index}]`));
    },
  };
}

function itemsOf(raw: Raw, name: string): Raw[] {
  if (Array.isArray(raw)) return raw;
  const isIndexed = isHash(raw) && Object.keys(raw).every((key) => /^\d{1,4}$/.test(key));
  if (!isIndexed) throw invalidRequest('Invalid array', name);
  return Object.entries(raw)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, value]) => value);
}

/** The first of two kinds that reads the value: `either(choice(['now']), timestamp())`. The second one's error is told. */
export function either<A, B>(first: Kind<A>, second: Kind<B>): Kind<A | B> {
  const spec = first.spec ?? second.spec;
  return {
    ...(spec === undefined ? {} : { spec }),
    read(raw, name) {
      try {
        return first.read(raw, name);
      } catch {
        return second.read(raw, name);
      }
    },
  };
}

/** Key and value pairs. An empty value removes the key; merge with `mergeMetadata`. */
export function metadata(): Kind<Record<string, string>> {
  return {
    read(raw, name) {
      if (!isHash(raw)) throw invalidRequest('Invalid object', name);
      return Object.fromEntries(Object.entries(raw).map((entry) => readMetadataEntry(entry, name)));
    },
  };
}

const METADATA_KEY_LENGTH = 40;
const METADATA_VALUE_LENGTH = 500;
const METADATA_KEYS = 50;

function readMetadataEntry([key, value]: [string, Raw], name: string): [string, string] {
  if (typeof value !== 'string') throw invalidRequest('Metadata values must be strings', `${name}[${key}]`);
  if (key.length > METADATA_KEY_LENGTH) {
    throw invalidRequest(`Metadata keys must be at most ${METADATA_KEY_LENGTH} characters; '${key.slice(0, METADATA_KEY_LENGTH)}...' is longer`, name);
  }
  if (value.length > METADATA_VALUE_LENGTH) {
    throw invalidRequest(`Metadata values can have up to ${METADATA_VALUE_LENGTH} characters; '${key}' has ${value.length}`, name);
  }
  return [key, value];
}

/** The metadata after an update: sent keys win, empty values remove, `null` (sent empty) clears all. */
export function mergeMetadata(
  stored: Record<string, string>,
  sent: Record<string, string> | null | undefined,
): Record<string, string> {
  if (sent === null) return {};
  const merged = Object.fromEntries(Object.entries({ ...stored, ...sent }).filter(([, value]) => value !== ''));
  if (Object.keys(merged).length > METADATA_KEYS) throw invalidRequest(`Metadata can have up to ${METADATA_KEYS} keys`, 'metadata');
  return merged;
}

function shown(raw: Raw): string {
  return typeof raw === 'string' ? raw : JSON.stringify(raw);
}
