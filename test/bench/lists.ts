/** How long `devchat subscriptions list` takes, with few subscriptions and with many, and what it needs. */
import { join } from 'node:path';
import { freshFolder } from '../support/folders.ts';
import { journalOf } from '../support/large-journal.ts';
import { markdownTable, median } from './table.ts';
import { wholeProcess, type Measured } from './whole-process.ts';

const FEW = 1_000;
const MANY = 100_000;
const ROUNDS = 3;
const LONGEST_SECONDS = 4;
const MOST_MEBIBYTES = 150;
/** One in so many customers of `journalOf` has not paid. */
const AT_RISK = 100;

/** Each list as it is asked for, and how many rows it is to have. */
const LISTS: ReadonlyArray<{ flags: readonly string[]; rows: (subscriptions: number) => number }> = [
  { flags: [], rows: (subscriptions) => subscriptions },
  { flags: ['--json'], rows: (subscriptions) => subscriptions },
  { flags: ['--at-risk'], rows: (subscriptions) => subscriptions / AT_RISK },
  { flags: ['--at-risk', '--json'], rows: (subscriptions) => subscriptions / AT_RISK },
];

/** Fills two caches by SQL, the larger of 700 MB. */
export async function benchLists(): Promise<string> {
  const fresh = freshFolder();
  try {
    const rows: string[][] = [];
    for (const many of [FEW, MANY]) rows.push(...(await rowsOf(many, join(fresh.path, String(many)))));
    return markdownTable(['devchat subscriptions list, whole process', 'subscriptions', 'seconds', 'peak resident MiB', 'held'], rows);
  } finally {
    fresh.remove();
  }
}

async function rowsOf(many: number, folder: string): Promise<string[][]> {
  const path = await journalOf(many, folder, { eventsEach: 1, customers: true });
  const rows: string[][] = [];
  for (const { flags, rows: wanted } of LISTS) {
    const runs: Measured[] = [];
    for (let round = 0; round < ROUNDS; round += 1) runs.push(await listed(flags, path, wanted(many)));
    const [seconds, mebibytes] = [median(runs.map((run) => run.seconds)), median(runs.map((run) => run.mebibytes))];
    const isHeld = seconds <= LONGEST_SECONDS && mebibytes <= MOST_MEBIBYTES;
    rows.push([flags.join(' ') || 'the table', many.toLocaleString('en-US'), seconds.toFixed(1), mebibytes.toFixed(0), isHeld ? 'yes' : 'no']);
  }
  return rows;
}

async function listed(flags: readonly string[], path: string, wanted: number): Promise<Measured> {
  const measured = await wholeProcess(['subscriptions', 'list', ...flags, '--cache', path], join(path, '..'));
  const told = flags.includes('--json') ? (JSON.parse(measured.said) as { subscriptions: unknown[] }).subscriptions.length : measured.said.trim().split('\n').length - 1;
  if (told !== wanted) throw new Error(`${told} subscriptions of ${path} were listed instead of ${wanted}`);
  return measured;
}
