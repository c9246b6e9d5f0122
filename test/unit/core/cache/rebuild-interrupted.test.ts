/** A rebuild beside a daemon that writes, interrupted, taken over, and with what follows from it. */
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { API_VERSION } from '../../../../core/api-version.ts';
import type { Cache, RebuildOptions, Rebuilt } from '../../../../core/cache/cache.ts';
import { jsonPart } from '../../../../core/cache/sqlite.ts';
import { sort } from '../../../../core/cache/sqlite/showing.ts';
import type { Call } from '../../../../core/cache/statement.ts';
import { unchangedBy } from '../../../../core/cache/tables/rebuild.ts';
import { failed, notices, states, UPDATED, withSessions } from '../../../support/bookings.ts';
import { allSubscriptions, freshCacheFile, tell, type CacheFile } from '../../../support/caches.ts';
import { DAY, event, HOUR, INVOICE, START, subscription, SUBSCRIPTION } from '../../../support/stripe-objects.ts';

const MANY = 1_000;

let file: CacheFile;
let cache: Cache;

beforeEach(async () => {
  file = freshCacheFile();
  cache = await file.open({ livemode: false, noticeTargets: ['command'] });
});

afterEach(() => file.remove());

function rebuild(options: Partial<RebuildOptions> = {}, of = cache): Promise<Rebuilt> {
  return of.rebuild({ version: '1.0.0', now: (START + HOUR) * 1000, ...options });
}

async function tellOfMany(): Promise<void> {
  await Promise.all(Array.from({ length: MANY }, (_, index) => tell(cache, nth(index))));
}

function nth(index: number, { created = START, status = 'active' }: { created?: number; status?: 'active' | 'past_due' } = {}) {
  return event(UPDATED, subscription({ id: idOf(index), customer: `cus_${index}`, status }), { created });
}

function idOf(index: number): string {
  return `sub_${String(index).padStart(4, '0')}`;
}

function spoil(sql: string): void {
  const database = new Database(file.path);
  database.exec(sql);
  database.close();
}

/** Aborts after the first chunk; the one after it is noted still. */
function interrupted(options: Partial<RebuildOptions> = {}): Promise<Rebuilt> {
  const stopped = new AbortController();
  return rebuild({ ...options, signal: stopped.signal, onProgress: () => stopped.abort() });
}

test('what was cached otherwise is told by field, with before and after, and mended; a dry run only tells', async () => {
  await tell(cache, event(UPDATED, subscription({ status: 'past_due' })));
  spoil(`UPDATE subscriptions SET status = 'active'; INSERT INTO cards VALUES ('pm_none', 'cus_1', 1, 'Visa 0000', 1, 2030)`);
  const told = await rebuild({ dryRun: true });
  expect(told).toMatchObject({ applied: false, differing: 2, questions: [], objects: { subscription: 1 } });
  expect(told.differences).toEqual([
    { kind: 'card', id: 'pm_none', action: 'remove', fields: [] },
    { kind: 'subscription', id: SUBSCRIPTION, action: 'change', fields: [{ path: 'status', before: 'active', after: 'past_due' }] },
  ]);
  expect((await cache.subscription(SUBSCRIPTION))?.subscription).toMatchObject({ status: 'active', version: 1 });
  expect(await rebuild()).toMatchObject({ applied: true, differences: told.differences });
  expect((await cache.subscription(SUBSCRIPTION))?.subscription).toMatchObject({ status: 'past_due', version: 2 });
});

const COLUMNS = {
  customer: `customer = 'cus_2'`,
  status: `status = 'unpaid'`,
  created: `created = 1`,
  as_of: `as_of = ${START + 9}`,
  event: `event = (SELECT min(sequence) FROM events)`,
  snapshot: `event = NULL, snapshot = (SELECT json_set(payload -> '$.data.object', '$.metadata', json('{"a":1}')) FROM events WHERE sequence = event)`,
};

test.each(Object.entries(COLUMNS))('a %s that is cached otherwise is found, and mended', async (_, change) => {
  await tell(cache, event(UPDATED, subscription({ status: 'trialing' }), { created: START - 1 }));
  await tell(cache, event(UPDATED, subscription(), { previous: { status: 'trialing' } }));
  const before = rows();
  expect(toldInSql()).toEqual([SUBSCRIPTION]);
  spoil(`UPDATE subscriptions SET ${change}`);
  expect(toldInSql()).toEqual([]);
  expect(await rebuild()).toMatchObject({ differing: 1 });
  expect(rows()).toEqual(before);
});

test.each([
  ['an event of another shape', event(UPDATED, subscription(), { created: START + 1, api_version: '2019-01-01' })],
  ['a second event of the second', event(UPDATED, subscription({ status: 'past_due' }))],
])('%s has a subscription compared in full', async (_, other) => {
  await tell(cache, event(UPDATED, subscription()));
  expect(toldInSql()).toEqual([SUBSCRIPTION]);
  await tell(cache, other);
  expect(toldInSql()).toEqual([]);
});

