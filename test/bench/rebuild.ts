/** How fast `devchat events rebuild` makes the cached state again, with few events and with many, and what it needs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { freshFolder, ROOT } from '../support/folders.ts';
import { journalOf } from '../support/large-journal.ts';
import { markdownTable, median } from './table.ts';

const FEW = 100_000;
const MANY = 1_000_000;
const ROUNDS = 3;
const LONGEST_SECONDS = 4;
const MOST_MEBIBYTES = 120;
const SAME_RATE = 0.8;
const LOOK_EVERY_MILLISECONDS = 20;

interface Measured {
  seconds: number;
  mebibytes: number;
}

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

function middle(runs: readonly Measured[], what: keyof Measured): number {
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
  const folder = join(path, '..');
  const began = performance.now();
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'devchat.js'), 'events', 'rebuild', '--cache', path], {
    env: { PATH: process.env.PATH, HOME: folder, DEVCHAT_CONFIG_DIR: folder, DEVCHAT_DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  let peak = 0;
  child.stdout.on('data', (data) => (said += String(data)));
  const looking = setInterval(() => (peak = Math.max(peak, peakOf(child.pid!))), LOOK_EVERY_MILLISECONDS);
  const [code] = (await once(child, 'close')) as [number];
  clearInterval(looking);
  if (code !== 0 || !said.includes(`from ${many.toLocaleString('en-US')} events`)) throw new Error(`rebuilding ${path} ended with ${code}: ${said}`);
  return { seconds: (performance.now() - began) / 1000, mebibytes: peak };
}

/** The highest it has been, as Linux counts; 0 once the process is gone. */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
