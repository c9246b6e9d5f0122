/** A cache with a large journal, made by SQL. */
import { mkdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openCache } from '../../core/cache/open-cache.ts';
import { event, START, subscription } from './stripe-objects.ts';

const EVENTS_PER_SUBSCRIPTION = 10;
const EVENT_BYTES = 5_400;
const BYTES_NEEDED_PER_EVENT = 8_000;

/** A journal of so many events, and the state that they left: ten of each subscription, the last of which is cached. Resolves with the file's path; 6 KB an event. */
export async function journalOf(many: number, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < many * BYTES_NEEDED_PER_EVENT) throw new Error(`${folder} has no room for ${many} events`);
  const path = join(folder, 'cache.sqlite');
  await (await openCache(path, { livemode: false })).close();
  const database = new Database(path);
  database.pragma('synchronous = OFF');
  const text = JSON.stringify(event('customer.subscription.updated', padded(), { id: 'evt_ID', created: 0, previous: { metadata: { step: '0' } } }));
  const insert = { payload: text, start: START, subscriptions: many / EVENTS_PER_SUBSCRIPTION };
  database.transaction(() => {
    for (let step = 0; step < EVENTS_PER_SUBSCRIPTION; step += 1) database.prepare(EVENTS).run({ ...insert, step });
    database.exec(`INSERT INTO attempts (event, at, outcome, reason) SELECT sequence, received_at, 'applied', 'active -> active' FROM events`);
    database.prepare(STATES).run({ newest: START + EVENTS_PER_SUBSCRIPTION - 1 });
  })();
  database.exec('PRAGMA wal_checkpoint(TRUNCATE); ANALYZE');
  database.close();
  return path;
}

const EVENTS = `
  WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :subscriptions)
  INSERT INTO events (id, type, created, received_at, source, customer, subscription, object, rank, payload)
  SELECT printf('evt_%d_%d', :step, n), 'customer.subscription.updated', :start + :step, (:start + :step) * 1000, 'webhook',
    printf('cus_%08d', n), printf('sub_%08d', n), printf('sub_%08d', n), :start + :step,
    replace(replace(replace(replace(:payload, '"created":0', '"created":' || (:start + :step)), 'evt_ID', printf('evt_%d_%d', :step, n)), 'sub_1', printf('sub_%08d', n)), 'cus_1', printf('cus_%08d', n))
  FROM numbers`;
const STATES = `
  INSERT INTO subscriptions (id, customer, status, created, as_of, version, event)
  SELECT subscription, customer, 'active', payload ->> '$.data.object.created', created, 10, sequence
  FROM events WHERE created = :newest`;

/** A subscription as large as Stripe's are. */
function padded(): object {
  const plain = subscription();
  const missing = EVENT_BYTES - JSON.stringify(event('customer.subscription.updated', plain)).length;
  const metadata = Object.fromEntries(Array.from({ length: Math.ceil(missing / 100) }, (_, index) => [`note_${String(index).padStart(3, '0')}`, 'n'.repeat(85)]));
  return { ...plain, metadata };
}
