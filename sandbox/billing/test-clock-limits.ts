/** How much a test clock holds, and how far it moves at once. */
import { invalidRequest } from '../wire/errors.ts';
import type { World } from '../world.ts';
import { addIntervals } from './calendar.ts';
import type { Customer, Subscription } from './shapes.ts';
import { isEnded } from './subscription-end.ts';
import { firstItem } from './subscription-items.ts';

const CUSTOMERS_MAX = 3;
const SUBSCRIPTIONS_MAX = 3;
const INTERVALS_MAX = 2;
const YEARS_MAX = 2;

/** Throws StripeError (400) when the clock has no room for another customer. */
export function refuseFullClock(world: World, clock: string): void {
  if (world.store.all('customer', { test_clock: clock }).length < CUSTOMERS_MAX) return;
  throw invalidRequest(`A test clock can have up to ${CUSTOMERS_MAX} customers; ${clock} has them.`, 'test_clock');
}

/** Throws StripeError (400) when a clock's customer has no room for `more` running subscriptions. */
export function refuseFullCustomer(world: World, customer: string, more = 1): void {
  if (running(world, { customer }).length + more <= SUBSCRIPTIONS_MAX) return;
  throw invalidRequest(`A customer of a test clock can have up to ${SUBSCRIPTIONS_MAX} subscriptions; ${customer} has them.`, 'customer');
}

/** Throws StripeError (400) for a moment that the clock has passed, or that is too far to go at once. */
export function refuseTooFar(world: World, clock: { id: string; frozen_time: number }, target: number): void {
  const { id, frozen_time: now } = clock;
  if (target <= now) throw invalidRequest(`The frozen_time must be after the test clock's current frozen_time, which is ${now}.`, 'frozen_time');
  const subscriptions = running(world, { test_clock: id });
  const furthest = subscriptions.length === 0 ? addIntervals(now, 'year', YEARS_MAX) : Math.min(...subscriptions.map((one) => twoIntervals(one, now)));
  if (target <= furthest) return;
  const limit = subscriptions.length === 0 ? 'two years' : 'two intervals of its shortest subscription';
  throw invalidRequest(`A test clock moves by up to ${limit} at once: the frozen_time can be ${furthest} at most.`, 'frozen_time');
}

function running(world: World, whose: { customer: Customer['id'] } | { test_clock: string }): Subscription[] {
  return world.store.all<Subscription>('subscription', whose).filter((subscription) => !isEnded(subscription));
}

/** All items of a subscription have one interval. */
function twoIntervals(subscription: Subscription, now: number): number {
  const { interval = 'month', interval_count = 1 } = firstItem(subscription).price.recurring ?? {};
  return addIntervals(now, interval, INTERVALS_MAX * interval_count);
}
