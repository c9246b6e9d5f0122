/** Times as the owner writes and reads them: ISO 8601, local to a time zone unless an offset is given. Pure. */
import { Temporal } from 'temporal-polyfill';
import { DevchatError } from '../errors.ts';

const DATE = String.raw`(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})`;
const TIME = String.raw`(?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.0+)?)?`;
const OFFSET = String.raw`(?<offset>Z|[+-]\d{2}:\d{2})`;
const DATE_ALONE = new RegExp(`^${DATE}$`);
const DATE_AND_TIME = new RegExp(`^${DATE}[T ]${TIME}${OFFSET}?$`);
const ANNOTATION = /\[.*\]$/;

const EXAMPLE = '2026-11-27T15:00';
const WITH_OFFSET = `${EXAMPLE}+01:00`;

/**
 * The seconds of "2026-11-27T15:00", "2026-11-27 15:00:00" or "2026-11-27T15:00+01:00"; without an offset it is local to `timeZone`, an
 * IANA name. Throws `usage` for what is no such text, and for times that the calendar or the zone's clocks do not have, or have twice.
 */
export function momentOf(text: string, timeZone: string): number {
  const parts = partsOf(text.trim(), timeZone);
  const local = existing(parts, text.trim());
  return parts.offset === undefined ? momentIn(timeZone, local) : momentAt(parts.offset, local);
}

/** Seconds as "2026-11-27 15:00", which `momentOf` reads; with the offset where the zone has that local time twice. */
export function localTime(seconds: number, timeZone: string): string {
  const zoned = Temporal.Instant.fromEpochMilliseconds(seconds * 1000).toZonedDateTimeISO(timeZone);
  const local = zoned.toPlainDateTime();
  return `${words(local)}${isSame(readings(local, timeZone)) ? '' : zoned.offset}`;
}

/** The seconds at which a day such as "2026-11-27" begins and ends in `timeZone`; undefined for what is no day alone. Throws `usage` for days that do not exist. */
export function dayOf(text: string, timeZone: string): { start: number; end: number } | undefined {
  if (!DATE_ALONE.test(text)) return undefined;
  const day = orRefuse(() => Temporal.PlainDate.from(text), `${text} does not exist: there is no such day`);
  return { start: secondsOf(day.toZonedDateTime(timeZone)), end: secondsOf(day.add({ days: 1 }).toZonedDateTime(timeZone)) };
}

type Parts = Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number> & { offset: string | undefined };

function partsOf(text: string, timeZone: string): Parts {
  if (ANNOTATION.test(text)) throw new DevchatError('usage', `"${text}" names a time zone`, `say the time local to ${timeZone}, or with an offset alone, such as ${WITH_OFFSET}`);
  if (DATE_ALONE.test(text)) throw new DevchatError('usage', `${text} is a day without a time`, `say ${text}T15:00`);
  const { groups } = DATE_AND_TIME.exec(text) ?? {};
  if (!groups) throw new DevchatError('usage', `"${text}" is not a date and time`, `say one such as ${EXAMPLE}, local to ${timeZone}, or ${WITH_OFFSET}`);
  const { year, month, day, hour, minute, second = 0, offset } = groups;
  return { year: Number(year), month: Number(month), day: Number(day), hour: Number(hour), minute: Number(minute), second: Number(second), offset };
}

function existing(parts: Parts, text: string): Temporal.PlainDateTime {
  const date = orRefuse(() => Temporal.PlainDate.from(parts, { overflow: 'reject' }), `${text} does not exist: there is no such day`);
  const time = orRefuse(() => Temporal.PlainTime.from(parts, { overflow: 'reject' }), `${text} does not exist: there is no such time of day`);
  return date.toPlainDateTime(time);
}

function momentAt(offset: string, local: Temporal.PlainDateTime): number {
  const zoned = orRefuse(() => local.toZonedDateTime(offset === 'Z' ? 'UTC' : offset), `no time zone has the offset ${offset}`);
  return secondsOf(zoned);
}

function momentIn(timeZone: string, local: Temporal.PlainDateTime): number {
  const both = readings(local, timeZone);
  if (isSame(both)) return secondsOf(both.earlier);
  const isTwice = both.earlier.toPlainDateTime().equals(local);
  throw isTwice ? twice(local, both, timeZone) : skipped(local, both, timeZone);
}

/** Where clocks change, a local time can be read in two ways: by the offset before the change, and by the one after it. */
interface Readings {
  earlier: Temporal.ZonedDateTime;
  later: Temporal.ZonedDateTime;
}

function readings(local: Temporal.PlainDateTime, timeZone: string): Readings {
  return { earlier: local.toZonedDateTime(timeZone, { disambiguation: 'earlier' }), later: local.toZonedDateTime(timeZone, { disambiguation: 'later' }) };
}

function isSame({ earlier, later }: Readings): boolean {
  return earlier.epochMilliseconds === later.epochMilliseconds;
}

function twice(local: Temporal.PlainDateTime, { earlier, later }: Readings, timeZone: string): DevchatError {
  const [first, second] = [earlier, later].map(({ offset }) => `${words(local, 'T')}${offset}`);
  return new DevchatError('usage', `${words(local)} happens twice in ${timeZone}, where clocks go back`, `say ${first} or ${second}`);
}

function skipped(local: Temporal.PlainDateTime, { earlier, later }: Readings, timeZone: string): DevchatError {
  const change = earlier.getTimeZoneTransition('next') ?? later;
  const to = change.toPlainDateTime();
  const from = to.subtract({ nanoseconds: later.offsetNanoseconds - earlier.offsetNanoseconds });
  const [before, after] = [from, to].map((each) => (from.toPlainDate().equals(to.toPlainDate()) ? words(each).slice(-'15:00'.length) : words(each)));
  return new DevchatError('usage', `${words(local)} does not exist in ${timeZone}: clocks go from ${before} to ${after}`, 'say a time before or after that');
}

function words(local: Temporal.PlainDateTime, between = ' '): string {
  return local.toString({ smallestUnit: local.second === 0 ? 'minute' : 'second' }).replace('T', between);
}

function secondsOf(zoned: Temporal.ZonedDateTime): number {
  return zoned.epochMilliseconds / 1000;
}

function orRefuse<T>(read: () => T, message: string): T {
  try {
    return read();
  } catch {
    throw new DevchatError('usage', message, `say one such as ${EXAMPLE}, or ${WITH_OFFSET}`);
  }
}
