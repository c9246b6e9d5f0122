/** Shows how far long work has come, on standard error, and lets Ctrl-C end it between two steps. */
import type { Io } from './io.ts';

const REWRITE_EVERY_MILLISECONDS = 100;
const LINE_EVERY_MILLISECONDS = 10_000;
/** What is left is told once it can be guessed from as much. */
const GUESS_AFTER_MILLISECONDS = 1_000;

export interface Progress {
  /** Aborted by the first Ctrl-C; a second one ends the process at once. `throwIfAborted` between two steps makes the command end with 130. */
  readonly signal: AbortSignal;
  /** How many are done; `total` where it is another than was thought. */
  update(done: number, total?: number): void;
  /** To be called at the end, however it ends: takes the line away. */
  done(): void;
}

/** `what` is what is counted, as "events"; without a `total` only what is done is told. On a terminal one line is rewritten; elsewhere a line comes every 10 seconds. */
export function progress(io: Io, { what, total: expected }: { what: string; total?: number }): Progress {
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  const began = performance.now();
  let shownAt = io.talksToPerson ? -Infinity : began;
  process.once('SIGINT', stop).once('SIGTERM', stop);
  return {
    signal: stopped.signal,
    update: (done, total = expected) => {
      const now = performance.now();
      if (now - shownAt < (io.talksToPerson ? REWRITE_EVERY_MILLISECONDS : LINE_EVERY_MILLISECONDS)) return;
      shownAt = now;
      const line = sentence({ what, done, total }, now - began);
      if (io.talksToPerson) io.rewrite(line.slice(0, io.room.talk - 1));
      else io.talk(line);
    },
    done: () => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      io.rewrite('');
    },
  };
}

/** "250,000 of 1,000,000 events, 25 %, 9 s left" */
function sentence({ what, done, total }: { what: string; done: number; total: number | undefined }, tookMilliseconds: number): string {
  if (total === undefined) return `${number(done)} ${what}`;
  const part = total === 0 ? 1 : Math.min(done / total, 1);
  const left = tookMilliseconds < GUESS_AFTER_MILLISECONDS || part === 0 ? '' : `, ${duration((tookMilliseconds / part) * (1 - part))} left`;
  return `${number(done)} of ${number(total)} ${what}, ${Math.floor(part * 100)} %${left}`;
}

function number(count: number): string {
  return count.toLocaleString('en-US');
}

function duration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
