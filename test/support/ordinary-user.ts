/** Permissions mean nothing to root: what they refuse is seen as another user. */
import { chmodSync, chownSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const NOBODY = 65_534;
/** The group counts as well: who was root is still of its group. */
const PASS = 0o011;

/**
 * Runs `work` with `folder` at `mode` and, where the tests run as root, as a user who owns the folder and what lies in it.
 * Afterwards everything is as before.
 */
export async function asOrdinaryUser<T>(folder: string, mode: number, work: () => T | Promise<T>): Promise<T> {
  const isRoot = process.geteuid?.() === 0;
  const parents = isRoot ? openWay(folder) : [];
  const before = statSync(folder).mode;
  if (isRoot) giveAway(folder);
  chmodSync(folder, mode);
  try {
    if (isRoot) process.seteuid?.(NOBODY);
    return await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
    chmodSync(folder, before);
    for (const { path, mode: closed } of parents) chmodSync(path, closed);
  }
}

function giveAway(folder: string): void {
  for (const name of readdirSync(folder)) chownSync(join(folder, name), NOBODY, NOBODY);
  chownSync(folder, NOBODY, NOBODY);
}

/** Fresh folders are closed to others: lets them pass on the way to `folder`. */
function openWay(folder: string): Array<{ path: string; mode: number }> {
  const opened = [];
  for (let path = dirname(folder); path !== dirname(path); path = dirname(path)) {
    const { mode } = statSync(path);
    if ((mode & PASS) === PASS) continue;
    opened.push({ path, mode });
    chmodSync(path, mode | PASS);
  }
  return opened;
}
