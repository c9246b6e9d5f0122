import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { billingPeriodAt } from '../../../../core/sessions/billing-period.ts';
import { wholePeriod, type Interval } from '../../../../sandbox/billing/calendar.ts';
import { DAY, START, subscription } from '../../../support/stripe-objects.ts';

const seconds = (iso: string): number => Date.parse(iso) / 1000;

interface Cycle {
  anchor: number | undefined;
  interval?: Interval;
  every?: number;
  period: { start: number; end: number };
}

function subscribed({ anchor, interval = 'month', every = 1, period }: Cycle) {
  const subscribedSince = subscription({ billing_cycle_anchor: anchor, period });
  subscribedSince.items.data[0]!.price.recurring = { interval, interval_count: every } as never;
  return subscribedSince;
}

function periodAt(cycle: Cycle, iso: string): [string, string] {
  const { start, end } = billingPeriodAt(subscribed(cycle), seconds(iso));
  return [utc(start), utc(end)];
}

const utc = (at: number): string => new Date(at * 1000).toISOString().replace('T12:00:00.000Z', ' noon');

test('an interval that every object inherits counts as months, and one that is not counted is one', () => {
  const at = { start: seconds('2026-01-15T12:00:00Z'), end: seconds('2026-02-15T12:00:00Z') };
  expect(periodAt({ anchor: at.start, interval: 'constructor' as never, every: null as never, period: at }, '2026-03-01T12:00:00Z')).toEqual(['2026-02-15 noon', '2026-03-15 noon']);
});

describe('a subscription that began at noon of 31 January', () => {
  const cycle: Cycle = { anchor: seconds('2026-01-31T12:00:00Z'), period: { start: seconds('2026-01-31T12:00:00Z'), end: seconds('2026-02-28T12:00:00Z') } };

  test.each([
    ['2026-01-31T12:00:00Z', '2026-01-31 noon', '2026-02-28 noon'],
    ['2026-02-28T11:59:59Z', '2026-01-31 noon', '2026-02-28 noon'],
    ['2026-02-28T12:00:00Z', '2026-02-28 noon', '2026-03-31 noon'],
    ['2026-03-31T11:59:59Z', '2026-02-28 noon', '2026-03-31 noon'],
    ['2026-03-31T12:00:00Z', '2026-03-31 noon', '2026-04-30 noon'],
    ['2026-05-15T00:00:00Z', '2026-04-30 noon', '2026-05-31 noon'],
    ['2026-12-31T12:00:00Z', '2026-12-31 noon', '2027-01-31 noon'],
    ['2028-02-29T12:00:00Z', '2028-02-29 noon', '2028-03-31 noon'],
  ])('%s lies between %s and %s', (iso, start, end) => {
    expect(periodAt(cycle, iso)).toEqual([start, end]);
  });
});

describe('other intervals', () => {
  const began = seconds('2026-01-15T12:00:00Z');

  test.each<[string, Interval, number, string, string, string]>([
    ['3-monthly', 'month', 3, '2026-08-01T00:00:00Z', '2026-07-15 noon', '2026-10-15 noon'],
    ['yearly', 'year', 1, '2027-01-15T11:59:59Z', '2026-01-15 noon', '2027-01-15 noon'],
    ['yearly', 'year', 1, '2027-01-15T12:00:00Z', '2027-01-15 noon', '2028-01-15 noon'],
    ['weekly', 'week', 1, '2026-03-29T03:00:00Z', '2026-03-26 noon', '2026-04-02 noon'],
    ['fortnightly', 'week', 2, '2026-02-12T12:00:00Z', '2026-02-12 noon', '2026-02-26 noon'],
    ['daily', 'day', 1, '2026-12-31T12:00:00Z', '2026-12-31 noon', '2027-01-01 noon'],
  ])('%s', (_what, interval, every, iso, start, end) => {
    const period = wholePeriod(began, interval, every, began);
    expect(periodAt({ anchor: began, interval, every, period }, iso)).toEqual([start, end]);
  });

  test('yearly from a 29 February', () => {
    const leap = seconds('2028-02-29T12:00:00Z');
    const cycle: Cycle = { anchor: leap, interval: 'year', period: { start: leap, end: seconds('2029-02-28T12:00:00Z') } };
    expect(periodAt(cycle, '2029-03-01T00:00:00Z')).toEqual(['2029-02-28 noon', '2030-02-28 noon']);
    expect(periodAt(cycle, '2032-02-29T12:00:00Z')).toEqual(['2032-02-29 noon', '2033-02-28 noon']);
  });
});

