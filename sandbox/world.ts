/** What every part of the sandbox works with: the stored objects, the time, fresh ids and the events that a change causes. */
import type { Store, StripeObject } from './stored.ts';
import type { SwitchName, SwitchValues } from './switches.ts';

export type { DueMoment, DueObject, ListQuery, Store, StripeObject, Where } from './stored.ts';

export interface World {
  store: Store;
  /** The time that objects carry, in whole seconds since 1970: the sandbox's, or a test clock's. */
  now(): number;
  /** Runs `work` as if it were that moment, for events too: for work that fell due in the sandbox's own time. */
  at<T>(seconds: number, work: () => T): T;
  /** Runs `work` at that moment of a test clock. Its events still carry the sandbox's own time. Not for asynchronous work. */
  inTestClock<T>(seconds: number, work: () => T): T;
  /** `newId('cus')` is `cus_` and 14 or more random letters and digits. */
  newId(prefix: string): string;
  /**
   * Records an event about `object` as it is now, in the caller's transaction; deliveries start after the commit.
   * `previous` holds the old values of what an update changed (`data.previous_attributes`).
   */
  emit(type: string, object: StripeObject, previous?: Record<string, unknown>): void;
  /** What the switch of this name is set to. */
  switchOf<Name extends SwitchName>(name: Name): SwitchValues[Name];
  /** Where the sandbox itself is reached, without a trailing slash: hosted pages live there. */
  baseUrl: string;
}
