/** Stripe's test clocks: a time of its own for a few customers and all that belongs to them. */
import type Stripe from 'stripe';
import { invalidRequest } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import type { StripeObject, World } from '../world.ts';
import { DAY_SECONDS } from './calendar.ts';
import { change } from './change.ts';
import { deleteCustomer } from './customers.ts';
import type { Customer, Wire } from './shapes.ts';
import { refuseFullClock, refuseFullCustomer, refuseTooFar } from './test-clock-limits.ts';

export type TestClock = Wire<Stripe.TestHelpers.TestClock>;

export const TEST_CLOCK = 'test_helpers.test_clock';

const LIFE_SECONDS = 30 * DAY_SECONDS;

/** What `POST /v1/test_helpers/test_clocks` takes; the names are Stripe's. */
export interface TestClockOrder {
  frozen_time: number;
  customer?: string | null;
  name?: string | null;
}

/**
 * A clock that stands at `frozen_time`, with this customer and all that is the customer's, if one is named. Emits
 * `test_helpers.test_clock.created`. Throws StripeError (400) for a customer that cannot be attached.
 * @see https://docs.stripe.com/billing/testing/test-clocks
 */
export function createTestClock(world: World, { frozen_time, customer, name }: TestClockOrder): TestClock {
  const clock = world.store.insert<TestClock>({
    id: world.newId('clock'),
    object: TEST_CLOCK,
    created: world.now(),
    deletes_after: world.now() + LIFE_SECONDS,
    frozen_time,
    livemode: false,
    name: name ?? null,
    status: 'ready',
    status_details: {},
  });
  world.emit('test_helpers.test_clock.created', clock);
  if (customer != null) attachCustomer(world, existing<Customer>(world, 'customer', customer, 'customer'), clock.id);
  return clock;
}

const OWNED_KINDS = ['subscription', 'invoice', 'invoiceitem'] as const;

/** From now on the customer's subscriptions renew in the clock's time. */
function attachCustomer(world: World, customer: Customer, test_clock: string): void {
  if (customer.test_clock != null) throw invalidRequest(`The customer ${customer.id} is attached to the test clock ${customer.test_clock} already.`, 'customer');
  refuseFullCustomer(world, customer.id, 0);
  change<Customer>(world, 'customer.updated', { ...customer, test_clock });
  for (const kind of OWNED_KINDS) {
    for (const owned of world.store.all<StripeObject>(kind, { customer: customer.id })) world.store.save({ ...owned, test_clock } as StripeObject);
  }
  for (const session of world.store.all<StripeObject>('checkout.session', { customer: customer.id })) {
    world.store.save({ ...session, _test_clock: test_clock } as StripeObject);
  }
}

/** The clock that a new customer names. Throws StripeError (400) when there is none, or no room at it. */
export function joinTestClock(world: World, test_clock: string): string {
  const { id } = existing<TestClock>(world, TEST_CLOCK, test_clock, 'test_clock');
  refuseFullClock(world, id);
  return id;
}

/**
 * Starts moving a clock; what falls due on the way happens afterwards. Emits `test_helpers.test_clock.advancing`. Throws
 * StripeError (400) for a moment that has passed or is too far, and for a clock that failed.
 */
export function startAdvancing(world: World, id: string, target_frozen_time: number): TestClock {
  const clock = existing<TestClock>(world, TEST_CLOCK, id);
  if (clock.status !== 'ready') throw invalidRequest(`The test clock ${id} has the status ${clock.status} and cannot be advanced: delete it, and make another.`);
  refuseTooFar(world, clock, target_frozen_time);
  return change<TestClock>(world, 'test_helpers.test_clock.advancing', { ...clock, status: 'advancing', status_details: { advancing: { target_frozen_time } } });
}

/** Where an advancing clock is to arrive; `undefined` for any other clock. */
export function targetOf(clock: TestClock): number | undefined {
  return clock.status === 'advancing' ? clock.status_details.advancing?.target_frozen_time : undefined;
}

/** Everything due has happened. Emits `test_helpers.test_clock.ready`. */
export function finishAdvancing(world: World, clock: TestClock, frozen_time: number): TestClock {
  return change<TestClock>(world, 'test_helpers.test_clock.ready', { ...clock, frozen_time, status: 'ready', status_details: {} });
}

/** Due work failed after `frozen_time`; `status_details` goes on saying where the clock was to arrive. Emits `….internal_failure`. */
export function failAdvancing(world: World, clock: TestClock, frozen_time: number): TestClock {
  return change<TestClock>(world, 'test_helpers.test_clock.internal_failure', { ...clock, frozen_time, status: 'internal_failure' });
}

/** Deletes a clock with its customers, and ends in its time what they subscribed to. Emits `test_helpers.test_clock.deleted`. */
export function deleteTestClock(world: World, clock: TestClock): void {
  world.inTestClock(clock.frozen_time, () => {
    for (const customer of world.store.all<Customer>('customer', { test_clock: clock.id })) deleteCustomer(world, customer);
  });
  world.store.remove(TEST_CLOCK, clock.id);
  world.emit('test_helpers.test_clock.deleted', clock);
}
