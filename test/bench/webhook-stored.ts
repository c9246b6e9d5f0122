/** What a webhook server has stored: filled before a run, and looked at after it. */
import Database from 'better-sqlite3';
import type Stripe from 'stripe';
import { openCache } from '../../core/cache/open-cache.ts';
import { tell } from '../support/caches.ts';
import { customerId, subscriptionId, type Post } from './webhook-events.ts';

/** Makes devchat's cache with so many subscriptions: the first through devchat itself, the others as copies of its row. */
export async function fillCache(file: string, template: Stripe.Event, subscriptions: number): Promise<void> {
  const cache = await openCache(file, { livemode: false });
  const first = structuredClone(template);
  Object.assign(first.data.object, { id: subscriptionId(0), customer: customerId(0) });
  await tell(cache, first);
  await cache.close();
  const database = new Database(file);
  database.pragma('journal_mode = OFF');
  database.pragma('synchronous = OFF');
  const copied = (text: string) => `replace(replace(${text}, '${subscriptionId(0)}', printf('sub_bench%019d', n)), '${customerId(0)}', printf('cus_bench%09d', n))`;
  database.exec(`
    WITH RECURSIVE copies (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < ${subscriptions - 1})
    INSERT INTO subscriptions (id, customer, status, created, as_of, version, snapshot)
    SELECT ${copied('subscriptions.id')}, ${copied('subscriptions.customer')}, status, subscriptions.created, as_of, version, ${copied(`payload -> '$.data.object'`)}
    FROM copies, subscriptions JOIN events ON events.sequence = subscriptions.event WHERE subscriptions.id = '${subscriptionId(0)}'`);
  database.close();
}

/** Throws where the file is damaged, misses an acknowledged event or has another, or shows a subscription otherwise than its newest event does. `filledWith` is the event that it was filled from. */
export function checkStored(file: string, acknowledged: readonly Post[], filledWith?: Stripe.Event): void {
  const database = new Database(file);
  const damage = database.pragma('integrity_check', { simple: true });
  const journaled = new Set(database.prepare<[], string>(`SELECT id FROM events`).pluck().all());
  const wanted = new Set([...(filledWith ? [filledWith.id] : []), ...acknowledged.map(({ id }) => id)]);
  const missing = [...wanted].filter((id) => !journaled.has(id));
  const wrong = database.prepare(NOT_NEWEST).pluck().get(filledWith?.created ?? 0);
  database.close();
  if (damage === 'ok' && missing.length === 0 && journaled.size === wanted.size && wrong === 0) return;
  throw new Error(`${file}: integrity ${String(damage)}; ${journaled.size} events of ${wanted.size}, ${missing.length} missing; ${String(wrong)} subscriptions not as of their newest event`);
}

const NOT_NEWEST = `
  SELECT count(*) FROM subscriptions JOIN (
    SELECT json_extract(payload, '$.data.object.id') AS subscription, max(created) AS newest FROM events GROUP BY 1
  ) ON subscription = id WHERE as_of != max(newest, ?)`;
