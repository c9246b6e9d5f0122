/** The words of provisioning: what is wanted, what was found, and what there is to know about each kind of Stripe object. */
import type Stripe from 'stripe';

/** In the order in which they are made: a price names its product. */
export const KINDS = ['product', 'price', 'portal_configuration', 'webhook_endpoint'] as const;
export type Kind = (typeof KINDS)[number];

export type Json = string | number | boolean | null | undefined | readonly Json[] | Settings;

/** Nested as Stripe's API nests it. */
export interface Settings {
  readonly [name: string]: Json;
}

/** One object that must exist. Only the settings named here are ever compared or written. */
export interface Wanted {
  kind: Kind;
  key: string;
  settings: Settings;
}

/** What carries the key of a wanted object. The first match is the one; the others are duplicates. */
export interface Found {
  kind: Kind;
  key: string;
  matches: readonly Match[];
  /** Whether the account holds more objects of this kind than were looked at. */
  hasMore: boolean;
}

export interface Match {
  id: string;
  settings: Settings;
}

/** The ids of the objects that are wanted, as far as they exist; of a kind with several, the first. */
export type Ids = Partial<Record<Kind, string>>;

export type Created = Stripe.Response<{ id: string; secret?: string | null }>;

/** How Stripe treats one kind of object. Paths are dotted. */
export interface Resource {
  /** The setting that tells whether the object is in use, and its two values. */
  activity: { path: string; on: Json; off: Json };
  /** Settings that a create does not take; Stripe turns them on by itself. */
  notOnCreate: readonly string[];
  /** What Stripe wants to hear again when anything inside the named object is written. */
  siblings: Readonly<Record<string, readonly string[]>>;
  /** What Stripe wants to hear of as a whole: where anything inside differs, all that is wanted in it is written. */
  wholes: readonly string[];
  /** What a create has to name, if only as empty, where it says anything beside it. */
  namedOnCreate: readonly string[];
  /** Settings that hold the id of another wanted object. */
  references: Readonly<Record<string, Kind>>;
  /** What a create says besides, where the new object takes the place of another. */
  onReplace: Settings;
  /** Settings that are fixed for life: where one differs, another object takes the place of this one. */
  immutable: readonly string[];
  /** Settings that are fixed for life once they have one of these values. */
  fixedAt: Readonly<Record<string, readonly Json[]>>;
  /** Whether a second one in use is always what a run left behind that was cut off, and goes. Else only `--prune` takes it out of use. */
  isSingle: boolean;
  create(stripe: Stripe, settings: Settings, options: Stripe.RequestOptions): Promise<Created>;
  update(stripe: Stripe, id: string, settings: Settings): Promise<unknown>;
  retrieve(stripe: Stripe, id: string): Promise<object>;
  /** Takes an object out of use for good; `successor` is the id of the one that stays. */
  retire(stripe: Stripe, id: string, successor: string | undefined): Promise<unknown>;
}

/** The kind in words for people. */
export function kindName(kind: Kind): string {
  return kind.replaceAll('_', ' ');
}

/** The settings with the ids that they refer to, as far as those are known. */
export function withReferences(settings: Settings, references: Resource['references'], ids: Ids): Settings {
  const known = Object.entries(references).filter(([, kind]) => ids[kind] !== undefined);
  return { ...Object.fromEntries(known.map(([name, kind]) => [name, ids[kind]])), ...settings };
}
