/** Opens the cache that a setting names. */
import { DevchatError } from '../errors.ts';
import type { Cache, OpenOptions } from './cache.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { isPostgres } from './location.ts';
import { cacheOver } from './stored-cache.ts';

/**
 * Opens the cache: a file, or the schema `devchat` of a PostgreSQL database (postgres://…), made where there is none.
 * Throws `unreachable` where it is locked, cannot be reached or used, is not a cache or made by a newer devchat, and `key-refused` for the other mode.
 */
export async function openCache(location: string, options: OpenOptions): Promise<Cache> {
  return cacheOver(await openEngine(location, { writesMuch: options.writesMuch }), options);
}

/** Throws `key-refused` where there is a cache that belongs to the other mode; makes none and claims none. Throws else as `openCache`. */
export async function refuseOtherMode(location: string, livemode: boolean): Promise<void> {
  const engine = await openEngine(location, { mustExist: true }).catch(unlessMissing);
  if (engine) await (await cacheOver(engine, { livemode, dryRun: true })).close();
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof DevchatError && error.kind === 'not-found') return undefined;
  throw error;
}

/** The engine alone; throws as `openCache` does, and `not-found` where one that must exist does not: then nothing is made. */
export async function openEngine(location: string, options: EngineOptions = {}): Promise<Engine> {
  if (isPostgres(location)) return (await import('./postgres.ts')).openPostgres(location, options);
  return (await import('./sqlite.ts')).openSqlite(location, options);
}
