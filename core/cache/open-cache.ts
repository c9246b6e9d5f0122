/** Opens the cache that a setting names. */
import { DevchatError } from '../errors.ts';
import type { Cache, OpenOptions } from './cache.ts';
import { cacheOver } from './stored-cache.ts';

/**
 * Opens the cache: a file, made where there is none.
 * Throws `unreachable` where the file is locked, unreadable, not a cache or made by a newer devchat, and `key-refused` for the other mode.
 */
export async function openCache(location: string, options: OpenOptions): Promise<Cache> {
  if (/^postgres(ql)?:\/\//.test(location)) throw new DevchatError('usage', 'a PostgreSQL cache is not supported yet', 'set DEVCHAT_CACHE to a file');
  const { openSqlite } = await import('./sqlite.ts');
  return cacheOver(openSqlite(location, options), options);
}
