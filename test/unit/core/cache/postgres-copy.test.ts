/** A cache that is copied from a file into PostgreSQL and from there into another file is the same row by row. */
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { copyCache, TABLES } from '../../../../core/cache/copy.ts';
import { failed, paid, withSessions } from '../../../support/bookings.ts';
import { beside, rowsIn } from '../../../support/beside.ts';
import { freshCacheFile, tell, type CacheFile } from '../../../support/caches.ts';
import { freshDatabase } from '../../../support/databases.ts';
import { tableNames } from '../../../support/table-names.ts';
import { CUSTOMER, event, HOUR, START } from '../../../support/stripe-objects.ts';

let file: CacheFile;
let database: ReturnType<typeof freshDatabase>;
let back: CacheFile;

beforeEach(async () => {
  [file, database, back] = [freshCacheFile(), freshDatabase(), freshCacheFile()];
  await database.make();
});

afterEach(async () => {
  for (const each of [file, database, back]) await each.remove();
});

async function contents(location: string): Promise<Record<string, unknown[]>> {
  const program = await beside(location);
  const found: Record<string, unknown[]> = {};
  for (const [table, ...key] of TABLES) found[table] = await program.run(`SELECT * FROM ${table} ORDER BY ${key.join(', ')}`);
  await program.close();
  return found;
}

async function lead(cache: Awaited<ReturnType<CacheFile['open']>>): Promise<void> {
  await withSessions(cache);
  const user = await cache.createUser({ id: 'user_1', email: 'Ada@example.com', passwordHash: 'hash', createdAt: START });
  await cache.linkCustomer(user, CUSTOMER);
  await cache.createLogin({ tokenHash: 'token', userId: 'user_1', expiresAt: 2 * START }, START);
  await tell(cache, failed({ created: START + HOUR }));
  await tell(cache, paid({ created: START + 2 * HOUR }));
}

test('every table is copied, in an order in which what is referred to is there', () => {
  expect(TABLES.map(([table]) => table).sort()).toEqual(tableNames().sort());
});

test('there and back it is the same, and goes on after what was copied', async () => {
  const cache = await file.open({ livemode: false, noticeTargets: ['command'] });
  await lead(cache);
  for (let index = 0; index < 1_200; index += 1) if (index % 100 === 0) await Promise.all(Array.from({ length: 100 }, (_, each) => tell(cache, event('foo.bar', {}, { id: `evt_${index + each}` }))));
  const before = await contents(file.path);
  const told: number[] = [];
  const copied = await copyCache(file.path, database.path, { progress: (done, total) => told.push(done / total) });
  expect(Object.fromEntries(copied.map(({ table, rows }) => [table, rows]))).toEqual(Object.fromEntries(Object.entries(before).map(([table, rows]) => [table, rows.length])));
  expect(told.at(-1)).toBe(1);
  await copyCache(database.path, back.path);
  expect(await contents(database.path)).toEqual(before);
  expect(await contents(back.path)).toEqual(before);
  for (const place of [database, back]) {
    const after = await place.open();
    await tell(after, event('foo.bar', {}, { id: 'evt_after' }));
    expect((await after.event('evt_after'))?.event.sequence).toBe(Number((before.events!.at(-1) as { sequence: number }).sequence) + 1);
  }
});

test('whatever texts and numbers it holds', async () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((each) => !each.includes('\0'));
  const number = fc.maxSafeInteger();
  const event_ = fc.record({ id: text, type: text, created: number, received_at: number, source: text, customer: fc.option(text), subscription: fc.option(text), invoice: fc.option(text), payload: text, object: fc.option(text), rank: fc.option(number) });
  const events = fc.uniqueArray(event_, { selector: ({ id }) => id, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(events, async (rows) => {
      const [one, there, other] = [freshCacheFile(), freshDatabase(), freshCacheFile()];
      await there.make();
      await (await one.open()).close();
      const program = await beside(one.path);
      for (const row of rows) await program.run(`INSERT INTO events (${Object.keys(row).join(', ')}) VALUES (${Object.values(row).map(literal).join(', ')})`);
      await program.close();
      await copyCache(one.path, there.path);
      await copyCache(there.path, other.path);
      expect(await contents(other.path)).toEqual(await contents(one.path));
      for (const each of [one, there, other]) await each.remove();
    }),
    { numRuns: 8 },
  );
});

function literal(value: string | number | null): string {
  if (value === null) return 'NULL';
  return typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;
}

test('of a database that holds no cache nothing is copied, and none is made in it', async () => {
  const server = await beside(database.path);
  await server.run('CREATE DATABASE bare');
  const bare = new URL(database.path);
  bare.pathname = '/bare';
  await expect(copyCache(bare.href, back.path)).rejects.toMatchObject({ kind: 'not-found', message: expect.stringMatching(/^there is no cache postgres.*:\*\*\*@.*bare$/) as string });
  expect(await rowsIn(bare.href, `SELECT 1 FROM pg_namespace WHERE nspname = 'devchat'`)).toEqual([]);
  expect(existsSync(back.path)).toBe(false);
  await server.run('DROP DATABASE bare');
  await server.close();
});

test('only into an empty one, and all or nothing', async () => {
  await lead(await file.open());
  await tell(await database.open(), event('foo.bar', {}));
  const before = await contents(database.path);
  await expect(copyCache(file.path, database.path)).rejects.toMatchObject({ kind: 'conflict', message: expect.stringMatching(/:\*\*\*@.* is not empty/) as string });
  expect(await contents(database.path)).toEqual(before);
  const stopped = new AbortController();
  await expect(copyCache(file.path, back.path, { signal: stopped.signal, progress: () => stopped.abort() })).rejects.toThrow();
  expect(Object.values(await contents(back.path)).flat()).toEqual([]);
});
