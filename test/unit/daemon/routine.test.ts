import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLogger } from '../../../daemon/logger.ts';
import { Routine } from '../../../daemon/routine.ts';

let log: string[];
let routine: Routine;
let work: () => Promise<void>;
let times: number;

beforeEach(async () => {
  vi.useFakeTimers();
  log = [];
  times = 0;
  work = () => Promise.resolve();
  const counted = () => {
    times += 1;
    return work();
  };
  routine = new Routine({ failed: 'it failed', everyMilliseconds: 1_000, work: counted }, createLogger({ plain: false, write: (line) => log.push(line) }));
  await routine.start();
});

afterEach(async () => {
  await routine.stop();
  vi.useRealTimers();
});

test('it is done at once and every so often, until it is stopped', async () => {
  expect(times).toBe(1);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(times).toBe(4);
  await routine.stop();
  routine.soon();
  await vi.advanceTimersByTimeAsync(3_000);
  expect(times).toBe(4);
});

test('a hundred wishes for soon are one', async () => {
  for (let each = 0; each < 100; each += 1) routine.soon();
  await vi.advanceTimersByTimeAsync(100);
  expect(times).toBe(2);
});

test('never twice at once: a wish meanwhile is done afterwards, and stopping waits for it', async () => {
  let finish = () => {};
  work = () => new Promise((done) => (finish = done));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(times).toBe(2);
  routine.soon();
  finish();
  await vi.advanceTimersByTimeAsync(100);
  expect(times).toBe(3);
  const stopped = vi.fn();
  const stopping = routine.stop().then(stopped);
  await vi.advanceTimersByTimeAsync(100);
  expect(stopped).not.toHaveBeenCalled();
  finish();
  await stopping;
});

test('a failure is logged once, and again only after it has worked', async () => {
  work = () => Promise.reject(new Error('no disk'));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(log).toHaveLength(1);
  expect(log[0]).toContain('no disk');
  work = () => Promise.resolve();
  await vi.advanceTimersByTimeAsync(1_000);
  work = () => Promise.reject(new Error('no disk'));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(log).toHaveLength(2);
});
