/** Caches in fresh files, and events for them. */
import { dirname, join } from 'node:path';
import type Stripe from 'stripe';
import type { CachedSubscription } from '../../core/billing/subscription-view.ts';
import type { Cache, ReceivedEvent, Recorded } from '../../core/cache/cache.ts';
import { openCache } from '../../core/cache/open-cache.ts';
import type { CacheFile } from './cache-file.ts';
import { freshFolder } from './folders.ts';
import { waitFor } from './wait-for.ts';

/** Stripe's events come with the text that was signed. */
export function received(event: Stripe.Event, receivedAt = event.created * 1000): ReceivedEvent {
  return { event, payload: JSON.stringify(event), source: 'webhook', receivedAt };
}

/** Journals and applies an event. */
export function tell(cache: Cache, event: Stripe.Event): Promise<Recorded> {
  return cache.recordEvent(received(event));
}

export type { CacheFile };

/** All that `subscriptions()` gives, at once. */
export async function allSubscriptions(cache: Cache): Promise<CachedSubscription[]> {
  const found: CachedSubscription[] = [];
  for await (const page of cache.subscriptions()) found.push(...page);
  return found;
}

/** Counts the changes that the cache tells of from now on. PostgreSQL tells once when it begins to listen. */
export async function countChanges(cache: Cache): Promise<{ count: number; stop: () => void }> {
  const changes = { count: 0, stop: cache.onChange(() => (changes.count += 1)) };
  if (isOnPostgres()) await waitFor('the cache to listen', () => changes.count > 0);
  changes.count = 0;
  return changes;
}

/** A cache of the engine that is tested. */
export async function freshCache(): Promise<CacheFile> {
  return isOnPostgres() ? (await import('./databases.ts')).freshDatabase() : freshCacheFile();
}

/** vitest.config.ts says which. */
function isOnPostgres(): boolean {
  return process.env.ENGINE_OF_THE_TESTS === 'PostgreSQL';
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
