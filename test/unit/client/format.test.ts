/** Money and times as visitors read them. */
import { expect, test } from 'vitest';
import { formatAppointment, formatDay, formatMoney, priceText } from '../../../client/src/lib/format.ts';

test.each([
  [6000, 'usd', '60 USD per month'],
  [6050, 'usd', '60.50 USD per month'],
  [120000, 'eur', '1,200 EUR per month'],
  [6000, 'jpy', '6,000 JPY per month'],
])('%i minor units of %s cost %s', (amount, currency, text) => {
  expect(priceText({ amount: { amount, currency }, interval: 'month' })).toBe(text);
});

test.each([
  [6000, 'usd', 'en-US', '$60.00'],
  [6000, 'usd', 'de-DE', '60,00\u00a0$'],
  [500, 'jpy', 'en-US', '¥500'],
])('%i minor units of %s in %s are %s', (amount, currency, locale, text) => {
  expect(formatMoney({ amount, currency }, locale)).toBe(text);
});

test('a day is written out in the reader\'s language', () => {
  expect(formatDay('2026-11-20T12:00:00Z', 'en-US')).toBe('November 20, 2026');
  expect(formatDay('2026-11-20T12:00:00Z', 'de-DE')).toBe('20. November 2026');
});

test('an appointment names weekday, day, time and zone', () => {
  expect(formatAppointment('2026-11-20T12:00:00Z', 'en-US')).toMatch(/^Friday, November 20, 2026 at \d{1,2}:00 [AP]M \S+/);
});
