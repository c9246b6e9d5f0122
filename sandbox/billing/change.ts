/** How a stored object changes: it is saved, and an event tells the old values of what differs. */
import type { StripeObject, World } from '../world.ts';

type Hash = Record<string, unknown>;

/** Saves `after` over the stored object and emits `eventType`, if something differs that anybody sees. */
export function change<T extends StripeObject>(world: World, eventType: string, after: T): T {
  const before = world.store.find<T>(after.object, after.id);
  const previous = previousAttributes(shown(before ?? {}), shown(after));
  const saved = world.store.save(after);
  if (previous !== undefined) world.emit(eventType, saved, previous);
  return saved;
}

/** Without what the sandbox remembers for itself. */
function shown(object: object): object {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !name.startsWith('_')));
}

/**
 * The old values of what differs between two states, as in an event's `data.previous_attributes`: hashes hold only their
 * changed keys, lists are whole, a key that is new was null. `undefined` when nothing differs.
 * @see https://docs.stripe.com/api/events/object#event_object-data-previous_attributes
 */
export function previousAttributes(before: object, after: object): Hash | undefined {
  const [old, young]: [Hash, Hash] = [{ ...before }, { ...after }];
  const keys = new Set([...Object.keys(old), ...Object.keys(young)]);
  const differing = [...keys].filter((key) => !isEqual(old[key], young[key]));
  if (differing.length === 0) return undefined;
  return Object.fromEntries(differing.map((key) => [key, oldValue(old[key], young[key])]));
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

/**
 * Runs `work` and then tells what it emitted in the given order of event types. What is not in the order is left out: an
 * object made in this very call tells its final state in its `created`, not step by step. The order may depend on the result;
 * without one everything is told as it came.
 */
export function tellInOrder<T>(
  world: World,
  order: readonly string[] | ((result: T) => readonly string[] | undefined),
  work: (world: World) => T,
): T {
  const told: { type: string; object: StripeObject; previous: Hash | undefined }[] = [];
  const listening: World = {
    store: world.store,
    baseUrl: world.baseUrl,
    switchOf: (name) => world.switchOf(name),
    now: () => world.now(),
    at: (seconds, during) => world.at(seconds, during),
    inTestClock: (seconds, during) => world.inTestClock(seconds, during),
    newId: (prefix) => world.newId(prefix),
    emit: (type, object, previous) => void told.push({ type, object: structuredClone(object), previous }),
  };
  const result = work(listening);
  const types = typeof order === 'function' ? order(result) : order;
  const ordered = types === undefined ? told : types.flatMap((type) => told.filter((one) => one.type === type));
  for (const event of ordered) world.emit(event.type, event.object, event.previous);
  return result;
}
