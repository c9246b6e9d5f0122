/** A rebuild in PostgreSQL ends in what a rebuild of the same journal ends in in a file. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { copyCache } from '../../../../core/cache/copy.ts';
import { failed, paid, withSessions } from '../../../support/bookings.ts';
import { beside } from '../../../support/beside.ts';
import { freshCacheFile, tell, type CacheFile } from '../../../support/caches.ts';
import { freshDatabase } from '../../../support/databases.ts';
import { CUSTOMER, customer, event, HOUR, invoice, PAYMENT_METHOD, paymentMethod, START, SUBSCRIPTION, subscription } from '../../../support/stripe-objects.ts';

const REBUILT = ['subscriptions', 'invoices', 'cards', 'payers', 'questions', 'failures', 'sessions', 'rebuilt'];

let file: CacheFile;
let database: ReturnType<typeof freshDatabase>;

beforeEach(async () => {
  [file, database] = [freshCacheFile(), freshDatabase()];
  await database.make();
});

afterEach(async () => {
  for (const each of [file, database]) await each.remove();
});

test.each([
  ['nothing but the journal', ['subscriptions', 'invoices', 'cards', 'payers'].map((table) => `DELETE FROM ${table}`).join('; ')],
  ['a wrong state', `UPDATE subscriptions SET status = 'paused', as_of = 1; UPDATE invoices SET status = 'draft', failed_at = 7; UPDATE cards SET name = 'x'`],
])('from %s', async (_, spoil) => {
  await live(file);
  await copyCache(file.path, database.path);
  const rebuilt = [];
  for (const place of [file, database]) {
    const cache = await place.open();
    const other = await beside(place.path);
    await other.run(spoil);
    rebuilt.push({ told: await cache.rebuild({ version: '1', now: START * 1000 }), again: await cache.rebuild({ version: '1', now: START * 1000 }), tables: await tablesOf(other) });
    await other.close();
  }
  expect(rebuilt[0]!.told.differing).toBeGreaterThan(0);
  expect(rebuilt[0]!.again.differing).toBe(0);
  expect(rebuilt[1]).toEqual(rebuilt[0]);
});

async function live({ open }: CacheFile): Promise<void> {
  const cache = await open();
  await withSessions(cache);
  const known = (await cache.subscription(SUBSCRIPTION))!.subscription;
  await cache.saveSubscription({ ...known, version: known.version + 1, event: null });
  const told = [
    event('payment_method.attached', paymentMethod()),
    event('customer.updated', customer(PAYMENT_METHOD), { created: START + 1, previous: { invoice_settings: { default_payment_method: null } } }),
    failed({ created: START + HOUR }),
    paid({ created: START + 2 * HOUR }),
    event('invoice.payment_failed', invoice({ id: 'in_other' })),
    event('customer.subscription.deleted', subscription({ id: 'sub_2', customer: CUSTOMER, status: 'canceled', ended_at: START })),
  ];
  for (const each of told) await tell(cache, each);
}

async function tablesOf({ run }: Awaited<ReturnType<typeof beside>>): Promise<Record<string, unknown[]>> {
  const tables: Record<string, unknown[]> = {};
  for (const table of REBUILT) tables[table] = await run(`SELECT * FROM ${table} ORDER BY 1`);
  return tables;
}
