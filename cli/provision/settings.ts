/** How nested settings are taken apart into leaves, compared without phantom differences, and put together again. */
import type { Json, Settings } from './resources/resource.ts';

/** One declared setting. The path is a list, since a metadata key may contain dots. */
export interface Leaf {
  path: readonly string[];
  value: Json;
}

/** The leaves of nested settings; lists are leaves. Inside what is switched off only the switch counts. */
export function leavesOf(settings: Settings, parents: readonly string[] = []): Leaf[] {
  return Object.entries(relevant(settings)).flatMap(([name, value]) => {
    const path = [...parents, name];
    return isSettings(value) ? leavesOf(value, path) : [{ path, value }];
  });
}

/** The value at a path; `undefined` where there is none. */
export function valueAt(settings: Settings, path: readonly string[]): Json {
  return path.reduce<Json>((value, name) => (isSettings(value) ? value[name] : undefined), settings);
}

/** Nests leaves again, as Stripe's API takes them. */
export function nest(leaves: readonly Leaf[]): Settings {
  const settings: Record<string, Json> = {};
  for (const { path, value } of leaves) {
    const [name = '', ...rest] = path;
    settings[name] = rest.length === 0 ? value : merged(settings[name], nest([{ path: rest, value }]));
  }
  return settings;
}

/** The one with the other over it, leaf by leaf; lists are leaves. */
export function merged(one: Json, other: Settings | undefined): Settings {
  const settings: Record<string, Json> = isSettings(one) ? { ...one } : {};
  for (const [name, value] of Object.entries(other ?? {})) settings[name] = isSettings(value) ? merged(settings[name], value) : value;
  return settings;
}

/**
 * Whether what Stripe shows is what is wanted. Stripe fills in what was left out, so only what is wanted counts, at any depth.
 * Lists are sets; nothing, null, the empty text and the empty list are one; what is off may also be missing.
 */
export function satisfies(found: Json, wanted: Json): boolean {
  if (isUnset(wanted)) return isUnset(found);
  if (wanted === false) return found === false || isUnset(found);
  if (isList(wanted)) return isList(found) && sameSet(found, wanted);
  if (isSettings(wanted)) return isSettings(found) && Object.entries(relevant(wanted)).every(([name, value]) => satisfies(found[name], value));
  return found === wanted;
}

/** Whether a value says nothing. */
export function isUnset(value: Json): boolean {
  return value === undefined || value === null || value === '' || (isList(value) && value.length === 0);
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

export function isSettings(value: Json): value is Settings {
  return typeof value === 'object' && value !== null && !isList(value);
}

function relevant(settings: Settings): Settings {
  return settings.enabled === false ? { enabled: false } : settings;
}

function sameSet(found: readonly Json[], wanted: readonly Json[]): boolean {
  return wanted.every((value) => found.some((candidate) => satisfies(candidate, value))) && found.every((candidate) => wanted.some((value) => satisfies(candidate, value)));
}
