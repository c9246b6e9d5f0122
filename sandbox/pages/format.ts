/** Stripe's numbers as a person reads them: money, dates, billing intervals, cards. */
import type { PaymentMethod, Price } from '../billing/shapes.ts';

export { money } from '../money.ts';

const BRANDS: Readonly<Record<string, string>> = {
  amex: 'American Express',
  discover: 'Discover',
  mastercard: 'Mastercard',
  visa: 'Visa',
};

/** What an amount buys: `per month`, `every 3 months`. */
export function perInterval({ recurring }: Pick<Price, 'recurring'>): string {
  const { interval, interval_count: count } = recurring ?? { interval: 'month', interval_count: 1 };
  return count === 1 ? `per ${interval}` : `every ${count} ${interval}s`;
}

const ADVERBS = { day: 'daily', week: 'weekly', month: 'monthly', year: 'yearly' } as const;

/** `monthly`, `every 3 months`. */
export function howOften(price: Pick<Price, 'recurring'>): string {
  const { interval, interval_count } = price.recurring ?? { interval: 'month', interval_count: 1 };
  return interval_count === 1 ? ADVERBS[interval] : perInterval(price);
}

/** Whole seconds since 1970 as `December 5, 2026`, in UTC as Stripe bills. */
export function longDate(seconds: number): string {
  return formatDate(seconds, 'long');
}

/** Whole seconds since 1970 as `Dec 5, 2026`. */
export function shortDate(seconds: number): string {
  return formatDate(seconds, 'short');
}

function formatDate(seconds: number, month: 'long' | 'short'): string {
  const format = new Intl.DateTimeFormat('en-US', { day: 'numeric', month, year: 'numeric', timeZone: 'UTC' });
  return format.format(seconds * 1000);
}

/** `1 day`, `3 days`. */
export function dayCount(days: number): string {
  return days === 1 ? '1 day' : `${days} days`;
}

/** `Visa •••• 4242`. */
export function cardLabel({ card }: PaymentMethod): string {
  return card === undefined ? 'Payment method' : `${BRANDS[card.brand] ?? 'Card'} •••• ${card.last4 ?? ''}`;
}

/** `12/2034`. */
export function cardExpiry({ card }: PaymentMethod): string {
  return card === undefined ? '' : `${String(card.exp_month).padStart(2, '0')}/${card.exp_year}`;
}
