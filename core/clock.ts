/** The one clock of daemon and command line: real time, or the sandbox's time where the sandbox is Stripe. */

const PROBE_MILLISECONDS = 2_000;

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Looks again how far the sandbox's time is ahead; real time needs no look. */
  refresh(): Promise<void>;
}

export const realClock: Clock = { now: () => Date.now(), refresh: () => Promise.resolve() };

/** Follows the sandbox at `apiBase`; without one, or where nothing there tells the time, it is the real clock. */
export async function createClock(apiBase: string | undefined): Promise<Clock> {
  if (!apiBase || !isLoopback(apiBase)) return realClock;
  let offset = 0;
  const clock: Clock = {
    now: () => Date.now() + offset,
    refresh: async () => {
      offset = (await sandboxOffset(apiBase)) ?? offset;
    },
  };
  await clock.refresh();
  return clock;
}

function isLoopback(address: string): boolean {
  return /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(new URL(address).hostname);
}

async function sandboxOffset(apiBase: string): Promise<number | undefined> {
  try {
    const answer = await fetch(`${apiBase}/_sandbox`, { signal: AbortSignal.timeout(PROBE_MILLISECONDS) });
    const { offsetSeconds } = (await answer.json()) as { offsetSeconds?: unknown };
    return typeof offsetSeconds === 'number' ? offsetSeconds * 1000 : undefined;
  } catch {
    return undefined;
  }
}
