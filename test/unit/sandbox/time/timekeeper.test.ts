import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DAY_SECONDS, HOUR_SECONDS } from '../../../../sandbox/billing/calendar.ts';
import { nextDue } from '../../../../sandbox/billing/due.ts';
import { createTestClock, startAdvancing, type TestClock } from '../../../../sandbox/billing/test-clocks.ts';
import { realSeconds } from '../../../../sandbox/clock.ts';
import { waitFor } from '../../../support/wait-for.ts';
import { addCustomer, FAILING_CARD, START, subscribe, subscriptionNow } from '../billing/billing-world.ts';
import { openMovingWorld, type MovingWorld, type Told } from './moving-world.ts';

const SUBSCRIBERS = 100;
const YEAR_SECONDS = 366 * DAY_SECONDS;
const RENEWAL = [
  'customer.subscription.updated',
  'invoice.created',
  'invoice.finalized',
  'payment_intent.created',
  'charge.succeeded',
  'payment_intent.succeeded',
  'invoice.updated',
  'invoice.paid',
  'invoice.payment_succeeded',
  'invoice_payment.paid',
];

let moving: MovingWorld;
beforeEach(() => {
  moving = openMovingWorld();
});
afterEach(() => moving.timekeeper.close());

/** The subscription or customer that an event is about. */
const customerOf = ({ data }: Told): unknown => (data.object.object === 'customer' ? data.object.id : data.object.customer);

describe('the advance of a year', { timeout: 60_000 }, () => {
  test('tells a hundred subscribers\' twelve renewals, each at its own moment and all in order', async () => {
    const { world, timekeeper, events } = moving;
    const subscribers = world.store.transaction(() => Array.from({ length: SUBSCRIBERS }, () => subscribe(world)));
    const before = new Set(events().map(({ id }) => id));
    await timekeeper.advance(YEAR_SECONDS);

    const told = events().filter(({ id }) => !before.has(id));
    expect(told.map(({ created }) => created)).toEqual(told.map(({ created }) => created).toSorted((one, other) => one - other));
    for (const { customer, id } of subscribers) {
      const own = told.filter((event) => customerOf(event) === customer.id && RENEWAL.includes(event.type));
      const invoices = own.filter(({ type }) => type === 'invoice.created');
      expect(invoices).toHaveLength(12);
      expect(own.filter(({ type }) => type !== 'invoice_payment.paid').map(({ type }) => type)).toEqual(invoices.flatMap(() => RENEWAL.slice(0, -1)));
      expect(subscriptionNow(world, id).status).toBe('active');
    }
    expect(told.filter(({ type }) => type === 'invoice_payment.paid')).toHaveLength(12 * SUBSCRIBERS);
  });

  test('lets every renewal happen at the end of its period, and every payment an hour later', async () => {
    const { world, timekeeper, events } = moving;
    world.at(START, () => subscribe(world));
    await timekeeper.advance(Math.max(START + YEAR_SECONDS - world.now(), 1));
    const atMoments = (type: string): string[] => events().filter((event) => event.type === type).map(({ created }) => new Date(created * 1000).toISOString());
    const months = ['02', '03', '04', '05', '06', '07', '08', '09', '10', '11'];
    expect(atMoments('invoice.created').slice(0, 11)).toEqual(['01', ...months].map((month) => `2026-${month}-15T12:00:00.000Z`));
    expect(atMoments('invoice.paid').slice(1, 11)).toEqual(months.map((month) => `2026-${month}-15T13:00:00.000Z`));
    for (const { created, data } of events().filter(({ type }) => type === 'invoice.created')) expect(data.object.created).toBe(created);
  });
});

describe('while the time is moved', () => {
  test('others come in between, see the moment that is reached, and stay in order', async () => {
    const { world, timekeeper, events } = moving;
    for (let count = 0; count < 20; count += 1) subscribe(world);
    const began = world.now();
    let isDone = false;
    const advancing = timekeeper.advance(YEAR_SECONDS).then(() => (isDone = true));
    const seen: number[] = [];
    while (!isDone) {
      await nextTurn();
      if (isDone) break;
      seen.push(world.now());
      expect(nextDue(world)).toBeGreaterThanOrEqual(world.now());
      world.emit('customer.created', addCustomer(world));
    }
    await advancing;
    expect(seen.length).toBeGreaterThan(3);
    expect(seen).toEqual(seen.toSorted((one, other) => one - other));
    expect(seen.at(-1)).toBeGreaterThan(began + 30 * DAY_SECONDS);
    const inOrderOfTelling = world.store.all<Told>('event').map(({ id }) => id);
    expect(events().map(({ id }) => id)).toEqual(inOrderOfTelling);
    const created = events().map((event) => event.created);
    expect(created).toEqual(created.toSorted((one, other) => one - other));
  });

  test('another movement waits for its turn', async () => {
    const { world, timekeeper } = moving;
    subscribe(world);
    await Promise.all([timekeeper.advance(40 * DAY_SECONDS), timekeeper.advance(50 * DAY_SECONDS)]);
    expect(world.clock.offset()).toBe(90 * DAY_SECONDS);
  });

  test('a failure on the way stops it there, and says so', async () => {
    const { world, timekeeper } = moving;
    const { id } = subscribe(world);
    const ends = subscriptionNow(world, id).items.data[0]!.current_period_end;
    const broken = subscribe(world, { payment_behavior: 'allow_incomplete' }, FAILING_CARD);
    world.store.save({ ...subscriptionNow(world, broken.id), created: ends, latest_invoice: 'in_gone' });
    await expect(timekeeper.advance(YEAR_SECONDS)).rejects.toThrow("No such invoice: 'in_gone'");
    expect(Math.abs(world.now() - ends - HOUR_SECONDS)).toBeLessThan(5);
    expect(Math.abs(world.now() - realSeconds() - world.clock.offset())).toBeLessThan(2);
  });
});

describe('a test clock', () => {
  const clockNow = (id: string): TestClock => moving.world.store.find<TestClock>('test_helpers.test_clock', id)!;

  test('goes on after a restart where it was to arrive', async () => {
    const { world, timekeeper } = moving;
    const { id } = createTestClock(world, { frozen_time: START });
    startAdvancing(world, id, START + DAY_SECONDS);
    await timekeeper.close();
    expect(clockNow(id)).toMatchObject({ status: 'advancing', frozen_time: START });
    moving = openMovingWorld(world.store);
    await waitFor('the clock', () => clockNow(id).status === 'ready');
    expect(clockNow(id)).toMatchObject({ frozen_time: START + DAY_SECONDS, status_details: {} });
  });

  test('whose due work fails says so, with where it was to arrive', async () => {
    const { world, timekeeper, events } = moving;
    const { id } = createTestClock(world, { frozen_time: START });
    const broken = subscribe(world, { payment_behavior: 'allow_incomplete' }, FAILING_CARD);
    world.store.save({ ...subscriptionNow(world, broken.id), created: START, latest_invoice: 'in_gone', test_clock: id });
    startAdvancing(world, id, START + DAY_SECONDS);
    timekeeper.wake();
    await waitFor('the failure', () => clockNow(id).status === 'internal_failure');
    expect(clockNow(id).status_details).toEqual({ advancing: { target_frozen_time: START + DAY_SECONDS } });
    expect(events().at(-1)).toMatchObject({ type: 'test_helpers.test_clock.internal_failure', data: { object: { id } } });
  });
});
