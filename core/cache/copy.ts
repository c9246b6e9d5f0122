/** Copies a whole cache into an empty one of either engine: every table, row by row, with the places of the journal. */
import { DevchatError } from '../errors.ts';
import type { Engine } from './engine.ts';
import { isPostgres } from './location.ts';
import { openEngine } from './open-cache.ts';
import { change, rows, value, type Work } from './statement.ts';
import * as mode from './tables/mode.ts';

const ROWS_OF_A_PAGE = 500;

/** Every table with its key; one that another refers to comes before it. */
export const TABLES: ReadonlyArray<readonly [table: string, ...key: string[]]> = [
  ['about', 'name'],
  ['events', 'sequence'],
  ['attempts', 'sequence'],
  ['answers', 'sequence'],
  ['answered', 'object', 'answer'],
  ['rebuilt', 'id', 'kind'],
  ['subscriptions', 'id'],
  ['invoices', 'id'],
  ['questions', 'subscription'],
  ['cards', 'id'],
  ['payers', 'customer'],
  ['failures', 'invoice'],
  ['sessions', 'id'],
  ['session_changes', 'sequence'],
  ['notices', 'sequence'],
  ['deliveries', 'notice', 'target'],
  ['collections', 'customer'],
  ['users', 'id'],
  ['logins', 'token_hash'],
];

export interface Copied {
  table: string;
  rows: number;
}

interface Ongoing {
  signal?: AbortSignal | undefined;
  progress?: ((done: number, total: number) => void) | undefined;
}

type Row = Record<string, unknown>;
type Run = Parameters<Parameters<Engine['transaction']>[1]>[0];

/**
 * Copies the state that `from` has at one moment, in one transaction of `to`: all or nothing. Both are files or addresses.
 * Throws `conflict` where `to` holds what the copy does not bring along, `not-found` where `from` does not exist, and as `openCache` does.
 */
export async function copyCache(from: string, to: string, ongoing: Ongoing = {}): Promise<Copied[]> {
  const source = await openEngine(from, { mustExist: true });
  try {
    const target = await openEngine(to);
    try {
      return await source.transaction('read', (read) => target.transaction('write', (write) => copyAll({ read, write, source, target }, ongoing)));
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

interface Ends {
  read: Run;
  write: Run;
  source: Engine;
  target: Engine;
}

async function copyAll({ read, write, source, target }: Ends, { signal, progress }: Ongoing): Promise<Copied[]> {
  await makeRoom({ read, write, source, target });
  const total = await read(() => count(COUNTS));
  const copied: Copied[] = [];
  let done = 0;
  for (const [table, ...key] of TABLES) {
    const before = done;
    for (let page = await read(() => pageOf(table, key)); page.length > 0; page = await read(() => pageOf(table, key, page.at(-1)))) {
      signal?.throwIfAborted();
      await write(() => insert(table, page));
      done += page.length;
      progress?.(done, total);
    }
    if (isPostgres(target.location) && key[0] === 'sequence') await write(() => goOnAfter(table));
    copied.push({ table, rows: done - before });
  }
  return copied;
}

/** What a cache knows of itself alone gives way to what the copy brings: whose mode it is, until when it was caught up, where notices go. */
async function makeRoom({ read, write, source, target }: Ends): Promise<void> {
  if ((await write(() => count(CONTENTS))) > 0) throw refusal(`the cache ${target.location} is not empty`);
  const [owner, wanted] = [await write(mode.owner), await read(mode.owner)];
  if (owner !== undefined && owner !== wanted) throw refusal(`the cache ${target.location} belongs to ${owner} mode, and ${source.location} to ${wanted ? `${wanted} mode` : 'none'}`);
  await write(forgetItself);
}

function refusal(message: string): DevchatError {
  return new DevchatError('conflict', message, 'copy into a new file, or into another database');
}

const forgetItself = change(`DELETE FROM about`);
const COUNTS = TABLES.map(([table]) => ({ table, ask: value<number>(`SELECT count(*) FROM ${table}`) }));
const CONTENTS = COUNTS.filter(({ table }) => table !== 'about');

function* count(tables: typeof COUNTS): Work<number> {
  let found = 0;
  for (const { ask } of tables) found += (yield* ask())!;
  return found;
}

/** The rows that follow `last` by their key. */
function pageOf(table: string, key: readonly string[], last?: Row): Work<Row[]> {
  const where = last ? `WHERE (${key.join(', ')}) > (${key.map(() => '?').join(', ')})` : '';
  return asked(`SELECT * FROM ${table} ${where} ORDER BY ${key.join(', ')} LIMIT ${ROWS_OF_A_PAGE}`, rows<Row>)(...key.flatMap((column) => (last ? [last[column]] : [])));
}

function insert(table: string, page: readonly Row[]): Work<number> {
  const columns = Object.keys(page[0]!);
  const places = `(${columns.map(() => '?').join(', ')})`;
  const sql = `INSERT INTO ${table} (${columns.map((column) => `"${column}"`).join(', ')}) VALUES ${page.map(() => places).join(', ')}`;
  return asked(sql, change)(...page.flatMap((row) => columns.map((column) => row[column])));
}

/** What is journaled next comes after what was copied; SQLite counts so by itself. */
function goOnAfter(table: string): Work<unknown> {
  return asked(`SELECT setval(pg_get_serial_sequence('${table}', 'sequence'), coalesce(max(sequence), 0) + 1, false) FROM ${table}`, value)();
}

const known = new Map<string, unknown>();

/** A statement is known by its identity: the same text is the same one. */
function asked<Ask>(sql: string, make: (sql: string) => Ask): Ask {
  if (!known.has(sql)) known.set(sql, make(sql));
  return known.get(sql) as Ask;
}
