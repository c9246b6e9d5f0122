/** Another program at the same cache, without devchat. */
import Database from 'better-sqlite3';
import pg from 'pg';
import { isPostgres } from '../../core/cache/location.ts';

const INT8 = 20;
const TYPES = { getTypeParser: (oid: number, format?: 'text' | 'binary') => (oid === INT8 ? Number : pg.types.getTypeParser(oid, format) as (text: string) => unknown) };

export interface Beside {
  /** Runs SQL, and answers its rows where it has any. */
  run(sql: string): Promise<unknown[]>;
  /** Another value after each change that somebody else has committed. */
  version(): Promise<unknown>;
  close(): Promise<void>;
}

/** `location` is a cache file or the address of a database. */
export async function beside(location: string): Promise<Beside> {
  return isPostgres(location) ? besidePostgres(location) : besideSqlite(location);
}

/** What stands in the cache at this moment. */
export async function rowsIn(location: string, sql: string): Promise<unknown[]> {
  const program = await beside(location);
  try {
    return await program.run(sql);
  } finally {
    await program.close();
  }
}

function besideSqlite(path: string): Beside {
  const database = new Database(path);
  return {
    run: async (sql) => {
      if (/^SELECT/.test(sql)) return database.prepare(sql).all();
      database.exec(sql);
      return [];
    },
    version: async () => database.pragma('data_version', { simple: true }),
    close: async () => void database.close(),
  };
}

async function besidePostgres(url: string): Promise<Beside> {
  const client = new pg.Client({ connectionString: url, types: TYPES });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('SET search_path = devchat');
  const run = async (sql: string) => [await client.query(sql)].flat().at(-1)!.rows as unknown[];
  return { run, version: () => versionOf(run), close: () => client.end() };
}

/** How many rows each table has, and the newest transaction that wrote one. */
async function versionOf(run: Beside['run']): Promise<string> {
  const tables = (await run(`SELECT tablename FROM pg_tables WHERE schemaname = 'devchat' ORDER BY 1`)) as Array<{ tablename: string }>;
  return JSON.stringify(await run(tables.map(({ tablename }) => `SELECT count(*), max(xmin::text::bigint) FROM ${tablename}`).join(' UNION ALL ')));
}
