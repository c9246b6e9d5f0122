import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { localTime, momentOf } from '../../../../core/sessions/local-time.ts';
import type { DevchatError } from '../../../../core/errors.ts';

const seconds = (iso: string) => Date.parse(iso) / 1000;

/** What is said instead of a moment. */
function refusal(text: string, timeZone: string): Pick<DevchatError, 'kind' | 'message' | 'hint'> {
  try {
    return { kind: 'failed', message: `taken for ${momentOf(text, timeZone)}`, hint: undefined };
  } catch (error) {
    const { kind, message, hint } = error as DevchatError;
    return { kind, message, hint };
  }
}

describe('a date and time', () => {
  test.each([
    ['2026-11-27T15:00', 'Europe/Berlin', '2026-11-27T14:00:00Z'],
    ['2026-11-27 15:00', 'Europe/Berlin', '2026-11-27T14:00:00Z'],
    [' 2026-07-01T15:00:30 ', 'Europe/Berlin', '2026-07-01T13:00:30Z'],
    ['2026-11-27T15:00', 'Asia/Kolkata', '2026-11-27T09:30:00Z'],
    ['2026-11-27T15:00', 'UTC', '2026-11-27T15:00:00Z'],
    ['2024-02-29T00:00', 'America/Sao_Paulo', '2024-02-29T03:00:00Z'],
    ['2026-11-27T15:00Z', 'Asia/Kolkata', '2026-11-27T15:00:00Z'],
    ['2026-11-27T15:00+05:30', 'Europe/Berlin', '2026-11-27T09:30:00Z'],
    ['2026-11-27 15:00:00.000Z', 'Europe/Berlin', '2026-11-27T15:00:00Z'],
    ['2026-10-25T02:30+02:00', 'Europe/Berlin', '2026-10-25T00:30:00Z'],
    ['2026-10-25T02:30+01:00', 'Europe/Berlin', '2026-10-25T01:30:00Z'],
    ['2011-12-31T00:00', 'Pacific/Apia', '2011-12-30T10:00:00Z'],
  ])('%s in %s is %s', (text, timeZone, moment) => {
    expect(momentOf(text, timeZone)).toBe(seconds(moment));
  });
});

describe('refused, with the reason and what to say instead', () => {
  const INSTEAD = 'say one such as 2026-11-27T15:00, or 2026-11-27T15:00+01:00';

  test.each(['', 'tomorrow', '27.11.2026 15:00', '2026-11-27T15', '2026-11-27T15:00:00.5', '99999-01-01T15:00', '+002026-11-27T15:00', '2026-1-1T15:00', '2026-11-27T15:00+1', '2026-11-27  15:00'])('"%s" is none', (text) => {
    expect(refusal(text, 'UTC')).toEqual({ kind: 'usage', message: `"${text}" is not a date and time`, hint: 'say one such as 2026-11-27T15:00, local to UTC, or 2026-11-27T15:00+01:00' });
  });

  test('a day alone', () => {
    expect(refusal('2026-11-27', 'UTC')).toEqual({ kind: 'usage', message: '2026-11-27 is a day without a time', hint: 'say 2026-11-27T15:00' });
  });

  test.each(['2026-02-30T15:00', '2027-02-29T15:00', '2026-13-01T15:00', '2026-00-10T15:00', '2026-04-31T15:00Z'])('no such day: %s', (text) => {
    expect(refusal(text, 'UTC')).toEqual({ kind: 'usage', message: `${text} does not exist: there is no such day`, hint: INSTEAD });
  });

  test.each(['2026-11-27T24:30', '2026-11-27T24:00', '2026-11-27T15:60', '2026-11-27T23:59:60'])('no such time of day: %s', (text) => {
    expect(refusal(text, 'UTC')).toEqual({ kind: 'usage', message: `${text} does not exist: there is no such time of day`, hint: INSTEAD });
  });

  test('no such offset', () => {
    expect(refusal('2026-11-27T15:00+25:00', 'UTC')).toEqual({ kind: 'usage', message: 'no time zone has the offset +25:00', hint: INSTEAD });
  });

  test.each(['2026-11-27T15:00+01:00[Europe/Berlin]', '2026-11-27T15:00[Europe/Berlin]'])('a time zone by name: %s', (text) => {
    expect(refusal(text, 'UTC')).toEqual({ kind: 'usage', message: `"${text}" names a time zone`, hint: 'say the time local to UTC, or with an offset alone, such as 2026-11-27T15:00+01:00' });
  });

  test.each([
    ['2027-03-28T02:30', 'Europe/Berlin', '2027-03-28 02:30 does not exist in Europe/Berlin: clocks go from 02:00 to 03:00'],
    ['2027-03-28 02:00:00', 'Europe/Berlin', '2027-03-28 02:00 does not exist in Europe/Berlin: clocks go from 02:00 to 03:00'],
    ['2026-10-04T02:15', 'Australia/Lord_Howe', '2026-10-04 02:15 does not exist in Australia/Lord_Howe: clocks go from 02:00 to 02:30'],
    ['2018-11-04T00:30', 'America/Sao_Paulo', '2018-11-04 00:30 does not exist in America/Sao_Paulo: clocks go from 00:00 to 01:00'],
    ['2011-12-30T10:00', 'Pacific/Apia', '2011-12-30 10:00 does not exist in Pacific/Apia: clocks go from 2011-12-30 00:00 to 2011-12-31 00:00'],
  ])('clocks go forward: %s in %s', (text, timeZone, message) => {
    expect(refusal(text, timeZone)).toEqual({ kind: 'usage', message, hint: 'say a time before or after that' });
  });

  test.each([
    ['2026-10-25 02:30', 'Europe/Berlin', '2026-10-25 02:30', '2026-10-25T02:30+02:00 or 2026-10-25T02:30+01:00'],
    ['2026-10-25T02:59:59', 'Europe/Berlin', '2026-10-25 02:59:59', '2026-10-25T02:59:59+02:00 or 2026-10-25T02:59:59+01:00'],
    ['2026-04-05T01:45', 'Australia/Lord_Howe', '2026-04-05 01:45', '2026-04-05T01:45+11:00 or 2026-04-05T01:45+10:30'],
    ['2018-02-17T23:30', 'America/Sao_Paulo', '2018-02-17 23:30', '2018-02-17T23:30-02:00 or 2018-02-17T23:30-03:00'],
  ])('clocks go back: %s in %s', (text, timeZone, time, both) => {
    expect(refusal(text, timeZone)).toEqual({ kind: 'usage', message: `${time} happens twice in ${timeZone}, where clocks go back`, hint: `say ${both}` });
  });
});

