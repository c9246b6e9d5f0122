/** How often a task that fails is tried again: by what was answered, and by how often it was. */
import Stripe from 'stripe';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DevchatError } from '../../../core/errors.ts';
import { createLogger } from '../../../daemon/logger.ts';
import { Tasks } from '../../../daemon/tasks.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const { StripeInvalidRequestError, StripeConnectionError } = Stripe.errors;

const refused = new StripeInvalidRequestError({ type: 'invalid_request_error', statusCode: 400, message: 'It cannot be shown.' } as never);
const unreadable = new DevchatError('failed', 'what Stripe answers about sub_1 cannot be read: it is not a whole subscription');
const unreachable = new StripeConnectionError({ type: 'api_error', message: 'nobody there' } as never);

let tasks: Tasks;
let log: string[];
let tries: number;
let answer: Error | undefined;

beforeEach(async () => {
  vi.useFakeTimers();
  [log, tries] = [[], 0];
  const settle = (): Promise<void> => {
    tries += 1;
    return answer ? Promise.reject(answer) : Promise.resolve();
  };
  const open = (): Promise<string[]> => Promise.resolve(answer ? ['sub_1'] : []);
  tasks = new Tasks({ failed: 'Stripe could not be asked', open, settle }, createLogger({ plain: false, write: (line) => log.push(line) }));
});

afterEach(async () => {
  await tasks.stop();
  vi.useRealTimers();
});

async function triesWithin(milliseconds: number): Promise<number> {
  const before = tries;
  await vi.advanceTimersByTimeAsync(milliseconds);
  return tries - before;
}

test.each([['refuses', refused], ['answers as nobody can read', unreadable]])('what Stripe %s is asked again ever less often, each time with a warning', async (_, error) => {
  answer = error;
  await tasks.start();
  expect(await triesWithin(MINUTE)).toBeGreaterThan(5);
  await triesWithin(DAY);
  expect(await triesWithin(DAY)).toBe(6);
  expect(log).toHaveLength(tries);
  await tasks.takeUp();
  expect(await triesWithin(MINUTE)).toBe(0);
  answer = undefined;
  expect(await triesWithin(4 * HOUR)).toBe(1);
  expect(await triesWithin(DAY)).toBe(0);
});

test('what is news of it has it asked about at once', async () => {
  answer = refused;
  await tasks.start();
  await triesWithin(DAY);
  const before = tries;
  tasks.add('sub_1');
  expect(tries).toBe(before + 1);
});

test('a Stripe that is out of reach is asked again each minute, also by what was refused before', async () => {
  answer = refused;
  await tasks.start();
  await triesWithin(DAY);
  answer = unreachable;
  await triesWithin(4 * HOUR);
  expect(await triesWithin(HOUR)).toBe(60);
});
