/** Caches in fresh databases of the server that the tests have started. */
import pg from 'pg';
import type { Cache } from '../../core/cache/cache.ts';
import { openCache } from '../../core/cache/open-cache.ts';
import type { CacheFile } from './cache-file.ts';
import { freshFolder } from './folders.ts';
import { SERVER_VARIABLE } from './postgres-setup.ts';

const NO_SUCH_DATABASE = '3D000';
/** In any order of the tables, whatever refers to them. */
const EMPTY = `
  SET session_replication_role = replica;
  DO $$ DECLARE tables CURSOR FOR SELECT tablename FROM pg_tables WHERE schemaname = 'devchat' AND tablename != 'migrations';
  BEGIN
    FOR each IN tables LOOP EXECUTE format('DELETE FROM devchat.%I', each.tablename); END LOOP;
    PERFORM setval(format('devchat.%I', sequencename)::regclass, 1, false) FROM pg_sequences WHERE schemaname = 'devchat';
  END $$`;

/** Databases that a cache has left are taken by the next. */
const free: string[] = [];
let made = 0;

/** Its `path` is the address of a database, which is there, and empty, once it was opened or made. */
export function freshDatabase(): CacheFile & { make(): Promise<void> } {
  const fresh = freshFolder();
  const name = free.pop() ?? `cache_${process.env.VITEST_POOL_ID ?? '0'}_${(made += 1)}`;
  const path = addressOf(name);
  const opened: Cache[] = [];
  let making: Promise<void> | undefined;
  const make = () => (making ??= empty(name));
  return {
    folder: fresh.path,
    path,
    make,
    open: async (options = { livemode: false }) => {
      await make();
      const cache = await openCache(path, options);
      opened.push(cache);
      return cache;
    },
    remove: async () => {
      for (const cache of opened) await cache.close();
      fresh.remove();
      free.push(name);
    },
  };
}

function addressOf(database: string): string {
  const url = new URL(process.env[SERVER_VARIABLE] ?? '');
  url.pathname = `/${database}`;
  return url.href;
}

/** Its tables stay: making them takes longer than all that most tests do. */
async function empty(name: string): Promise<void> {
  await inDatabase(name, EMPTY).catch(async (error: { code?: string }) => {
    if (error.code !== NO_SUCH_DATABASE) throw error;
    await inDatabase('postgres', `CREATE DATABASE ${name}`);
  });
}

async function inDatabase(name: string, sql: string): Promise<void> {
  const client = new pg.Client(addressOf(name));
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end();
  }
}
