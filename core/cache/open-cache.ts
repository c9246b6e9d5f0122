/** Opens the cache that a setting names. */
import type { Cache, OpenOptions } from './cache.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { isPostgres } from './location.ts';
import { cacheOver } from './stored-cache.ts';

/**
 * Opens the cache: a file, or the schema `devchat` of a PostgreSQL database (postgres://…), made where there is none.
 * Throws `unreachable` where it is locked, cannot be reached or used, is not a cache or made by a newer devchat, and `key-refused` for the other mode.
 */
export async function openCache(location: string, options: OpenOptions): Promise<Cache> {
  return cacheOver(await openEngine(location), options);
}

/** The engine alone; throws as `openCache` does, and `not-found` where one that must exist does not: then nothing is made. */
export async function openEngine(location: string, options: EngineOptions = {}): Promise<Engine> {
  if (isPostgres(location)) return (await import('./postgres.ts')).openPostgres(location, options);
  return (await import('./sqlite.ts')).openSqlite(location, options);
}
