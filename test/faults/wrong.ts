/** Daemons that are wrong in one way: what stands between each and its cache. */
import Database from 'better-sqlite3';
import type { Cache, Recorded } from '../../core/cache/cache.ts';
import { overlaid } from '../support/overlaid.ts';

const DONE: Recorded = { outcome: 'applied', reason: 'wrong on purpose', ask: null, collect: null };

export type Wrong = keyof typeof WRONG;

/** `path` is that of the cache file. */
const WRONG = {
  'answers before the commit': (cache: Cache) =>
    overlaid(cache, () => ({
      recordEvent: (received) => {
        void cache.recordEvent(received).catch(() => undefined);
        return Promise.resolve(DONE);
      },
    })),
  'marks an event as seen before it applies it': (cache: Cache, path: string) => {
    const seen = marks(path);
    return overlaid(cache, () => ({ recordEvent: (received) => (seen(received.event.id) ? Promise.resolve(DONE) : cache.recordEvent(received)) }));
  },
  'takes a failed event for known': (cache: Cache) =>
    overlaid(cache, () => ({ recordEvent: async (received) => ((await cache.event(received.event.id)) ? DONE : cache.recordEvent(received)) })),
  'remembers by itself what it has seen': (cache: Cache) => {
    const seen = new Set<string>();
    return overlaid(cache, () => ({
      recordEvent: async (received) => {
        const { id } = received.event;
        if (seen.has(id)) return DONE;
        seen.add(id);
        return (await cache.replayEvent(id, received.receivedAt)) ?? cache.recordEvent(received);
      },
    }));
  },
};

/** Devchat as it is, or wrong. */
export function through(wrong: Wrong | undefined, path: string): (cache: Cache) => Cache {
  return (cache) => (wrong ? WRONG[wrong](cache, path) : cache);
}

/** Marks an event in a transaction of its own; says whether it was marked. */
function marks(path: string): (id: string) => boolean {
  const database = new Database(`${path}.seen`);
  database.exec('CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY)');
  const mark = database.prepare('INSERT OR IGNORE INTO seen VALUES (?)');
  return (id) => mark.run(id).changes === 0;
}
