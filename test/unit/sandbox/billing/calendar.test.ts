import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addIntervals, periodEnd, type Interval } from '../../../../sandbox/billing/calendar.ts';

function seconds(text: string): number {
  return Date.parse(text) / 1000;
}

test.each([
  ['2026-01-15T12:00:00Z', 'month', 1, '2026-02-15T12:00:00Z'],
  ['2026-01-31T12:00:00Z', 'month', 1, '2026-02-28T12:00:00Z'],
  ['2026-01-31T12:00:00Z', 'month', 2, '2026-03-31T12:00:00Z'],
  ['2028-01-31T00:00:00Z', 'month', 1, '2028-02-29T00:00:00Z'],
  ['2028-02-29T00:00:00Z', 'year', 1, '2029-02-28T00:00:00Z'],
  ['2028-02-29T00:00:00Z', 'year', 4, '2032-02-29T00:00:00Z'],
  ['2026-12-31T23:59:59Z', 'month', 2, '2027-02-28T23:59:59Z'],
  ['2026-03-28T01:30:00Z', 'day', 2, '2026-03-30T01:30:00Z'],
  ['2026-12-30T00:00:00Z', 'week', 1, '2027-01-06T00:00:00Z'],
] as const)('%s and %s × %i is %s', (anchor, interval, count, expected) => {
  expect(addIntervals(seconds(anchor), interval, count)).toBe(seconds(expected));
});

const anchors = fc.integer({ min: seconds('2020-01-01T00:00:00Z'), max: seconds('2040-01-01T00:00:00Z') });

test('a month later keeps the time of day, and the day or the last one of its month', () => {
  fc.assert(
    fc.property(anchors, fc.integer({ min: 1, max: 240 }), (anchor, months) => {
      const [from, to] = [new Date(anchor * 1000), new Date(addIntervals(anchor, 'month', months) * 1000)];
      expect(to.toISOString().slice(11)).toBe(from.toISOString().slice(11));
      expect((to.getUTCMonth() - from.getUTCMonth() + 240) % 12).toBe(months % 12);
      const nextDay = new Date(to.getTime() + 24 * 3600 * 1000);
      expect(to.getUTCDate() === from.getUTCDate() || nextDay.getUTCDate() === 1).toBe(true);
    }),
  );
});

test('periods follow one another without a gap and never lose the anchor', () => {
  const intervals = fc.constantFrom<Interval>('day', 'week', 'month', 'year');
  fc.assert(
    fc.property(anchors, intervals, fc.integer({ min: 1, max: 6 }), (anchor, interval, every) => {
      let start = anchor;
      for (let cycle = 1; cycle <= 15; cycle += 1) {
        start = periodEnd(anchor, interval, every, start);
        expect(start).toBe(addIntervals(anchor, interval, every * cycle));
      }
    }),
  );
});