describe('the local time of a moment', () => {
  test.each([
    ['2026-11-27T14:00:00Z', 'Europe/Berlin', '2026-11-27 15:00'],
    ['2026-11-27T14:00:30Z', 'Europe/Berlin', '2026-11-27 15:00:30'],
    ['2026-11-27T20:30:00Z', 'Asia/Kolkata', '2026-11-28 02:00'],
    ['2026-10-25T00:30:00Z', 'Europe/Berlin', '2026-10-25 02:30+02:00'],
    ['2026-10-25T01:30:00Z', 'Europe/Berlin', '2026-10-25 02:30+01:00'],
    ['2026-10-25T02:00:00Z', 'Europe/Berlin', '2026-10-25 03:00'],
    ['2027-03-28T01:00:00Z', 'Europe/Berlin', '2027-03-28 03:00'],
  ])('%s in %s is %s', (moment, timeZone, text) => {
    expect(localTime(seconds(moment), timeZone)).toBe(text);
  });
});

describe('laws', () => {
  const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'America/Sao_Paulo', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Apia', 'Pacific/Chatham', 'Africa/Casablanca'];
  const anyZone = fc.constantFrom(...ZONES);
  const aYear = fc.integer({ min: seconds('1975-01-01T00:00:00Z'), max: seconds('2100-01-01T00:00:00Z') });
  /** Half of them within hours of a change of clocks. */
  const aChange = fc.constantFrom('2011-12-30T10:00:00Z', '2018-02-18T02:00:00Z', '2026-03-29T01:00:00Z', '2026-10-25T01:00:00Z', '2026-04-04T15:00:00Z', '2026-10-03T15:30:00Z');
  const anyMoment = fc.oneof(aYear, fc.tuple(aChange, fc.integer({ min: -9_000, max: 9_000 })).map(([change, away]) => seconds(change) + away));

  test('what is written of a moment is read as that moment', () => {
    fc.assert(fc.property(anyMoment, anyZone, (moment, timeZone) => momentOf(localTime(moment, timeZone), timeZone) === moment));
  });

  test('without its offset, it is that moment or refused as happening twice; never another', () => {
    fc.assert(
      fc.property(anyMoment, anyZone, (moment, timeZone) => {
        const [, local = '', offset] = /^(.{16}(?::\d\d)?)([+-].*)?$/.exec(localTime(moment, timeZone)) ?? [];
        if (offset === undefined) expect(momentOf(local, timeZone)).toBe(moment);
        else expect(refusal(local, timeZone).hint).toContain(`${local.replace(' ', 'T')}${offset}`);
      }),
    );
  });

  test('an offset is exact in every zone', () => {
    fc.assert(
      fc.property(anyMoment, anyZone, fc.integer({ min: -14 * 60, max: 14 * 60 }), (moment, timeZone, minutes) => {
        const text = new Date((moment + minutes * 60) * 1000).toISOString().slice(0, 19);
        const part = (number: number) => String(Math.floor(number)).padStart(2, '0');
        const offset = `${minutes < 0 ? '-' : '+'}${part(Math.abs(minutes) / 60)}:${part(Math.abs(minutes) % 60)}`;
        expect(momentOf(`${text}${offset}`, timeZone)).toBe(moment);
      }),
    );
  });
});
