/** Brings calls and hosted pages into the time of the test clock that they concern: the one place that does. */
import { placeOfItem } from './billing/subscription-items.ts';
import { TEST_CLOCK, type TestClock } from './billing/test-clocks.ts';
import { invalidRequest, lockTimeout } from './wire/errors.ts';
import { findByPrefix } from './wire/show.ts';
import type { StripeObject, World } from './world.ts';

/** Parameters that name the object which a call is about. */
const NAMING_PARAMETERS = ['customer', 'subscription', 'invoice', 'payment_method', 'payment_intent', 'charge', 'test_clock'] as const;

export interface Concern {
  /** Ids of the objects that the work is about. */
  ids: readonly string[];
  isWrite: boolean;
}

/** What a call of the API is about: the ids in its path, and those that its parameters name. */
export function concernOf(method: string, path: Record<string, string>, params: Record<string, unknown>): Concern {
  const named = NAMING_PARAMETERS.map((name) => params[name]).filter((value) => typeof value === 'string');
  return { ids: [...Object.values(path), ...named], isWrite: method !== 'GET' };
}

/**
 * Runs `work` in the time of the test clock whose objects it concerns, or in the sandbox's own. Throws StripeError for a
 * write while that clock is advancing.
 */
export function inConcernedTime<T>(world: World, { ids, isWrite }: Concern, work: () => T): T {
  const clock = ids.map((id) => testClockOf(world, findByPrefix(world, id) ?? placeOfItem(world, id))).find((found) => found !== undefined);
  if (clock === undefined) return work();
  if (isWrite && clock.status === 'advancing') throw REFUSED_WHILE_ADVANCING[world.switchOf('advancing_clock_error')](clock);
  return world.inTestClock(clock.frozen_time, work);
}

/** Where an object tells its clock, or what it belongs to. */
const OWNERS = ['test_clock', 'customer', 'subscription', 'invoice', 'payment_intent', 'charge'] as const;
type Belonging = StripeObject & { [Owner in (typeof OWNERS)[number]]?: string | null };

function testClockOf(world: World, object: Belonging | undefined): TestClock | undefined {
  if (object === undefined) return undefined;
  if (object.object === TEST_CLOCK) return object as unknown as TestClock;
  const owner = OWNERS.map((name) => object[name]).find((id) => id != null);
  return owner == null ? undefined : testClockOf(world, findByPrefix(world, owner));
}

/** Stripe does not say which of the two it is. */
const REFUSED_WHILE_ADVANCING = {
  lock_timeout: lockTimeout,
  invalid_request: (clock: TestClock) => invalidRequest(`The test clock ${clock.id} is advancing: wait until its status is ready.`),
} as const;