test('an event that is nested deeper than SQLite reads has no other passed over', async () => {
  await tell(cache, event(UPDATED, subscription()));
  await tell(cache, event(UPDATED, subscription({ id: 'sub_2' })));
  spoil(`UPDATE events SET payload = replace(payload, '"metadata":{}', '"metadata":${'['.repeat(1_100)}${']'.repeat(1_100)}') WHERE subscription = 'sub_2'`);
  expect(toldInSql()).toEqual([SUBSCRIPTION]);
  expect(await rebuild()).toMatchObject({ objects: { subscription: 1 }, differences: [{ id: 'sub_2', action: 'remove' }] });
});

/** The subscriptions that SQL alone tells to be as the journal gives them. */
function toldInSql(): unknown[] {
  const { statement, parameters } = unchangedBy(jsonPart)({ first: 'a', last: 'z', version: API_VERSION }).next().value as Call;
  const database = new Database(file.path);
  for (const step of sort({ anew: true })) database.prepare(step.statement.sql).run();
  const found = database.prepare(statement.sql).pluck().all(...parameters);
  database.close();
  return found;
}

function rows(): unknown[] {
  const database = new Database(file.path);
  const found = database.prepare(`SELECT * FROM subscriptions ORDER BY id`).all() as object[];
  database.close();
  return found.map((row) => ({ ...row, version: 0 }));
}

test('Ctrl-C leaves the old state; the next one goes on, and events meanwhile count', async () => {
  await tellOfMany();
  spoil(`DELETE FROM subscriptions`);
  await expect(interrupted()).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }) as Error);
  expect(await allSubscriptions(cache)).toEqual([]);
  await tell(cache, nth(0, { created: START + 1, status: 'past_due' }));
  const resumed: number[] = [];
  const rebuilt = await rebuild({ onResume: (events) => resumed.push(events) });
  expect(resumed).toEqual([400]);
  expect(rebuilt).toMatchObject({ events: MANY, differing: MANY - 1, objects: { subscription: MANY } });
  expect((await cache.subscription(idOf(0)))?.subscription.status).toBe('past_due');
  expect(await allSubscriptions(cache)).toHaveLength(MANY);
});

test('what another version of devchat began is begun anew', async () => {
  await tellOfMany();
  await expect(interrupted({ version: '0.9.0' })).rejects.toThrow();
  const resumed: number[] = [];
  expect(await rebuild({ onResume: (events) => resumed.push(events) })).toMatchObject({ events: MANY });
  expect(resumed).toEqual([]);
});

test('a second one takes over where the first is, and the first says so', async () => {
  await tellOfMany();
  spoil(`DELETE FROM subscriptions`);
  const other = await file.open();
  let second: Promise<Rebuilt> | undefined;
  const first = rebuild({ onProgress: () => void (second ??= rebuild({}, other)) });
  await expect(first).rejects.toMatchObject({ kind: 'conflict', message: 'another rebuild has taken this one over, and goes on from where it was' });
  expect(await second).toMatchObject({ differing: MANY, applied: true });
});

test.each([3, MANY / 2])('%i events that come while it runs are in what is swapped in', async (many) => {
  await tellOfMany();
  const late = Array.from({ length: many }, (_, index) => nth(index, { created: START + 1, status: 'past_due' }));
  let telling: Promise<unknown> | undefined;
  expect(await rebuild({ onProgress: () => void (telling ??= Promise.all(late.map((each) => tell(cache, each)))) })).toMatchObject({ differing: 0 });
  await telling;
  expect((await allSubscriptions(cache)).filter(({ subscription: { status } }) => status === 'past_due')).toHaveLength(many);
});

test('what follows is drawn once, and not again by the next rebuild', async () => {
  await withSessions(cache);
  await tell(cache, failed({ created: START + HOUR }));
  expect(await states(cache)).toEqual(['cancelled', 'booked', 'booked']);
  expect(await notices(cache)).toHaveLength(1);
  spoil(`DELETE FROM invoices; DELETE FROM subscriptions; UPDATE failures SET closed_at = NULL`);
  expect(await rebuild({ now: (START + DAY) * 1000 })).toMatchObject({ differing: 2, questions: [] });
  await rebuild();
  expect(await states(cache)).toEqual(['cancelled', 'booked', 'booked']);
  expect((await cache.invoice(INVOICE))?.failedAt).toBe(START + HOUR);
});

test('events of another shape are asked about, and leave what is cached', async () => {
  await tell(cache, event(UPDATED, subscription(), { api_version: '2020-03-02' }));
  await cache.dropQuestion(SUBSCRIPTION);
  expect(await rebuild()).toMatchObject({ differing: 0, questions: [SUBSCRIPTION] });
  expect(await cache.questions()).toEqual([SUBSCRIPTION]);
});

test('an event that cannot be read hides none that can', async () => {
  await tell(cache, event(UPDATED, subscription()));
  await tell(cache, event(UPDATED, { ...subscription(), items: null }, { created: START + 5 }));
  expect(await rebuild()).toMatchObject({ differing: 0 });
});
