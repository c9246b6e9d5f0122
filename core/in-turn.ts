/** Work that processes do in turn, by a file that only one of them can make. */
import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const OWNER_ONLY = 0o600;
const LOOK_AGAIN_MILLISECONDS = 10;
/** No turn takes so long: whoever had it was killed. */
const ABANDONED_MILLISECONDS = 2_000;

/** Does the work, which waits for nothing, while no other process has its turn by the file at `path`. Throws Node's own errors. */
export async function inTurn<T>(path: string, work: () => T): Promise<T> {
  while (!take(path)) await pause(LOOK_AGAIN_MILLISECONDS);
  try {
    return work();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path: string): boolean {
  try {
    closeSync(openSync(path, 'wx', OWNER_ONLY));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const takenAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (Date.now() - takenAt > ABANDONED_MILLISECONDS) rmSync(path, { force: true });
    return false;
  }
}
