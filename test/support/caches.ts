/** Caches in fresh files, and events for them. */
import { dirname, join } from 'node:path';
import type Stripe from 'stripe';
import type { Cache, OpenOptions, ReceivedEvent, Recorded } from '../../core/cache/cache.ts';
import { openCache } from '../../core/cache/open-cache.ts';
import { freshFolder } from './folders.ts';

/** Stripe's events come with the text that was signed. */
export function received(event: Stripe.Event, receivedAt = event.created * 1000): ReceivedEvent {
  return { event, payload: JSON.stringify(event), source: 'webhook', receivedAt };
}

/** Journals and applies an event. */
export function tell(cache: Cache, event: Stripe.Event): Promise<Recorded> {
  return cache.recordEvent(received(event));
}

export interface CacheFile {
  folder: string;
  path: string;
  /** Opens the file once more; everything that was opened is closed by `remove`. */
  open(options?: OpenOptions): Promise<Cache>;
  remove(): Promise<void>;
}

export function freshCacheFile(): CacheFile {
  const fresh = freshFolder();
  return cacheFileAt(join(fresh.path, 'data', 'cache.sqlite'), fresh.remove);
}

/** A file that others made or use, too; `removed` removes it once everything that was opened is closed. */
export function cacheFileAt(path: string, removed: () => void = () => undefined): CacheFile {
  const opened: Cache[] = [];
  return {
    folder: dirname(path),
    path,
    open: async (options = { livemode: false }) => {
      const cache = await openCache(path, options);
      opened.push(cache);
      return cache;
    },
    remove: async () => {
      for (const cache of opened) await cache.close();
      removed();
    },
  };
}
