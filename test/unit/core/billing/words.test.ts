import { describe, expect, test } from 'vitest';
import { day, dayAndTime, dayAndYear, dayYearAndTime, isoTime, money } from '../../../../core/billing/words.ts';

const seconds = (iso: string): number => Date.parse(iso) / 1000;

test.each([
  [6000, 'usd', '$60'],
  [6050, 'usd', '$60.50'],
  [5, 'usd', '$0.05'],
  [6000, 'jpy', '¥6,000'],
  [6000, 'eur', '€60'],
  [123456, 'eur', '€1,234.56'],
  // Stripe counts hundredths of these, whatever Intl writes.
  [60000, 'huf', 'HUF\u00a0600'],
  [60050, 'huf', 'HUF\u00a0600.50'],
  [60000, 'isk', 'ISK\u00a0600'],
  [60000, 'ugx', 'UGX\u00a0600'],
  [60000, 'lak', 'LAK\u00a0600'],
  [6000, 'krw', '₩6,000'],
  [6000, 'mga', 'MGA\u00a06,000'],
  [60500, 'kwd', 'KWD\u00a060.500'],
])('%d %s is written %s', (amount, currency, written) => {
  expect(money({ amount, currency })).toBe(written);
});

test('a time for programs is in UTC', () => {
  expect(isoTime(seconds('2026-11-20T15:00:00+01:00'))).toBe('2026-11-20T14:00:00.000Z');
});

describe('a time for people is in the owner’s time zone', () => {
  test.each([
    ['just before midnight', '2026-11-19T23:59:59Z', 'UTC', 'Thu 19 Nov 2026, 23:59'],
    ['just before midnight', '2026-11-19T23:59:59Z', 'Asia/Tokyo', 'Fri 20 Nov 2026, 08:59'],
    ['just before midnight', '2026-11-19T23:59:59Z', 'America/Los_Angeles', 'Thu 19 Nov 2026, 15:59'],
    ['just after midnight', '2026-11-20T00:00:00Z', 'America/Los_Angeles', 'Thu 19 Nov 2026, 16:00'],
    ['midnight itself', '2026-11-20T00:00:00Z', 'UTC', 'Fri 20 Nov 2026, 00:00'],
    ['at a month’s end', '2026-02-28T23:30:00Z', 'Europe/Berlin', 'Sun 1 Mar 2026, 00:30'],
    ['at a leap month’s end', '2028-02-29T23:30:00Z', 'America/Los_Angeles', 'Tue 29 Feb 2028, 15:30'],
    ['at a year’s end', '2026-12-31T23:30:00Z', 'Asia/Tokyo', 'Fri 1 Jan 2027, 08:30'],
    ['before the clocks go forward', '2026-03-29T00:59:00Z', 'Europe/Berlin', 'Sun 29 Mar 2026, 01:59'],
    ['after the clocks went forward', '2026-03-29T01:00:00Z', 'Europe/Berlin', 'Sun 29 Mar 2026, 03:00'],
    ['before the clocks go back', '2026-10-25T00:30:00Z', 'Europe/Berlin', 'Sun 25 Oct 2026, 02:30'],
    ['after the clocks went back', '2026-10-25T01:30:00Z', 'Europe/Berlin', 'Sun 25 Oct 2026, 02:30'],
    ['before the clocks go forward', '2026-03-08T09:59:00Z', 'America/Los_Angeles', 'Sun 8 Mar 2026, 01:59'],
    ['after the clocks went back', '2026-11-01T09:00:00Z', 'America/Los_Angeles', 'Sun 1 Nov 2026, 01:00'],
  ])('%s: %s in %s is %s', (_when, iso, timeZone, written) => {
    expect(dayYearAndTime(seconds(iso), { timeZone })).toBe(written);
  });

  test('as long as it is needed', () => {
    const at = seconds('2026-11-20T14:00:00Z');
    const zone = { timeZone: 'Europe/Berlin' };
    expect([day(at, zone), dayAndYear(at, zone), dayAndTime(at, zone)]).toEqual(['20 Nov', '20 Nov 2026', 'Fri 20 Nov, 15:00']);
  });

  test('a time that nobody told', () => {
    expect([day(null, { timeZone: 'UTC' }), dayAndYear(null, { timeZone: 'UTC' })]).toEqual(['an unknown day', 'an unknown day']);
  });
});
