/** A cache file of the version before opens, and what it knew goes on without being told as news. */
import { mkdirSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DEFAULT_RULES } from '../../../../core/billing/policy.ts';
import type { OpenOptions } from '../../../../core/cache/cache.ts';
import { MIGRATIONS } from '../../../../core/cache/sqlite/migrations.ts';
import { failed, notices, paid, states, UPDATED } from '../../../support/bookings.ts';
import { freshCacheFile, tell, type CacheFile } from '../../../support/caches.ts';
import { CUSTOMER, DAY, event, HOUR, INVOICE, START, subscription } from '../../../support/stripe-objects.ts';

const APPLICATION_ID = 0x64636361;
const FIRST_FAILED_AT = START + HOUR;
const LAST_FAILED_AT = START + 3 * DAY;
const ENDED = subscription({ id: 'sub_ended', customer: 'cus_ended', status: 'canceled', ended_at: START });

let file: CacheFile;

beforeEach(() => {
  file = freshCacheFile();
  mkdirSync(file.folder);
  const database = new Database(file.path);
  database.exec(MIGRATIONS[0]!);
  database.pragma('user_version = 1');
  database.pragma(`application_id = ${APPLICATION_ID}`);
  const events = database.prepare(`INSERT INTO events (id, type, created, received_at, source, subscription, invoice, payload) VALUES (?, 'invoice.payment_failed', ?, 0, 'webhook', 'sub_1', 'in_1', '{}')`);
  events.run('evt_last', LAST_FAILED_AT);
  events.run('evt_first', FIRST_FAILED_AT);
  const subscriptions = database.prepare(`INSERT INTO subscriptions (id, customer, status, created, as_of, version, snapshot) VALUES (?, ?, ?, ?, ?, 1, ?)`);
  for (const known of [subscription({ status: 'past_due' }), ENDED]) subscriptions.run(known.id, known.customer, known.status, known.created, START, JSON.stringify(known));
  const invoices = database.prepare(`INSERT INTO invoices (id, subscription, status, created, as_of, amount_due, currency, failed_at) VALUES (?, 'sub_1', 'open', ?, ?, 6000, 'usd', ?)`);
  invoices.run(INVOICE, START, LAST_FAILED_AT, LAST_FAILED_AT);
  invoices.run('in_unheard', START, LAST_FAILED_AT, LAST_FAILED_AT);
  invoices.run('in_good', START, START, null);
  database.close();
});

afterEach(() => file.remove());

const TOLD: OpenOptions = { livemode: false, noticeTargets: ['command'] };

test('a failure is still there, since the first time that was heard of it', async () => {
  const cache = await file.open();
  expect(await cache.invoice(INVOICE)).toMatchObject({ failedAt: LAST_FAILED_AT, firstFailedAt: FIRST_FAILED_AT });
  expect(await cache.invoice('in_unheard')).toMatchObject({ failedAt: LAST_FAILED_AT, firstFailedAt: LAST_FAILED_AT });
  expect(await cache.invoice('in_good')).toMatchObject({ failedAt: null, firstFailedAt: null });
});

test('nothing of the past is told, however often Stripe repeats it; what comes is', async () => {
  const cache = await file.open(TOLD);
  await cache.drawDue((START + 4 * DAY) * 1000);
  await tell(cache, failed({ created: START + 4 * DAY }));
  await tell(cache, event(UPDATED, { ...ENDED, metadata: { late: 'feedback' } }, { created: START + 4 * DAY }));
  expect(await notices(cache)).toEqual([]);
  await tell(cache, paid({ created: START + 5 * DAY }));
  expect((await notices(cache)).map(({ type, data }) => [type, data.text])).toEqual([['payment.recovered', 'cus_1: the payment of 15 Jan over $60 came after all.']]);
});

test('grace that was running ends when it should', async () => {
  const rules = { ...DEFAULT_RULES, policy: { ...DEFAULT_RULES.policy, past_due: { graceDays: 5 } } };
  const cache = await file.open({ ...TOLD, rules });
  await cache.bookSession({ customer: CUSTOMER, startsAt: START + 9 * DAY }, (START + 4 * DAY) * 1000);
  await cache.drawDue((FIRST_FAILED_AT + 5 * DAY) * 1000 - 1);
  expect(await states(cache)).toEqual(['booked']);
  await cache.drawDue((FIRST_FAILED_AT + 5 * DAY) * 1000);
  expect(await states(cache)).toEqual(['cancelled']);
});

test('what is nested deeper than SQLite reads does not keep the file from opening', async () => {
  const database = new Database(file.path);
  const snapshot = JSON.stringify(subscription({ id: 'sub_nested' })).replace('"metadata":{}', `"metadata":${'['.repeat(1_100)}${']'.repeat(1_100)}`);
  const payload = JSON.stringify(event(UPDATED, {})).replace('"object":{}', `"object":${snapshot}`);
  database.prepare(`INSERT INTO events (id, type, created, received_at, source, subscription, payload) VALUES ('evt_nested', ?, ?, 0, 'webhook', 'sub_nested', ?)`).run(UPDATED, START, payload);
  database.prepare(`INSERT INTO subscriptions (id, customer, status, created, as_of, version, snapshot) VALUES ('sub_nested', 'cus_nested', 'active', ?, ?, 1, ?)`).run(START, START, snapshot);
  database.close();
  const cache = await file.open();
  expect((await cache.subscription('sub_nested'))?.subscription.status).toBe('active');
  await cache.rebuild({ version: '1', now: START * 1000 });
  expect((await cache.subscription(ENDED.id))?.subscription.status).toBe('canceled');
});
