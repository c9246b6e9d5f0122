/** Waiting for a condition instead of for a time. */
import { inspect } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';

const TIME_LIMIT_MS = 10_000;
const PAUSE_MS = 25;

/**
 * Asks `probe` until it answers something truthy, and returns that. A probe that throws is asked again.
 * Between two questions it waits `pauseMs` (25). After `timeLimitMs` (10 s unless told) it throws, naming `what` and the last answer.
 */
export async function waitFor<T>(
  what: string,
  probe: () => T | Promise<T>,
  timeLimitMs = TIME_LIMIT_MS,
  pauseMs = PAUSE_MS,
): Promise<T> {
  const end = Date.now() + timeLimitMs;
  for (;;) {
    const state = await answerOf(probe);
    if ('answer' in state && state.answer) return state.answer;
    if (Date.now() >= end) throw new Error(`waited ${timeLimitMs} ms for ${what}; last seen: ${describe(state)}`);
    await pause(pauseMs);
  }
}

type State<T> = { answer: T } | { error: unknown };

async function answerOf<T>(probe: () => T | Promise<T>): Promise<State<T>> {
  try {
    return { answer: await probe() };
  } catch (error) {
    return { error };
  }
}

function describe(state: State<unknown>): string {
  if ('answer' in state) return inspect(state.answer);
  return state.error instanceof Error ? state.error.message : inspect(state.error);
}
