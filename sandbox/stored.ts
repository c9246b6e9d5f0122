/** What the sandbox keeps, and how the parts of it ask for what is kept. */

/**
 * Any object as Stripe's API shows it (`find<Customer>('customer', id)`). Every object is stored whole, under its
 * `object` word and its `id`. Top-level keys that begin with `_` are the sandbox's own memory: no answer and no event shows them.
 */
export interface StripeObject {
  id: string;
  object: string;
}

/** Equality on fields of the stored object (`{customer: 'cus_1', 'recurring.interval': 'month'}`); several values mean any of them. */
export type Where = Record<string, string | number | boolean | null | readonly (string | number)[]>;

export interface ListQuery {
  where?: Where;
  created?: { gt?: number; gte?: number; lt?: number; lte?: number };
  startingAfter?: string;
  endingBefore?: string;
  limit: number;
}

/** When something happens to an object by itself, in seconds of its test clock or of the sandbox's own time (null). */
export interface DueMoment {
  at: number;
  testClock: string | null;
}

/** Where that object is found. */
export interface DueObject {
  kind: string;
  id: string;
  at: number;
}

export interface Store {
  /** Runs one API call's writes and events in one transaction; nested calls join it. */
  transaction<T>(work: () => T): T;
  insert<T extends StripeObject>(object: T): T;
  /** Replaces the stored object of the same kind and id. */
  save<T extends StripeObject>(object: T): T;
  find<T extends StripeObject>(kind: string, id: string): T | undefined;
  /** Newest first, as Stripe lists; ties of `created` fall by order of insertion. */
  list<T extends StripeObject>(kind: string, query: ListQuery): { data: T[]; hasMore: boolean };
  /** Oldest first, all of them. */
  all<T extends StripeObject>(kind: string, where?: Where): T[];
  /** To which object something happens first on this clock; of several at one moment, to the one inserted first. */
  nextDue(testClock: string | null): DueObject | undefined;
  remove(kind: string, id: string): void;
  count(kind: string): number;
  kinds(): string[];
  /** The different values of an indexed field (`values('event', 'type')`). */
  values(kind: string, field: string): string[];
  /** Small facts that are no Stripe objects (clock offset, account id, signing secrets). */
  setting(name: string): string | undefined;
  setSetting(name: string, value: string): void;
  /** A number that grows with every write. */
  changes(): number;
  /** Removes all objects but those of the given kinds. */
  clear(keptKinds: readonly string[]): void;
  close(): void;
}
