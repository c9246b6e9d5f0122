/** A cache with a large journal, made by SQL. */
import { mkdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openCache } from '../../core/cache/open-cache.ts';
import { event, START, subscription } from './stripe-objects.ts';

const EVENTS_PER_SUBSCRIPTION = 10;
const EVENT_BYTES = 5_400;
const BYTES_NEEDED_PER_EVENT = 8_000;

/**
 * A journal of so many events, and the state that they left: of each subscription ten unless told, the last of which is cached. Resolves with the
 * file's path; 6 KB an event. They began one second after the other. With `customers`, each has what
 * an ordinary customer has beside.
 */
export async function journalOf(many: number, folder: string, { eventsEach = EVENTS_PER_SUBSCRIPTION, customers = false } = {}): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < many * BYTES_NEEDED_PER_EVENT) throw new Error(`${folder} has no room for ${many} events`);
  const path = join(folder, 'cache.sqlite');
  await (await openCache(path, { livemode: false })).close();
  const database = new Database(path);
  database.pragma('synchronous = OFF');
  const text = JSON.stringify(event('customer.subscription.updated', { ...padded(), created: 1 }, { id: 'evt_ID', created: 0, previous: { metadata: { step: '0' } } }));
  const insert = { payload: text, start: START, subscriptions: many / eventsEach };
  database.transaction(() => {
    for (let step = 0; step < eventsEach; step += 1) database.prepare(EVENTS).run({ ...insert, step });
    database.exec(`INSERT INTO attempts (event, at, outcome, reason) SELECT sequence, received_at, 'applied', 'active -> active' FROM events`);
    database.prepare(STATES).run({ newest: START + eventsEach - 1 });
    if (customers) database.exec(CUSTOMERS);
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
    replace(replace(replace(replace(replace(:payload, '"created":1', '"created":' || CAST(:start - n AS INTEGER)), '"created":0', '"created":' || (:start + :step)), 'evt_ID', printf('evt_%d_%d', :step, n)), 'sub_1', printf('sub_%08d', n)), 'cus_1', printf('cus_%08d', n))
  FROM numbers`;
const STATES = `
  INSERT INTO subscriptions (id, customer, status, created, as_of, version, event)
  SELECT subscription, customer, 'active', payload ->> '$.data.object.created', created, 10, sequence
  FROM events WHERE created = :newest`;

/** A user with a card that pays, and an invoice for each of two months; the payment of every hundredth has failed. */
const CUSTOMERS = `
  INSERT INTO users (id, email, customer, created_at) SELECT 'user_' || customer, customer || '@example.com', customer, 0 FROM subscriptions;
  INSERT INTO cards (id, customer, as_of, name, exp_month, exp_year) SELECT 'pm_' || customer, customer, 0, 'Visa 4242', 11, 2030 FROM subscriptions;
  INSERT INTO payers (customer, as_of, payment_method) SELECT customer, 0, 'pm_' || customer FROM subscriptions;
  INSERT INTO invoices (id, subscription, status, created, as_of, amount_due, currency)
    SELECT 'in_' || month || '_' || id, id, 'paid', created + month, as_of, 0, 'usd' FROM subscriptions, (SELECT 1 AS month UNION SELECT 2);
  UPDATE invoices SET status = 'open', amount_due = 6000, failed_at = as_of, first_failed_at = as_of WHERE id LIKE 'in_2_%00'`;

/** A subscription as large as Stripe's are. */
function padded(): object {
  const plain = subscription();
  const missing = EVENT_BYTES - JSON.stringify(event('customer.subscription.updated', plain)).length;
  const metadata = Object.fromEntries(Array.from({ length: Math.ceil(missing / 100) }, (_, index) => [`note_${String(index).padStart(3, '0')}`, 'n'.repeat(85)]));
  return { ...plain, metadata };
}
