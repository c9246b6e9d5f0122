/** Money and times in words: as people read them, and as JSON holds them. */
import type { Rules } from './policy.ts';
import type { Money } from './views.ts';

type Zone = Pick<Rules, 'timeZone'>;

/** Stripe's seconds as ISO 8601 in UTC. */
export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

/** How many decimals Stripe counts in, where not two; Intl differs for some: https://docs.stripe.com/currencies#zero-decimal */
const DECIMALS: ReadonlyArray<readonly [decimals: number, currencies: readonly string[]]> = [
  [0, ['bif', 'clp', 'djf', 'gnf', 'jpy', 'kmf', 'krw', 'mga', 'pyg', 'rwf', 'vnd', 'vuv', 'xaf', 'xof', 'xpf']],
  [3, ['bhd', 'jod', 'kwd', 'omr', 'tnd']],
];

/** An amount in minor units as people write it: "$60", "$60.50". */
export function money({ amount, currency }: Money): string {
  const [decimals] = DECIMALS.find(([, currencies]) => currencies.includes(currency)) ?? [2];
  const shown = { minimumFractionDigits: decimals, maximumFractionDigits: decimals, trailingZeroDisplay: 'stripIfInteger' } as const;
  const format = once(`money ${currency}`, () => new Intl.NumberFormat('en-US', { style: 'currency', currency, ...shown }));
  return format.format(amount / 10 ** decimals);
}

/** Stripe's seconds as "20 Nov" in the owner's time zone. */
export function day(seconds: number | null, zone: Zone): string {
  return date(seconds, { day: 'numeric', month: 'short' }, zone);
}

/** The same as "20 Nov 2026". */
export function dayAndYear(seconds: number | null, zone: Zone): string {
  return date(seconds, { day: 'numeric', month: 'short', year: 'numeric' }, zone);
}

/** The same as "Nov". */
export function month(seconds: number, zone: Zone): string {
  return date(seconds, { month: 'short' }, zone);
}

/** The same as "Fri 20 Nov, 15:00". */
export function dayAndTime(seconds: number, zone: Zone): string {
  return `${weekday(seconds, zone)} ${day(seconds, zone)}, ${timeOfDay(seconds, zone)}`;
}

/** The same as "Fri 20 Nov 2026, 15:00". */
export function dayYearAndTime(seconds: number, zone: Zone): string {
  return `${weekday(seconds, zone)} ${dayAndYear(seconds, zone)}, ${timeOfDay(seconds, zone)}`;
}

function weekday(seconds: number, zone: Zone): string {
  return date(seconds, { weekday: 'short' }, zone);
}

function timeOfDay(seconds: number, zone: Zone): string {
  return date(seconds, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, zone);
}

function date(seconds: number | null | undefined, shown: Intl.DateTimeFormatOptions, { timeZone }: Zone): string {
  if (seconds == null) return 'an unknown day';
  const format = once(`${timeZone} ${JSON.stringify(shown)}`, () => new Intl.DateTimeFormat('en-GB', { ...shown, timeZone }));
  return format.format(seconds * 1000);
}

/** A formatter takes a hundred times as long to make as to use, and there are few. */
const FORMATTERS = new Map<string, unknown>();

function once<T>(name: string, make: () => T): T {
  if (!FORMATTERS.has(name)) FORMATTERS.set(name, make());
  return FORMATTERS.get(name) as T;
}
