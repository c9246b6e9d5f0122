/** A cache that a test has for itself. */
import type { Cache, OpenOptions } from '../../core/cache/cache.ts';

export interface CacheFile {
  folder: string;
  /** The file, or the address of the database. */
  path: string;
  /** Opens it once more; everything that was opened is closed by `remove`. */
  open(options?: OpenOptions): Promise<Cache>;
  remove(): Promise<void>;
}
