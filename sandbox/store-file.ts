/** Opens the SQLite file: private to its owner, held by one sandbox at a time, and never touched when it is not ours. */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';

/** Stands in the header of our files ("dcsb"), so that another program's database is not taken for ours. */
const APPLICATION_ID = 0x64637362;
const SCHEMA_VERSION = 2;
const LOCK_WAIT_MILLISECONDS = 1000;

/** How the tables are laid out, and how a file of the layout before is brought up to it. */
export interface Layout {
  schema: string;
  upgrade(database: Database.Database): void;
}

/** Throws an Error naming the file and what to do when it is broken, foreign, newer or in use; it is left as it is. */
export function openDatabase(file: string | undefined, layout: Layout): Database.Database {
  if (file !== undefined) makePrivateFile(file);
  let database: Database.Database | undefined;
  try {
    database = new Database(file ?? ':memory:', { timeout: LOCK_WAIT_MILLISECONDS });
    prepareSchema(database, layout);
    return database;
  } catch (error) {
    database?.close();
    throw new Error(explanation(file ?? 'memory', error as Error & { code?: string }), { cause: error });
  }
}

function makePrivateFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
}

function prepareSchema(database: Database.Database, { schema, upgrade }: Layout): void {
  database.pragma('locking_mode = EXCLUSIVE');
  const isNew = database.prepare('SELECT count(*) AS count FROM sqlite_schema').pluck().get() === 0;
  if (!isNew) refuseForeign(database);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  if (database.pragma('user_version', { simple: true }) === SCHEMA_VERSION) return;
  database.transaction(() => {
    if (isNew) database.exec(schema);
    else upgrade(database);
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${SCHEMA_VERSION}`);
  })();
}

function refuseForeign(database: Database.Database): void {
  if (database.pragma('application_id', { simple: true }) !== APPLICATION_ID) throw new Error('it is another program\'s database');
  const version = database.pragma('user_version', { simple: true });
  if (version !== SCHEMA_VERSION && version !== SCHEMA_VERSION - 1) throw new Error(`it has layout ${String(version)}, this version knows layout ${SCHEMA_VERSION}`);
  const fault = database.pragma('quick_check(1)', { simple: true });
  if (fault !== 'ok') throw new Error(String(fault));
}

function explanation(file: string, error: Error & { code?: string }): string {
  if (error.code?.startsWith('SQLITE_BUSY')) return `The sandbox's state file ${file} is in use by another sandbox: stop that one, or name another folder with --data`;
  return `The sandbox's state file ${file} cannot be used (${error.message}). It was left as it is: move it away, or name another folder with --data`;
}
