/** R24: a writer with many events under way that is killed at random moments, again and again on one file. */
import { setTimeout as pauseFor } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { allSubscriptions, freshCacheFile, type CacheFile } from '../support/caches.ts';
import { chance } from '../support/seeded.ts';
import type { WriterProgram } from './programs/writer.ts';
import { startProgram } from './programs.ts';
import { tried } from './tried.ts';
import type { Wrong } from './wrong.ts';

const KILLS = 200;
const KILLS_OF_THE_WRONG = 40;
const LATEST_KILL_MILLISECONDS = 50;
const UNDER_WAY = 50;
const SEED = 24;

test(`R24: killed ${KILLS} times while writing: the file is whole, and every acknowledged event is there`, async () => {
  const file = freshCacheFile();
  const { acknowledged, missing } = await killOften(file, KILLS);
  expect(missing).toEqual([]);
  expect(acknowledged).toBeGreaterThan(KILLS);
  const cache = await file.open();
  expect(await allSubscriptions(cache), 'and the cache can be used').toHaveLength(5);
  await file.remove();
  tried('R24', { kills: KILLS, seeds: 1, events: acknowledged, lost: 0 });
});

test('R24: a writer that acknowledges before the commit is caught', async () => {
  const file = freshCacheFile();
  const { missing } = await killOften(file, KILLS_OF_THE_WRONG, 'answers before the commit');
  expect(missing).not.toEqual([]);
  await file.remove();
  tried('R24', { kills: KILLS_OF_THE_WRONG, wrong: 1 });
});

/** Kills so many writers; `missing` are the events that one acknowledged and that the file does not hold. */
async function killOften(file: CacheFile, kills: number, wrong?: Wrong): Promise<{ acknowledged: number; missing: string[] }> {
  const random = chance(SEED);
  const acknowledged: string[] = [];
  for (let kill = 1; kill <= kills; kill += 1) {
    acknowledged.push(...(await killedWriter(file, `${kill}`, random.number(LATEST_KILL_MILLISECONDS + 1), wrong)));
    expect(integrity(file), `seed ${SEED}, kill ${kill}`).toBe('ok');
  }
  const there = idsIn(file);
  return { acknowledged: acknowledged.length, missing: acknowledged.filter((id) => !there.has(id)) };
}

/** Killed so long after it is ready; returns what it acknowledged. */
async function killedWriter(file: CacheFile, name: string, afterMilliseconds: number, wrong?: Wrong): Promise<string[]> {
  const writer = startProgram<WriterProgram>('writer', { path: file.path, name, atOnce: UNDER_WAY, ...(wrong ? { wrong } : {}) });
  await writer.printed(/ready/);
  await pauseFor(afterMilliseconds);
  const { stdout } = await writer.kill();
  return stdout.match(/^evt_\w+$/gm) ?? [];
}

function integrity(file: CacheFile): unknown {
  return asked(file, (database) => database.pragma('integrity_check', { simple: true }));
}

function idsIn(file: CacheFile): Set<unknown> {
  return new Set(asked(file, (database) => database.prepare('SELECT events.id FROM events JOIN attempts ON attempts.event = events.sequence').pluck().all()));
}

function asked<T>(file: CacheFile, question: (database: Database.Database) => T): T {
  const database = new Database(file.path);
  try {
    return question(database);
  } finally {
    database.close();
  }
}
