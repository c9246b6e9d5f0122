/** How SQLite finds what is asked for with each event and each second: by an index, however much is kept. */
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cardOf, payerOf } from '../../../../core/billing/cards.ts';
import type { Cache, EventFilter } from '../../../../core/cache/cache.ts';
import { failed, paid, withSessions } from '../../../support/bookings.ts';
import { allSubscriptions, freshCacheFile, tell, type CacheFile } from '../../../support/caches.ts';
import { CUSTOMER, customer, DAY, event, invoice, paymentMethod, START, subscription } from '../../../support/stripe-objects.ts';

/** Those that list all there is, and are asked by people or by routines that empty them. */
const LISTS = [
  /FROM sessions .* ORDER BY starts_at, sessions.id$/,
  /FROM deliveries WHERE delivered_at IS NULL GROUP BY target/,
  /FROM collections ORDER BY customer$/,
  /FROM questions ORDER BY subscription$/,
  /IN \(SELECT sequence FROM events ORDER BY sequence( DESC)? LIMIT :limit\) ORDER BY events.sequence( DESC)?$/,
  /IN \(SELECT event FROM attempts WHERE outcome = '(stale|ignored)'\) AND .* LIMIT :limit\)/,
  /IN \(SELECT sequence FROM events WHERE \(SELECT outcome FROM attempts WHERE .*\) = 'applied' ORDER BY/,
];

/** A list inside one value is no table; the journal's narrow index is made to be read along. */
const SCANS_TABLE = /^SCAN (?!.* VIRTUAL TABLE|CONSTANT ROW|events USING COVERING INDEX events_listed)/;

/** SQLite plans to look for rows that waited for this event, and does so only where a reference is broken. */
const MENDS_REFERENCE = /^INSERT INTO events .* RETURNING sequence$/;

let file: CacheFile;
let cache: Cache;
let asked: Set<string>;

beforeEach(async () => {
  asked = new Set();
  const prepare = Database.prototype.prepare;
  vi.spyOn(Database.prototype, 'prepare').mockImplementation(function (this: Database.Database, sql: string) {
    asked.add(sql.replace(/\s+/g, ' ').trim());
    return prepare.call(this, sql);
  });
  file = freshCacheFile();
  cache = await file.open({ livemode: false, noticeTargets: ['command'] });
});

afterEach(async () => {
  vi.restoreAllMocks();
  await file.remove();
});

test('only lists of everything look at everything', async () => {
  await everythingHappens();
  vi.restoreAllMocks();
  const database = new Database(file.path);
  const scanning = [...asked].filter((sql) => /^(SELECT|INSERT|UPDATE|DELETE)/.test(sql) && !sql.includes('sqlite_schema') && !MENDS_REFERENCE.test(sql) && planOf(database, sql).some((step) => SCANS_TABLE.test(step)));
  expect(scanning.filter((sql) => !LISTS.some((list) => list.test(sql)))).toEqual([]);
  expect(asked.size).toBeGreaterThan(50);
  database.close();
});

/** Each filter of the journal alone, the index that serves it, and whether that index is all that is read before the rows of the page. */
test.each<[Partial<EventFilter>, RegExp]>([
  [{ subscription: 'sub_1' }, /^SCAN events USING COVERING INDEX events_listed/],
  [{ customer: CUSTOMER }, /^SCAN events USING COVERING INDEX events_listed/],
  [{ type: 'invoice.paid' }, /^SCAN events USING COVERING INDEX events_listed/],
  [{ type: 'invoice.*' }, /^SCAN events USING COVERING INDEX events_listed/],
  [{ since: START }, /^SCAN events USING COVERING INDEX events_listed/],
  [{ until: START }, /^SCAN events USING COVERING INDEX events_listed/],
  [{ outcome: 'failed' }, /^SCAN attempts USING COVERING INDEX attempts_failed/],
  [{ after: 1, oldestFirst: true }, /^SEARCH events USING COVERING INDEX events_listed \(sequence>\?\)/],
  [{ customer: CUSTOMER, type: 'invoice.*' }, /^SCAN events USING COVERING INDEX events_listed/],
])('the journal filtered by %j', async (filter, index) => {
  asked.clear();
  await cache.events({ ...filter, limit: 10 });
  vi.restoreAllMocks();
  const [sql = ''] = asked;
  const database = new Database(file.path);
  const plan = planOf(database, sql);
  database.close();
  expect(plan.filter((step) => index.test(step))).toHaveLength(1);
  expect(plan.filter((step) => /^SCAN events(?! USING COVERING INDEX)/.test(step))).toEqual([]);
});

