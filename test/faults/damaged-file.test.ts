/** R56: a cache file that is damaged, missing, closed to us, or of a newer devchat: it is refused by name, or right, and never made anew over data. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Cache } from '../../core/cache/cache.ts';
import { DevchatError } from '../../core/errors.ts';
import { allSubscriptions, freshCacheFile, received, tell, type CacheFile } from '../support/caches.ts';
import { KEY, NOWHERE, SECRET } from '../support/daemon.ts';
import { asOrdinaryUser } from '../support/ordinary-user.ts';
import { runDevchat } from '../support/processes.ts';
import { chance } from '../support/seeded.ts';
import { event, subscription } from '../support/stripe-objects.ts';
import { tried } from './tried.ts';

const EVENTS = 60;
const SUBSCRIPTIONS = 5;
const FLIPS = 300;
const MOST_FLIPPED_BYTES = 64;
const HEADER_BYTES = 100;
const CUTS = 40;

let whole: CacheFile;

beforeAll(async () => {
  whole = freshCacheFile();
  const cache = await whole.open();
  for (let index = 0; index < EVENTS; index += 1) {
    await cache.recordEvent(received(event('customer.subscription.updated', subscription({ id: `sub_${index % SUBSCRIPTIONS}`, metadata: { filling: 'x'.repeat(1000) } }), { id: `evt_${index}` })));
  }
  await cache.close();
});

afterAll(() => whole.remove());

type Open = (file: CacheFile) => Promise<Cache>;

const asItIs: Open = (file) => file.open();

/** Makes a new cache where the old one cannot be opened. */
const wrong: Open = async (file) => {
  try {
    return await file.open();
  } catch {
    rmSync(file.path);
    return file.open();
  }
};

/** A copy of the whole file with some damage, which is read and written: what was seen. */
async function used(damage: (path: string) => void, open = asItIs): Promise<string> {
  const file = freshCacheFile();
  mkdirSync(file.folder, { recursive: true });
  copyFileSync(whole.path, file.path);
  damage(file.path);
  const before = readFileSync(file.path);
  const seen = await useAll(await open(file).catch(refusalOf)).catch(refusalOf);
  const verdict = seen instanceof Error ? verdictOn(seen, file.path, before) : inSqlitesWords(seen, file.path);
  await file.remove();
  return verdict;
}

const refusalOf = (error: unknown): Error => error as Error;

/** Reads everything, and writes: "works" where all is there. */
async function useAll(cache: Cache | Error): Promise<string | Error> {
  if (cache instanceof Error) return cache;
  const subscriptions = await allSubscriptions(cache);
  const events = await cache.events({ limit: 2 * EVENTS });
  for (const { id } of events) await cache.event(id);
  await tell(cache, event('customer.subscription.updated', subscription({ id: 'sub_0' })));
  const all = events.length === EVENTS && subscriptions.length === SUBSCRIPTIONS;
  return all ? 'works' : `silently holds ${events.length} events and ${subscriptions.length} subscriptions`;
}

/** SQLite has no checksums: a byte within a row or an index may hide a row, until somebody asks SQLite to check the whole file. */
function inSqlitesWords(seen: string, path: string): string {
  return seen === 'works' || isSound(path) ? seen : 'found by a check';
}

function isSound(path: string): boolean {
  const database = new Database(path);
  try {
    const faults = [...(database.pragma('integrity_check') as object[]), ...(database.pragma('foreign_key_check') as object[])];
    return JSON.stringify(faults) === '[{"integrity_check":"ok"}]';
  } catch {
    return false;
  } finally {
    database.close();
  }
}

/** A refusal is one where it names the file and says what to do; and data must still be there. */
function verdictOn(error: Error, path: string, before: Buffer): string {
  if (!(error instanceof DevchatError) || error.kind !== 'unreachable' || !error.message.includes(path) || !error.hint) return `unexplained: ${error.message}`;
  const isKept = existsSync(path) && statSync(path).size >= before.length;
  return isKept ? 'refused' : 'refused, and the file was made smaller';
}

/** Bytes at random places, every fourth time in the header. */
function flip(seed: number): (path: string) => void {
  return (path) => {
    const random = chance(seed);
    const bytes = readFileSync(path);
    const reach = random.number(4) === 0 ? HEADER_BYTES : bytes.length;
    for (let flips = 1 + random.number(MOST_FLIPPED_BYTES); flips > 0; flips -= 1) bytes[random.number(reach)]! ^= 1 + random.number(255);
    writeFileSync(path, bytes);
  };
}

async function verdicts(damages: ReadonlyArray<(path: string) => void>, open = asItIs): Promise<string[]> {
  const found = [];
  for (const damage of damages) found.push(await used(damage, open));
  return found;
}

const flips = Array.from({ length: FLIPS }, (_, seed) => flip(seed));

const FINE = ['works', 'refused', 'found by a check'];

