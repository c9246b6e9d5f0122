import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { progress, type Progress } from '../../../cli/progress.ts';
import { recordingContext } from './recording-io.ts';

let shown: Progress | undefined;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  shown?.done();
  vi.useRealTimers();
});

test('a person sees one line that is rewritten ten times a second, and taken away at the end', () => {
  const { context, rewritten, talk } = recordingContext({ folder: '.', typed: {} });
  shown = progress(context.io, { what: 'events', total: 1_000_000 });
  for (let done = 0; done <= 1_000_000; done += 10_000) {
    shown.update(done);
    vi.advanceTimersByTime(50);
  }
  shown.done();
  expect(rewritten).toHaveLength(52);
  expect(rewritten[0]).toBe('0 of 1,000,000 events, 0 %');
  expect(rewritten[25]).toBe('500,000 of 1,000,000 events, 50 %, 3 s left');
  expect(rewritten.at(-1)).toBe('');
  expect(talk).toEqual([]);
});

test('without a terminal a line comes every ten seconds, and none where the work is short', () => {
  const { context, talk } = recordingContext({ folder: '.' });
  shown = progress(context.io, { what: 'events', total: 500 });
  for (let done = 0; done < 250; done += 10) {
    shown.update(done);
    vi.advanceTimersByTime(1_000);
  }
  expect(talk).toEqual(['100 of 500 events, 20 %, 40 s left', '200 of 500 events, 40 %, 30 s left']);
});

test('what has no known end is counted only', () => {
  const { context, rewritten } = recordingContext({ folder: '.', typed: {} });
  shown = progress(context.io, { what: 'events' });
  shown.update(1_234);
  expect(rewritten).toEqual(['1,234 events']);
});

test('Ctrl-C aborts the work, as what the command line ends with 130 for; at the end nobody listens to it', () => {
  const before = process.listenerCount('SIGINT');
  shown = progress(recordingContext({ folder: '.' }).context.io, { what: 'events' });
  shown.signal.throwIfAborted();
  process.emit('SIGINT');
  expect(() => shown?.signal.throwIfAborted()).toThrow(expect.objectContaining({ name: 'AbortError' }) as Error);
  shown.done();
  expect(process.listenerCount('SIGINT')).toBe(before);
});
