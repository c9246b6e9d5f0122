/** Opens the SQLite file: private to its owner, held by one sandbox at a time, set aside when it is broken, never touched when it is not ours. */
import { closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
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

/**
 * Opens the file, or memory. A broken file is renamed beside itself, told on standard error, and a fresh one is begun. Throws
 * an Error naming the file and what to do when it is foreign, newer, in use or unreadable; such a file is left as it is.
 */
export function openDatabase(file: string | undefined, layout: Layout): Database.Database {
  if (file === undefined) return openPrepared(':memory:', layout);
  makePrivateFile(file);
  try {
    checkHeader(file);
    return openPrepared(file, layout);
  } catch (error) {
    if (!isBroken(error)) throw new Error(explanation(file, error as CodedError), { cause: error });
    setAside(file, error as Error);
    makePrivateFile(file);
    return openPrepared(file, layout);
  }
}

/** Throws Node's own Error when folder or file cannot be made. */
function makePrivateFile(file: string): void {
  makeFolder(dirname(file));
  closeSync(openSync(file, 'a', 0o600));
}

/** With those above it. Node's own `recursive` never ends where a folder takes no other, as in /proc. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
    if ((error as CodedError).code !== 'ENOENT' || existsSync(dirname(folder))) throw error;
    makeFolder(dirname(folder));
    makeFolder(folder);
  }
}

function openPrepared(file: string, layout: Layout): Database.Database {
  const database = new Database(file, { timeout: LOCK_WAIT_MILLISECONDS });
  try {
    prepareSchema(database, layout);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

type CodedError = Error & { code?: string };

class BrokenFile extends Error {}

function isBroken(error: unknown): boolean {
  return error instanceof BrokenFile || /^SQLITE_(CORRUPT|NOTADB)/.test((error as CodedError).code ?? '');
}

const HEADER_BYTES = 100;
const HEADER_WORD = 'SQLite format 3\0';
/** Where the header has these numbers: https://www.sqlite.org/fileformat.html#the_database_header */
const USER_VERSION_AT = 60;
const APPLICATION_ID_AT = 68;

/** SQLite writes to what it opens; what is plainly not for us is not even opened. */
function checkHeader(file: string): void {
  const header = readStart(file);
  if (header.length === 0) return;
  if (header.length < HEADER_BYTES || header.toString('latin1', 0, HEADER_WORD.length) !== HEADER_WORD) throw new BrokenFile('it is no SQLite database');
  const application = header.readUInt32BE(APPLICATION_ID_AT);
  // Until the first checkpoint our numbers stand in the write-ahead log only.
  if (application !== 0) refuseForeign(application, header.readUInt32BE(USER_VERSION_AT));
}

function readStart(file: string): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    return header.subarray(0, readSync(descriptor, header));
  } finally {
    closeSync(descriptor);
  }
}

function refuseForeign(application: unknown, version: unknown): void {
  if (application !== APPLICATION_ID) throw new Error("it is another program's database");
  if (version !== SCHEMA_VERSION && version !== SCHEMA_VERSION - 1) throw new Error(`it has layout ${String(version)}, this version knows layout ${SCHEMA_VERSION}`);
}

function prepareSchema(database: Database.Database, { schema, upgrade }: Layout): void {
  database.pragma('locking_mode = EXCLUSIVE');
  const isNew = database.prepare('SELECT count(*) AS count FROM sqlite_schema').pluck().get() === 0;
  if (!isNew) checkContents(database);
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

function checkContents(database: Database.Database): void {
  refuseForeign(database.pragma('application_id', { simple: true }), database.pragma('user_version', { simple: true }));
  const fault = database.pragma('quick_check(1)', { simple: true });
  if (fault !== 'ok') throw new BrokenFile(String(fault).replaceAll('\n', ' '));
}

const COMPANIONS = ['', '-wal', '-shm'];

/** The database and what SQLite keeps beside it get a new name that nothing has yet. */
function setAside(file: string, reason: Error): void {
  const moment = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const names = Array.from({ length: 100 }, (_, index) => `${file}.broken-${moment}Z${index === 0 ? '' : `-${index + 1}`}`);
  const aside = names.find((name) => COMPANIONS.every((companion) => !existsSync(name + companion)));
  if (aside === undefined) throw new Error(explanation(file, reason));
  for (const companion of COMPANIONS) if (existsSync(file + companion)) renameSync(file + companion, aside + companion);
  process.stderr.write(`sandbox: its state file ${file} was broken (${reason.message}). It is ${aside} now; the sandbox begins afresh.\n`);
}

function explanation(file: string, error: CodedError): string {
  if (error.code?.startsWith('SQLITE_BUSY')) return `The sandbox's state file ${file} is in use by another sandbox: stop that one, or name another folder with --data`;
  return `The sandbox's state file ${file} cannot be used (${error.message}). It was left as it is: move it away, or name another folder with --data`;
}
