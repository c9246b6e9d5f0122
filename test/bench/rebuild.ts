/** How fast `devchat events rebuild` makes the cached state again, with few events and with many, and what it needs. */
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { freshFolder } from '../support/folders.ts';
import { journalOf } from '../support/large-journal.ts';
import { markdownTable, median } from './table.ts';
import { wholeProcess, type Measured } from './whole-process.ts';

const FEW = 100_000;
const MANY = 1_000_000;
const ROUNDS = 3;
const LONGEST_SECONDS = 4;
const MOST_MEBIBYTES = 120;
const SAME_RATE = 0.8;

/** Fills two caches by SQL, the larger of 6 GB; takes some minutes. */
export async function benchRebuild(): Promise<string> {
  const fresh = freshFolder();
  try {
    const few = { path: await journalOf(FEW, join(fresh.path, 'few')), events: FEW, runs: [] as Measured[] };
    const many = { path: await journalOf(MANY, join(fresh.path, 'many')), events: MANY, runs: [] as Measured[] };
    for (let round = 0; round < ROUNDS; round += 1) for (const { path, events, runs } of [few, many]) runs.push(await run(path, events));
    lose(many.path);
    return tableOf(few.runs, many.runs, await run(many.path, MANY));
  } finally {
    fresh.remove();
  }
}

function tableOf(few: readonly Measured[], many: readonly Measured[], lost: Measured): string {
  const seconds = middle(many, 'seconds');
  const mebibytes = middle(many, 'mebibytes');
  const ratio = MANY / seconds / (FEW / middle(few, 'seconds'));
  return markdownTable(['devchat events rebuild, whole process', 'wanted', 'measured', 'held'], [
    ['1,000,000 events of 100,000 subscriptions, seconds', `at most ${LONGEST_SECONDS}`, seconds.toFixed(1), held(seconds <= LONGEST_SECONDS)],
    ['the same, peak resident MiB', `at most ${MOST_MEBIBYTES}`, mebibytes.toFixed(0), held(mebibytes <= MOST_MEBIBYTES)],
    ['100,000 events of 10,000 subscriptions, seconds', '', middle(few, 'seconds').toFixed(1), ''],
    ['rate at 1,000,000 over that at 100,000', `at least ${SAME_RATE}`, ratio.toFixed(2), held(ratio >= SAME_RATE)],
    ['1,000,000 events where all subscriptions were lost, seconds', '', lost.seconds.toFixed(1), ''],
    ['the same, peak resident MiB', '', lost.mebibytes.toFixed(0), ''],
  ]);
}

function middle(runs: readonly Measured[], what: 'seconds' | 'mebibytes'): number {
  return median(runs.map((each) => each[what]));
}

function held(isHeld: boolean): string {
  return isHeld ? 'yes' : 'no';
}

function lose(path: string): void {
  const database = new Database(path);
  database.exec('DELETE FROM subscriptions');
  database.close();
}

async function run(path: string, many: number): Promise<Measured> {
  const measured = await wholeProcess(['events', 'rebuild', '--cache', path], dirname(path));
  if (!measured.said.includes(`from ${many.toLocaleString('en-US')} events`)) throw new Error(`rebuilding ${path} said: ${measured.said}`);
  return measured;
}
