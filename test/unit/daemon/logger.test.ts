import { expect, test } from 'vitest';
import { createLogger } from '../../../daemon/logger.ts';

function written(plain: boolean): { lines: string[]; logger: ReturnType<typeof createLogger> } {
  const lines: string[] = [];
  return { lines, logger: createLogger({ plain, write: (line) => lines.push(line) }) };
}

test('for machines: one JSON object a line, with the time', () => {
  const { lines, logger } = written(false);
  logger.info({ id: 'evt_1' }, 'webhook');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([{ level: 30, time: expect.stringMatching(/^\d{4}-.*Z$/) as string, id: 'evt_1', msg: 'webhook' }]);
});

test('for people: the time of day, what happened and the facts', () => {
  const { lines, logger } = written(true);
  logger.info({ type: 'invoice.paid', id: 'evt_1' }, 'webhook');
  logger.warn({ subscription: 'sub_1' }, 'Stripe could not be asked');
  logger.error({}, 'request failed');
  expect(lines.map((line) => line.replace(/^\d\d:\d\d:\d\d {2}/, ''))).toEqual([
    'webhook  invoice.paid  evt_1\n',
    'warning: Stripe could not be asked  sub_1\n',
    'error: request failed  \n',
  ]);
});
