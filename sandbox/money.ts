/** Money as a person reads it. */

/** A format is costly to make, and every invoice line says its amount. */
const formats = new Map<string, Intl.NumberFormat>();

/** An amount in minor units: `money(6000, 'usd')` is `$60.00`, `money(500, 'jpy')` is `¥500`. */
export function money(amount: number, currency: string): string {
  const format = formats.get(currency) ?? new Intl.NumberFormat('en-US', { style: 'currency', currency });
  formats.set(currency, format);
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 0));
}