describe('the trial', () => {
  const trialEnd = START + 3 * DAY;
  const cycle: Cycle = { anchor: trialEnd, period: { start: START, end: trialEnd } };

  test.each([
    ['2026-01-18T11:59:59Z', '2026-01-15 noon', '2026-01-18 noon'],
    ['2026-01-18T12:00:00Z', '2026-01-18 noon', '2026-02-18 noon'],
  ])('is a period of its own: %s lies between %s and %s', (iso, start, end) => {
    expect(periodAt(cycle, iso)).toEqual([start, end]);
  });
});

test('a first period that only leads up to the anchor', () => {
  const cycle: Cycle = { anchor: seconds('2026-02-01T12:00:00Z'), period: { start: START, end: START + 3 * DAY } };
  expect(periodAt(cycle, '2026-01-20T00:00:00Z')).toEqual(['2026-01-18 noon', '2026-02-01 noon']);
});

test('without an anchor the present period’s end is one', () => {
  const cycle: Cycle = { anchor: undefined, period: { start: START, end: START + 31 * DAY } };
  expect(periodAt(cycle, '2026-03-01T00:00:00Z')).toEqual(['2026-02-15 noon', '2026-03-15 noon']);
});

test('a subscription to nothing is one period', () => {
  const empty = subscription();
  empty.items.data = [];
  expect(billingPeriodAt(empty, START)).toEqual({ start: empty.created, end: Infinity });
});

test('a moment in the year 9999 is found at once, even by the day', () => {
  const began = performance.now();
  expect(periodAt({ anchor: START, interval: 'day', period: { start: START, end: START + DAY } }, '9999-12-31T13:00:00Z')).toEqual(['9999-12-31 noon', '+010000-01-01 noon']);
  expect(performance.now() - began).toBeLessThan(1000);
});

describe('whatever is billed', () => {
  const cycles = fc.record({
    anchor: fc.integer({ min: seconds('2020-01-01T00:00:00Z'), max: seconds('2032-12-31T23:59:59Z') }),
    interval: fc.constantFrom<Interval>('day', 'week', 'month', 'year'),
    every: fc.integer({ min: 1, max: 12 }),
    passed: fc.integer({ min: 0, max: 10 * 366 * DAY }),
    ahead: fc.integer({ min: 0, max: 10 * 366 * DAY }),
  });

  test('a moment lies in its period, which is the one that the sandbox bills', () => {
    fc.assert(
      fc.property(cycles, ({ anchor, interval, every, passed, ahead }) => {
        const present = wholePeriod(anchor, interval, every, anchor + passed);
        const moment = present.start + ahead;
        const period = billingPeriodAt(subscribed({ anchor, interval, every, period: present }), moment);
        expect(period).toEqual(wholePeriod(anchor, interval, every, moment));
        expect(period.start <= moment && moment < period.end).toBe(true);
      }),
    );
  });

  test('periods follow one another without a gap or an overlap, the trial’s too', () => {
    fc.assert(
      fc.property(cycles, fc.integer({ min: 1, max: 60 }), ({ anchor, interval, every }, trialDays) => {
        const cycle = subscribed({ anchor, interval, every, period: { start: anchor - trialDays * DAY, end: anchor } });
        let period = billingPeriodAt(cycle, anchor - 1);
        expect(period.end).toBe(anchor);
        for (let turn = 0; turn < 14; turn += 1) {
          const next = billingPeriodAt(cycle, period.end);
          expect(next.start).toBe(period.end);
          expect(billingPeriodAt(cycle, next.end - 1)).toEqual(next);
          period = next;
        }
      }),
    );
  });
});