test('a page of subscriptions is read along the index that has their order: only the invoices of each are sorted', async () => {
  await everythingHappens();
  vi.restoreAllMocks();
  const database = new Database(file.path);
  const pages = [...asked].filter((sql) => /FROM subscriptions .* ORDER BY (created DESC, )?subscriptions.id LIMIT \d+$/.test(sql));
  const plans = pages.map((sql) => planOf(database, sql));
  database.close();
  const beside = [
    'CORRELATED SCALAR SUBQUERY 1',
    'SEARCH events USING INTEGER PRIMARY KEY (rowid=?)',
    'SEARCH users USING INDEX sqlite_autoindex_users_3 (customer=?) LEFT-JOIN',
    'CORRELATED SCALAR SUBQUERY 2',
    'SEARCH invoices USING INDEX invoices_by_subscription (subscription=?)',
    'USE TEMP B-TREE FOR ORDER BY',
  ];
  expect(plans.map((plan) => plan.toSorted())).toEqual([
    ['SEARCH subscriptions USING INDEX subscriptions_listed (created=? AND id>?)', ...beside].sort(),
    ['SEARCH subscriptions USING INDEX subscriptions_listed (created<?)', ...beside].sort(),
  ]);
});

test('what else was heard in a second is looked for only where what is cached of the same object came from it', async () => {
  const isLookedFor = () => [...asked].some((sql) => /JOIN events AS tied|FROM answered/.test(sql));
  await tell(cache, event('customer.created', customer()));
  await tell(cache, event('payment_method.attached', paymentMethod()));
  for (const late of [0, 1, 2]) await tell(cache, event('customer.subscription.updated', subscription(), { created: START + late }));
  await tell(cache, event('customer.subscription.updated', subscription(), { created: START + 1 }));
  await tell(cache, event('invoice.updated', invoice(), { created: START + 2 }));
  await tell(cache, event('customer.subscription.updated', subscription({ id: 'sub_other' }), { created: START + 2 }));
  expect(isLookedFor()).toBe(false);
  await tell(cache, event('customer.subscription.updated', subscription({ status: 'past_due' }), { created: START + 2 }));
  expect(isLookedFor()).toBe(true);
});

/** A life in which each statement of the tables is asked for. */
async function everythingHappens(): Promise<void> {
  const [first] = await withSessions(cache);
  await cache.createUser({ id: 'user_1', email: 'ada@example.com', passwordHash: 'hash', createdAt: START }).then((user) => cache.linkCustomer(user, CUSTOMER));
  await cache.createLogin({ tokenHash: 'token', userId: 'user_1', expiresAt: 2 * START }, START);
  await tell(cache, failed());
  await tell(cache, event('customer.updated', { object: 'customer', id: CUSTOMER, invoice_settings: { default_payment_method: 'pm_2' } }, { previous: { invoice_settings: { default_payment_method: 'pm_1' } } }));
  for (const exp_year of [2030, 2031]) await tell(cache, event('payment_method.updated', paymentMethod({ card: { exp_year } })));
  await cache.drawDue((START + 4 * DAY) * 1000);
  const [delivery] = await cache.claimNotices(['command'], Date.now() * 2, Date.now() * 3);
  await cache.noticeFailed(delivery!, 'no', 1, 2);
  await cache.noticeDelivered(delivery!, 3);
  await tell(cache, paid());
  await cache.restoreSession(first!.id, 'paid', START * 1000).catch(() => undefined);
  const { subscription: known } = (await cache.subscription('sub_1'))!;
  const payment = { cards: [cardOf(paymentMethod(), START)], payer: payerOf(customer('pm_2'), START) };
  await cache.saveSubscription({ ...known, version: known.version + 1 }, [], payment, { heard: (await cache.heardOf()).heard });
  await tell(cache, event('customer.subscription.deleted', subscription({ status: 'canceled', ended_at: START + DAY }), { created: START + DAY }));
  await Promise.all([allSubscriptions(cache), cache.sessions(), cache.sessions({ customer: CUSTOMER }), cache.session(first!.id), cache.noticeTargets(), cache.collections(), cache.questions()]);
  await Promise.all([cache.missingInvoices(CUSTOMER), cache.unsettledInvoices('sub_1'), cache.userByLogin('token', START), cache.userByEmail('ada@example.com'), cache.userByCustomer(CUSTOMER)]);
  const filters = [{}, { subscription: 'sub_1' }, { customer: CUSTOMER }, { type: 'invoice.paid' }, { since: START }, { after: 1 }, { after: 1, oldestFirst: true }];
  for (const filter of filters) await cache.events({ ...filter, limit: 10 });
  await cache.eventCount({ subscription: 'sub_1' });
  await cache.heardOf((await cache.heardOf()).heard);
  const event1 = (await cache.events({ limit: 1 }))[0]!;
  await cache.replayEvent(event1.id, 1);
  await cache.event(event1.id);
}

function planOf(database: Database.Database, sql: string): string[] {
  const places = (sql.match(/\?/g) ?? []).map(() => 1);
  const names = Object.fromEntries((sql.match(/:\w+/g) ?? []).map((name) => [name.slice(1), 1]));
  const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...places, ...(Object.keys(names).length > 0 ? [names] : [])) as Array<{ detail: string }>;
  return rows.map(({ detail }) => detail);
}
