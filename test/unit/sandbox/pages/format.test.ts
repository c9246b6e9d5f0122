import { expect, test } from 'vitest';
import type { PaymentMethod, Price } from '../../../../sandbox/billing/shapes.ts';
import { cardExpiry, cardLabel, dayCount, longDate, money, perInterval, shortDate } from '../../../../sandbox/pages/format.ts';

test.each([
  [6000, 'usd', '$60.00'],
  [0, 'usd', '$0.00'],
  [123456789, 'eur', '€1,234,567.89'],
  [500, 'jpy', '¥500'],
])('%i in minor units of %s is %s', (amount, currency, text) => {
  expect(money(amount, currency)).toBe(text);
});

test('dates are those of UTC', () => {
  const lastSecondOfTheYear = Date.UTC(2026, 11, 31, 23, 59, 59) / 1000;
  expect([longDate(lastSecondOfTheYear), shortDate(lastSecondOfTheYear)]).toEqual(['December 31, 2026', 'Dec 31, 2026']);
});

test.each([
  [{ interval: 'month', interval_count: 1 }, 'per month'],
  [{ interval: 'month', interval_count: 3 }, 'every 3 months'],
  [{ interval: 'year', interval_count: 1 }, 'per year'],
])('%o is %s', (recurring, text) => {
  expect(perInterval({ recurring } as Price)).toBe(text);
});

test('a trial of one day is no trial of 1 days', () => {
  expect([dayCount(1), dayCount(3)]).toEqual(['1 day', '3 days']);
});

test.each([
  [{ brand: 'visa', last4: '4242', exp_month: 1, exp_year: 2034 }, 'Visa •••• 4242', '01/2034'],
  [{ brand: 'cartes_bancaires', last4: '1001', exp_month: 12, exp_year: 2030 }, 'Card •••• 1001', '12/2030'],
])('a card reads as a person says it', (card, label, expiry) => {
  const method = { card } as PaymentMethod;
  expect([cardLabel(method), cardExpiry(method)]).toEqual([label, expiry]);
});
