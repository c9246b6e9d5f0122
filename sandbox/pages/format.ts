/** Stripe's numbers as a person reads them: money, dates, billing intervals, card brands. */

const BRANDS: Readonly<Record<string, string>> = {
  amex: 'American Express',
  diners: 'Diners Club',
  discover: 'Discover',
  jcb: 'JCB',
  mastercard: 'Mastercard',
  unionpay: 'UnionPay',
  visa: 'Visa',
};

/** An amount in minor units: `money(6000, 'usd')` is `$60.00`, `money(500, 'jpy')` is `¥500`. */
export function money(amount: number, currency: string): string {
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency });
  const fractionDigits = format.resolvedOptions().maximumFractionDigits ?? 0;
  return format.format(amount / 10 ** fractionDigits);
}

/** `month` for every month, `3 months` for every third. */
export function intervalName(interval: string, count: number): string {
  return count === 1 ? interval : `${count} ${interval}s`;
}

/** `$60.00 per month`. */
export function pricePerInterval(amount: number, currency: string, interval: string, count: number): string {
  return `${money(amount, currency)} per ${intervalName(interval, count)}`;
}

/** Whole seconds since 1970 as `December 5, 2026`, in UTC as Stripe bills. */
export function longDate(seconds: number): string {
  return formatDate(seconds, 'long');
}

/** Whole seconds since 1970 as `Dec 5, 2026`. */
export function shortDate(seconds: number): string {
  return formatDate(seconds, 'short');
}

export function brandName(brand: string): string {
  return BRANDS[brand] ?? 'Card';
}

/** `12/2034`. */
export function expiryDate(month: number, year: number): string {
  return `${String(month).padStart(2, '0')}/${year}`;
}

/** `1 day`, `3 days`. */
export function dayCount(days: number): string {
  return days === 1 ? '1 day' : `${days} days`;
}

function formatDate(seconds: number, month: 'long' | 'short'): string {
  return new Intl.DateTimeFormat('en-US', { day: 'numeric', month, year: 'numeric', timeZone: 'UTC' }).format(seconds * 1000);
}
