/** The rank by which a rebuild finds the newest state of an object; a file of the version before is ranked alike. */
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { rankedObject } from '../../../../core/billing/rank.ts';
import { MIGRATIONS } from '../../../../core/cache/sqlite/migrations.ts';
import { event, invoice, START, subscription } from '../../../support/stripe-objects.ts';

const FINAL = 2 ** 40;
const OURS = { livemode: false };

const RANKED = [
  ['a subscription that goes on', event('customer.subscription.updated', subscription()), 'sub_1', START],
  ['one that has ended', event('customer.subscription.deleted', subscription({ status: 'canceled' })), 'sub_1', START + FINAL],
  ['an open invoice', event('invoice.updated', invoice({ status: 'open' })), 'in_1', START],
  ['one that was written off', event('invoice.marked_uncollectible', invoice({ status: 'uncollectible' })), 'in_1', START + FINAL],
  ['one that was paid, perhaps after that', event('invoice.paid', invoice({ status: 'paid' })), 'in_1', START + 2 * FINAL],
  ['a card', event('payment_method.attached', { object: 'payment_method', id: 'pm_1', customer: 'cus_1' }), 'pm_1', START],
  ['one that was taken away', event('payment_method.detached', { object: 'payment_method', id: 'pm_1', customer: null }), 'pm_1', START + FINAL],
  ['a customer', event('customer.updated', { object: 'customer', id: 'cus_1' }), 'cus_1', START],
  ['another account', event('customer.subscription.updated', subscription(), { account: 'acct_1' }), null, null],
  ['another shape', event('customer.subscription.updated', subscription(), { api_version: '2020-03-02' }), null, null],
  ['what means nothing here', event('foo.bar', { object: 'foo', id: 'foo_1' }), null, null],
] as const;

test.each(RANKED)('%s', (_name, told, object, rank) => {
  expect(rankedObject(told, OURS)).toEqual({ object, rank });
  expect(rankedByMigration(told)).toEqual({ object, rank });
});

test('the other mode', () => {
  expect(rankedObject(event('customer.subscription.updated', subscription(), { livemode: true }), OURS)).toEqual({ object: null, rank: null });
});

function rankedByMigration(told: { id: string; type: string; created: number }): unknown {
  const database = new Database(':memory:');
  for (const step of MIGRATIONS.slice(0, 3)) database.exec(step);
  database.prepare(`INSERT INTO events (id, type, created, received_at, source, payload) VALUES (?, ?, ?, 0, 'webhook', ?)`).run(told.id, told.type, told.created, JSON.stringify(told));
  database.exec(`INSERT INTO attempts (event, at, outcome, reason) VALUES (1, 0, 'applied', '')`);
  database.exec(MIGRATIONS[3]!);
  const ranked = database.prepare('SELECT object, rank FROM events').get();
  database.close();
  return ranked;
}
