/** By which key a price is found. */
import { expect, test } from 'vitest';
import { monthlyLookupKey, priceLookupKey, type Interval } from '../../../core/provisioned.ts';

test.each<[Interval, string]>([
  [{ interval: 'month' }, 'devchat_paircode_monthly_x'],
  [{ interval: 'month', interval_count: 1 }, 'devchat_paircode_monthly_x'],
  [{ interval: 'year' }, 'devchat_paircode_yearly_x'],
  [{ interval: 'week' }, 'devchat_paircode_weekly_x'],
  [{ interval: 'day' }, 'devchat_paircode_daily_x'],
  [{ interval: 'month', interval_count: 3 }, 'devchat_paircode_every_3_months_x'],
  [{ interval: 'year', interval_count: 2 }, 'devchat_paircode_every_2_years_x'],
])('%j', (interval, key) => {
  expect(priceLookupKey(interval, 'x')).toBe(key);
});

test('the daemon sells the monthly one', () => {
  expect(monthlyLookupKey('x')).toBe('devchat_paircode_monthly_x');
});
