/** A cache that held a second copy of what its events show opens, and holds the event's place in the journal instead; what Stripe answered stays. */
import { mkdirSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type Stripe from 'stripe';
import { isPostgres } from '../../../../core/cache/location.ts';
import { MIGRATIONS as OF_POSTGRES } from '../../../../core/cache/postgres/migrations.ts';
import { MIGRATIONS as OF_FILES } from '../../../../core/cache/sqlite/migrations.ts';
import { beside, rowsIn } from '../../../support/beside.ts';
import { UPDATED } from '../../../support/bookings.ts';
import { freshCache, tell, type CacheFile } from '../../../support/caches.ts';
import { event, START, subscription } from '../../../support/stripe-objects.ts';

const FILE_STEPS = 5;
const POSTGRES_STEPS = 1;
const NESTED = `${'['.repeat(2_000)}${']'.repeat(2_000)}`;
const APPLICATION_ID = 0x64636361;

const OLDER = subscription({ status: 'trialing' });
const NEWER = subscription({ status: 'active', metadata: { note: `it's` } });
const ANSWERED = subscription({ id: 'sub_answered', customer: 'cus_2' });

let file: CacheFile;

beforeEach(async () => {
  file = await freshCache();
  await (await file.open()).close();
  const steps = isPostgres(file.path) ? olderDatabase() : olderFile();
  const older = await beside(file.path);
  for (const sql of steps) await older.run(sql);
  for (const [created, shown] of [[START, OLDER], [START + 1, NEWER]] as const) await older.run(journaled(event(UPDATED, shown, { id: `evt_${created}`, created, previous: { status: 'incomplete' } })));
  await older.run(cached(NEWER, START + 1, `'${UPDATED}', '{"status":"incomplete"}'`));
  await older.run(cached(ANSWERED, START, 'NULL, NULL'));
  await older.close();
});

afterEach(() => file.remove());

function olderDatabase(): string[] {
  return ['DROP SCHEMA devchat CASCADE', 'CREATE SCHEMA devchat', 'CREATE TABLE devchat.migrations (step integer PRIMARY KEY, taken_at timestamptz NOT NULL)', ...OF_POSTGRES.slice(0, POSTGRES_STEPS), 'INSERT INTO migrations VALUES (1, now())'];
}

function olderFile(): string[] {
  rmSync(file.folder, { recursive: true });
  mkdirSync(file.folder);
  return [...OF_FILES.slice(0, FILE_STEPS), `PRAGMA user_version = ${FILE_STEPS}; PRAGMA application_id = ${APPLICATION_ID}`];
}

const quoted = (thing: unknown) => `'${JSON.stringify(thing).replaceAll(`'`, `''`)}'`;

function journaled(told: Stripe.Event): string {
  const { id, customer } = told.data.object as Stripe.Subscription;
  return `INSERT INTO events (id, type, created, received_at, source, customer, subscription, object, rank, payload)
    VALUES ('${told.id}', '${told.type}', ${told.created}, 0, 'webhook', '${customer as string}', '${id}', '${id}', ${told.created}, ${quoted(told)});
    INSERT INTO attempts (event, at, outcome, reason) SELECT max(sequence), 0, 'applied', '' FROM events`;
}

function cached(shown: Stripe.Subscription, asOf: number, told: string): string {
  const { id, customer, status, created } = shown;
  return `INSERT INTO subscriptions (id, customer, status, created, as_of, version, event_type, event_previous, snapshot)
    VALUES ('${id}', '${customer as string}', '${status}', ${created}, ${asOf}, 3, ${told}, ${quoted(shown)})`;
}

test('both are what they were, and only the answer is kept twice', async () => {
  const cache = await file.open();
  const common = { version: 3, customer: NEWER.customer };
  expect((await cache.subscription(NEWER.id))?.subscription).toEqual({ ...common, id: NEWER.id, status: 'active', asOf: START + 1, event: { type: UPDATED, previous: { status: 'incomplete' } }, snapshot: NEWER });
  expect((await cache.subscription(ANSWERED.id))?.subscription).toEqual({ ...common, customer: 'cus_2', id: ANSWERED.id, status: 'active', asOf: START, event: null, snapshot: ANSWERED });
  expect(await rowsIn(file.path, 'SELECT id, event, snapshot IS NULL AS here FROM subscriptions ORDER BY id')).toMatchObject([{ id: NEWER.id, event: 2 }, { id: ANSWERED.id, event: null }]);
});

test.each([['a null', '\0'], ['half a letter', '\ud800'], ['lists in lists', JSON.parse(NESTED) as unknown]])('%s in it keeps nobody from opening it', async (_, odd) => {
  const shown = subscription({ id: 'sub_odd', metadata: { odd } as never });
  const older = await beside(file.path);
  await older.run(journaled(event(UPDATED, shown, { id: 'evt_odd', created: START })));
  await older.run(cached(shown, START, `'${UPDATED}', NULL`));
  await older.close();
  const cache = await file.open();
  expect(JSON.stringify((await cache.subscription('sub_odd'))?.subscription.snapshot)).toBe(JSON.stringify(shown));
  expect((await cache.subscription(NEWER.id))?.subscription.event).toMatchObject({ type: UPDATED });
});

test('what comes then is applied to it', async () => {
  const cache = await file.open();
  expect(await tell(cache, event(UPDATED, OLDER, { created: START }))).toMatchObject({ outcome: 'stale' });
  expect(await tell(cache, event(UPDATED, subscription({ status: 'past_due' }), { created: START + 2 }))).toMatchObject({ outcome: 'applied' });
  expect((await cache.subscription(NEWER.id))?.subscription).toMatchObject({ status: 'past_due', version: 4 });
});