test(`R56: bytes flipped by ${FLIPS} seeds: refused by name, or all is there, or SQLite's own check finds the damage`, async () => {
  const found = await verdicts(flips);
  const bad = found.flatMap((verdict, seed) => (FINE.includes(verdict) ? [] : [`seed ${seed}: ${verdict}`]));
  expect(bad).toEqual([]);
  expect(found).toContain('refused');
  tried('R56', { seeds: FLIPS, cases: FLIPS });
});

test('R56: cut off anywhere: refused by name, or nothing is missing', async () => {
  const { size } = statSync(whole.path);
  const lengths = Array.from({ length: CUTS }, (_, index) => 1 + Math.floor((index * (size - 2)) / (CUTS - 1)));
  const found = await verdicts(lengths.map((length) => (path) => truncateSync(path, length)));
  expect(found.filter((verdict) => verdict !== 'refused' && verdict !== 'works')).toEqual([]);
  expect(found.filter((verdict) => verdict === 'refused').length).toBeGreaterThan(CUTS / 2);
  tried('R56', { cases: CUTS });
});

test('R56: a devchat that makes a new cache where the old one cannot be opened is caught', async () => {
  expect((await verdicts(flips.slice(0, 40), wrong)).join('\n')).toContain('silently holds 0 events');
  tried('R56', { seeds: 40, wrong: 1 });
});

test('R56: the database is gone, and what was written last is still beside it: refused, and kept', async () => {
  const file = freshCacheFile();
  await tell(await file.open(), event('foo.bar', {}));
  const other = freshCacheFile();
  mkdirSync(other.folder, { recursive: true });
  copyFileSync(`${file.path}-wal`, `${other.path}-wal`);
  const { size } = statSync(`${other.path}-wal`);
  expect(size).toBeGreaterThan(0);
  await expect(other.open()).rejects.toMatchObject({ kind: 'unreachable', message: expect.stringContaining(other.path) as string, hint: expect.stringMatching(/\w/) as string });
  expect(statSync(`${other.path}-wal`).size).toBe(size);
  expect(existsSync(other.path)).toBe(false);
  await file.remove();
  await other.remove();
  tried('R56', { cases: 1 });
});

test('R56: read-only: refused by name, and left as it is', async () => {
  const file = freshCacheFile();
  mkdirSync(file.folder, { recursive: true });
  copyFileSync(whole.path, file.path);
  chmodSync(file.path, 0o400);
  await expect(asOrdinaryUser(file.folder, 0o700, () => file.open())).rejects.toMatchObject({
    kind: 'unreachable',
    message: expect.stringContaining(`${file.path} cannot be opened for writing`) as string,
    hint: 'make the file and its folder writable for you, or set DEVCHAT_CACHE to another file',
  });
  expect(readFileSync(file.path).equals(readFileSync(whole.path))).toBe(true);
  await file.remove();
  tried('R56', { cases: 1 });
});

const DAMAGES: Record<string, { damage: (path: string) => void; says: RegExp }> = {
  'newer schema': { damage: (path) => changed(path, (database) => database.pragma('user_version = 99')), says: /was made by a newer devchat\n {6}update devchat, or set DEVCHAT_CACHE to another file/ },
  truncated: { damage: (path) => truncateSync(path, 5_000), says: /is damaged, or not a cache of devchat \(SQLITE_CORRUPT\)\n {6}move the file away/ },
  'another file': { damage: (path) => writeFileSync(path, 'my notes\n'.repeat(1000)), says: /is damaged, or not a cache of devchat \(SQLITE_NOTADB\)\n {6}move the file away/ },
  'a folder': { damage: (path) => (renameSync(path, `${path}.old`), mkdirSync(path)), says: /cannot be opened for writing/ },
};

test.for(Object.entries(DAMAGES))('R56: devchat serve with %s ends with 5, names the file, and leaves it as it is', async ([, { damage, says }]) => {
  const file = freshCacheFile();
  mkdirSync(file.folder, { recursive: true });
  copyFileSync(whole.path, file.path);
  damage(file.path);
  const before = bytesOf(file.path);
  const env = { STRIPE_SECRET_KEY: KEY, STRIPE_API_BASE: NOWHERE, CHALLENGE_ID: 'damaged', STRIPE_WEBHOOK_SECRET: SECRET, DEVCHAT_CACHE: file.path };
  const { code, stderr } = await runDevchat(['serve', '--port', '0'], { folder: file.folder, env });
  expect(stderr).toMatch(says);
  expect(stderr).toContain('cache.sqlite');
  expect(code).toBe(5);
  expect(bytesOf(file.path)).toEqual(before);
  await file.remove();
  tried('R56', { cases: 1 });
});

function changed(path: string, change: (database: Database.Database) => unknown): void {
  const database = new Database(path);
  change(database);
  database.close();
}

function bytesOf(path: string): string {
  return statSync(path).isDirectory() ? 'a folder' : readFileSync(path).toString('base64');
}
