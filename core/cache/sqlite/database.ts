/** Opens the cache file safely, brings its tables up to date, and says in words what is wrong with it. */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import Database from 'better-sqlite3';
import { DevchatError } from '../../errors.ts';
import type { EngineOptions } from '../engine.ts';
import { noCacheAt } from '../location.ts';
import { MIGRATIONS } from './migrations.ts';

/** How long anything waits while another process holds the file. */
export const LONGEST_WAIT_MILLISECONDS = 5_000;
/** SQLite waits so long by itself, and stops the whole process meanwhile; then we pause, and try again. */
const BLOCKING_WAIT_MILLISECONDS = 10;
export const PAUSE_MILLISECONDS = 20;
const SMALLEST_DATABASE_BYTES = 512;
const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_FOLDER = 0o700;
/** Stands in the header of our files ("dcca"), so that another program's database is not taken for ours. */
const APPLICATION_ID = 0x64636361;

/** Opens or makes the file. Throws as `openEngine` says. */
export function openDatabase(path: string, { mustExist = false }: EngineOptions): Database.Database {
  return explaining(path, () => {
    refuseRemains(path);
    if (mustExist && !existsSync(path)) throw noCacheAt(path);
    makeFile(path);
    const database = new Database(path, { timeout: LONGEST_WAIT_MILLISECONDS });
    try {
      refuseForeign(path, database);
      tighten(path);
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = FULL');
      database.pragma('foreign_keys = ON');
      migrate(path, database);
      database.pragma(`busy_timeout = ${BLOCKING_WAIT_MILLISECONDS}`);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/** Runs work on the cache file at `path`; what SQLite throws becomes an error that says what to do. */
export function explaining<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explainSqliteError(path, error);
  }
}

/** Whether `explaining` threw since another process holds the file. */
export function isBusy(error: unknown): boolean {
  return error instanceof DevchatError && /^SQLITE_BUSY/.test((error.cause as { code?: string } | undefined)?.code ?? '');
}

function makeFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: OWNER_ONLY_FOLDER });
  closeSync(openSync(path, 'a', OWNER_ONLY_FILE));
}

/** SQLite takes a file of a few bytes for an empty one, and drops a -wal file that lies beside an empty one. */
function refuseRemains(path: string): void {
  const [size, logged] = [path, `${path}-wal`].map((each) => statSync(each, { throwIfNoEntry: false })?.size ?? 0) as [number, number];
  if (size > 0 && size < SMALLEST_DATABASE_BYTES) throw new DevchatError('unreachable', `the cache ${path} is damaged: only ${size} bytes of it are left`, DAMAGED);
  if (size === 0 && logged > 0) throw new DevchatError('unreachable', `the cache ${path} is gone, and what was written to it last still lies beside it, in ${basename(path)}-wal`, 'bring the file back, or move the -wal file away');
}

function refuseForeign(path: string, database: Database.Database): void {
  const isNew = database.prepare(`SELECT count(*) FROM sqlite_schema`).pluck().get() === 0;
  if (isNew || database.pragma('application_id', { simple: true }) === APPLICATION_ID) return;
  throw new DevchatError('unreachable', `${path} is a database, but not a cache of devchat`, 'set DEVCHAT_CACHE to another file');
}

function tighten(path: string): void {
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, OWNER_ONLY_FILE);
}

/** Where there is nothing to do, nothing is waited for: whoever only reads is not kept out by those who write. */
function migrate(path: string, database: Database.Database): void {
  if (database.pragma('user_version', { simple: true }) === MIGRATIONS.length) return;
  database
    .transaction(() => {
      const taken = database.pragma('user_version', { simple: true }) as number;
      if (taken > MIGRATIONS.length) throw new DevchatError('unreachable', `the cache ${path} was made by a newer devchat`, 'update devchat, or set DEVCHAT_CACHE to another file');
      for (const step of MIGRATIONS.slice(taken)) database.exec(step);
      if (taken === MIGRATIONS.length) return;
      database.pragma(`user_version = ${MIGRATIONS.length}`);
      database.pragma(`application_id = ${APPLICATION_ID}`);
    })
    .immediate();
}

const LOCKED = 'another process holds it; stop that process, or try again';
const NOT_WRITABLE = 'make the file and its folder writable for you, or set DEVCHAT_CACHE to another file';
const DAMAGED = 'move the file away; devchat makes a new one, and Stripe still has what it held';

const SQLITE_WORDS: ReadonlyArray<readonly [code: RegExp, what: string, hint: string]> = [
  [/^SQLITE_BUSY/, 'is locked', LOCKED],
  [/^SQLITE_(FULL|IOERR)/, 'could not be written: the disk is full or failing', 'make room on the disk, and where temporary files go (TMPDIR), then try again'],
  [/^(SQLITE_(READONLY|CANTOPEN|PERM|AUTH)|EACCES|ENOENT|EPERM|EROFS|ENOTDIR|EISDIR|EEXIST)/, 'cannot be opened for writing', NOT_WRITABLE],
  [/^(SQLITE_(NOTADB|CORRUPT)|UNREADABLE)/, 'is damaged, or not a cache of devchat', DAMAGED],
  [/^ENOSPC/, 'could not be made: the disk is full', 'make room on the disk, then try again'],
];

/** What SQLite cannot see: a row that is no JSON any more, a table whose definition has another name in it. */
function codeOf(error: Error): string {
  const isUnreadable = error instanceof SyntaxError || /^(no such (table|column)|table \w+ has no column)/.test(error.message);
  return isUnreadable ? 'UNREADABLE' : ((error as { code?: string }).code ?? '');
}

function explainSqliteError(path: string, error: unknown): unknown {
  if (error instanceof DevchatError || !(error instanceof Error)) return error;
  if (/bindings file/.test(error.message)) return new DevchatError('failed', 'the database driver was not built at installation', 'run: npm rebuild better-sqlite3', error);
  const code = codeOf(error);
  const words = SQLITE_WORDS.find(([pattern]) => pattern.test(code));
  if (!words) return error;
  return new DevchatError('unreachable', `the cache ${path} ${words[1]} (${code})`, words[2], error);
}
