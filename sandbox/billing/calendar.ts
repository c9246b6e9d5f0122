/** Billing periods on the calendar, in whole seconds of UTC. */

export type Interval = 'day' | 'week' | 'month' | 'year';

export const HOUR_SECONDS = 3600;
export const DAY_SECONDS = 24 * HOUR_SECONDS;

const MONTHS = { month: 1, year: 12 } as const;
const DAYS = { day: 1, week: 7 } as const;

/**
 * The moment `count` intervals after `anchor`. Months keep the anchor's day; a month without it ends on its last day
 * (January 31, February 28, March 31), so always count from the anchor and never from the last period's end.
 * @see https://docs.stripe.com/billing/subscriptions/billing-cycle
 */
export function addIntervals(anchor: number, interval: Interval, count: number): number {
  if (interval === 'day' || interval === 'week') return anchor + DAYS[interval] * count * DAY_SECONDS;
  return addMonths(anchor, MONTHS[interval] * count);
}

function addMonths(anchor: number, months: number): number {
  const date = new Date(anchor * 1000);
  const month = date.getUTCMonth() + months;
  const day = Math.min(date.getUTCDate(), lastDayOf(date.getUTCFullYear(), month));
  const timeOfDay = date.getTime() - Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  return (Date.UTC(date.getUTCFullYear(), month, day) + timeOfDay) / 1000;
}

function lastDayOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
}

/** The end of the period that begins at `start`, for a cycle of `intervalCount` intervals anchored at `anchor`. */
export function periodEnd(anchor: number, interval: Interval, intervalCount: number, start: number): number {
  return wholePeriod(anchor, interval, intervalCount, start).end;
}

/** The period of such a cycle that `moment` lies in; the anchor may be later. */
export function wholePeriod(anchor: number, interval: Interval, intervalCount: number, moment: number): { start: number; end: number } {
  const turn = (cycles: number): number => addIntervals(anchor, interval, intervalCount * cycles);
  let cycles = 0;
  while (turn(cycles + 1) <= moment) cycles += 1;
  while (turn(cycles) > moment) cycles -= 1;
  return { start: turn(cycles), end: turn(cycles + 1) };
}
