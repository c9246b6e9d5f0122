/** Money and times as a visitor reads them: in the browser's language and time zone unless a locale is given. */
import type { Money, Offering } from '../../../daemon/contract.ts';

/** `{amount: 6000, currency: 'usd'}` is "$60.00" to an American. */
export function formatMoney(money: Money, locale?: string): string {
  return new Intl.NumberFormat(locale, { style: 'currency', currency: money.currency }).format(majorUnits(money));
}

/** The price as the offer words it: "60 USD per month". */
export function priceText({ amount: money, interval }: Pick<Offering, 'amount' | 'interval'>): string {
  const digits = fractionDigits(money.currency);
  const number = new Intl.NumberFormat('en', { minimumFractionDigits: digits, trailingZeroDisplay: 'stripIfInteger' });
  return `${number.format(majorUnits(money))} ${money.currency.toUpperCase()} per ${interval}`;
}

/** An ISO 8601 time as a day: "November 20, 2026". */
export function formatDay(iso: string, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long' }).format(new Date(iso));
}

/** An ISO 8601 time as an appointment: "Friday, November 20, 2026, 3:00 PM GMT+1". */
export function formatAppointment(iso: string, locale?: string): string {
  return new Intl.DateTimeFormat(locale, {
    weekday: 'long',
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(new Date(iso));
}

function majorUnits({ amount, currency }: Money): number {
  return amount / 10 ** fractionDigits(currency);
}

function fractionDigits(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}
