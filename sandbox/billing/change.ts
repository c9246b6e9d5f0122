/** How a stored object changes: it is saved, and an event tells the old values of what differs. */
import type { StripeObject, World } from '../world.ts';

type Hash = Record<string, unknown>;

/** Saves `after` over the stored object and emits `eventType`; without a difference nothing happens. */
export function change<T extends StripeObject>(world: World, eventType: string, after: T): T {
  const before = world.store.find<T>(after.object, after.id);
  const previous = previousAttributes(before ?? {}, after);
  if (previous === undefined) return after;
  const saved = world.store.save(after);
  world.emit(eventType, saved, previous);
  return saved;
}

/**
 * The old values of what differs between two states, as in an event's `data.previous_attributes`: hashes hold only their
 * changed keys, lists are whole, a key that is new was null. `undefined` when nothing differs.
 * @see https://docs.stripe.com/api/events/object#event_object-data-previous_attributes
 */
export function previousAttributes(before: Hash, after: Hash): Hash | undefined {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  const differing = [...keys].filter((key) => !isEqual(before[key], after[key]));
  if (differing.length === 0) return undefined;
  return Object.fromEntries(differing.map((key) => [key, oldValue(before[key], after[key])]));
}

function oldValue(before: unknown, after: unknown): unknown {
  if (isHash(before) && isHash(after)) return previousAttributes(before, after);
  return before ?? null;
}

function isEqual(one: unknown, other: unknown): boolean {
  if (isHash(one) && isHash(other)) return previousAttributes(one, other) === undefined;
  return JSON.stringify(one) === JSON.stringify(other);
}

function isHash(value: unknown): value is Hash {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
