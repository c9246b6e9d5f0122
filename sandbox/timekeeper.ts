/**
 * Lets due work happen: as real time passes, when the sandbox's time is moved, and when a test clock is. Long work is done in
 * slices, so that calls, webhooks and pings come in between. One movement of time at a time; the others wait their turn.
 *
 * What comes in between sees the moment that the movement has reached, standing still, and everything that fell due until
 * then: the events of such a call are neither older than what has happened nor younger than what is still to happen.
 */
import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { nextDue, runNextDue } from './billing/due.ts';
import { failAdvancing, finishAdvancing, targetOf, TEST_CLOCK, type TestClock } from './billing/test-clocks.ts';
import { realSeconds } from './clock.ts';
import type { SandboxWorld } from './sandbox-world.ts';

const SLICE_MILLISECONDS = 20;
const LOOK_MILLISECONDS = 1000;

export interface Timekeeper {
  /** Moves the sandbox's own time. Resolves when all that falls due on the way has happened; rejects with what failed there. */
  advance(seconds: number): Promise<void>;
  /** Runs `work` when nothing moves the time. */
  whenStill(work: () => void): Promise<void>;
  /** Lets the test clocks that are to advance do so, soon. */
  wake(): void;
  /** Ends movements where they are; test clocks go on at the next start. */
  close(): Promise<void>;
}

export function createTimekeeper(world: SandboxWorld): Timekeeper {
  let closing = false;
  const queue = createQueue();
  const inSlices = (step: Step): Promise<boolean> => runInSlices(step, () => closing);
  const wake = (): void => {
    const advancing = world.store.all<TestClock>(TEST_CLOCK, { status: 'advancing' });
    for (const { id } of advancing) void queue.add(() => advanceTestClock(world, id, inSlices));
  };
  const watch = watchDueWork(world, (until) => queue.add(() => inSlices(() => runNextDue(world, until) !== undefined)));
  wake();
  return {
    advance: (seconds) => queue.add(() => advanceSandbox(world, seconds, inSlices)),
    whenStill: (work) => queue.add(() => Promise.resolve(work())),
    wake: () => void setImmediate(() => closing || wake()),
    async close() {
      closing = true;
      clearInterval(watch);
      await queue.add(() => Promise.resolve());
    },
  };
}

/** Does one piece of work; false when there is none. */
type Step = () => boolean;

/** Runs steps until one finds nothing to do (then true), or until the end is wanted. */
type InSlices = (step: Step) => Promise<boolean>;

async function runInSlices(step: Step, isEndWanted: () => boolean): Promise<boolean> {
  let sliceEnd = performance.now() + SLICE_MILLISECONDS;
  while (!isEndWanted()) {
    if (!step()) return true;
    if (performance.now() < sliceEnd) continue;
    await nextTurn();
    sliceEnd = performance.now() + SLICE_MILLISECONDS;
  }
  return false;
}

async function advanceSandbox(world: SandboxWorld, seconds: number, inSlices: InSlices): Promise<void> {
  const { clock, store } = world;
  const target = clock.offset() + seconds;
  clock.standAt(clock.sandboxNow());
  try {
    const isDone = await inSlices(() => store.transaction(() => moveToNextDue(world, realSeconds() + target)));
    if (isDone) clock.setOffset(target);
  } finally {
    clock.setOffset(clock.offset());
  }
}

/** Runs the next due work at its moment, where the sandbox's own time then stands. */
function moveToNextDue(world: SandboxWorld, until: number): boolean {
  const at = runNextDue(world, until);
  if (at !== undefined) world.clock.standAt(Math.max(at, world.clock.sandboxNow()));
  return at !== undefined;
}

async function advanceTestClock(world: SandboxWorld, id: string, inSlices: InSlices): Promise<void> {
  const clock = world.store.find<TestClock>(TEST_CLOCK, id);
  const target = clock && targetOf(clock);
  if (clock === undefined || target === undefined) return;
  let reached = clock.frozen_time;
  const step = (): boolean => {
    const at = runNextDue(world, target, id);
    reached = Math.max(reached, at ?? reached);
    return at !== undefined;
  };
  try {
    const isDone = await inSlices(step);
    if (isDone) world.store.transaction(() => finishAdvancing(world, clock, target));
  } catch (error) {
    report(error);
    world.store.transaction(() => failAdvancing(world, clock, reached));
  }
}

/** One after the other; what fails does not keep the next from its turn. */
function createQueue() {
  let last: Promise<unknown> = Promise.resolve();
  return {
    add<T>(work: () => Promise<T>): Promise<T> {
      const result = last.then(work);
      last = result.catch(() => undefined);
      return result;
    },
  };
}

/** Runs what falls due as real time passes. */
function watchDueWork(world: SandboxWorld, runUntil: (seconds: number) => Promise<unknown>): NodeJS.Timeout {
  const { clock, store } = world;
  let seen = -1;
  let isRunning = false;
  const look = async (): Promise<void> => {
    const next = isRunning || seen === store.changes() ? undefined : nextDue(world);
    if (next === undefined || next > clock.sandboxNow()) return;
    isRunning = true;
    await runUntil(clock.sandboxNow()).catch((error: unknown) => {
      report(error);
      // Tried again when something has changed, not every second.
      seen = store.changes();
    });
    isRunning = false;
  };
  return setInterval(() => void look(), LOOK_MILLISECONDS).unref();
}

function report(error: unknown): void {
  process.stderr.write(`sandbox: ${error instanceof Error ? error.stack : String(error)}\n`);
}
