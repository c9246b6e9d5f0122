/** What --since and --until take, and what is said of anything else. */
import { expect, test } from 'vitest';
import { secondsOf } from '../../../cli/event-filter.ts';
import { DAY, HOUR, START, TERMS } from '../../support/stripe-objects.ts';

test('an age, a day and a time are taken', async () => {
  expect(await secondsOf(2 * DAY, 'start', TERMS)).toBe(START - 2 * DAY);
  expect(await secondsOf('2026-01-15', 'end', TERMS)).toBe(START + 12 * HOUR);
  expect(await secondsOf('2026-01-15T13:00', 'start', TERMS)).toBe(START + HOUR);
});

test.each(['foo', '2 days', '1h30m', 'yesterday', '', '15 Jan', '2026-11'])('of %j all that could stand there is named', async (text) => {
  await expect(secondsOf(text, 'start', TERMS)).rejects.toMatchObject({
    kind: 'usage',
    message: `"${text}" is no age, day or time`,
    hint: 'say an age such as 2d, a day such as 2026-11-27, or a time such as 2026-11-27T15:00 (UTC)',
  });
});

test('what is wrong with a time that is nearly one is said as ever', async () => {
  await expect(secondsOf('2026-02-30', 'start', TERMS)).rejects.toMatchObject({ kind: 'usage', message: '2026-02-30 does not exist: there is no such day' });
  await expect(secondsOf('2026-01-15T25:00', 'start', TERMS)).rejects.toMatchObject({ kind: 'usage', message: '2026-01-15T25:00 does not exist: there is no such time of day' });
});
