/** A dry run writes nothing: neither while it runs, nor where it is interrupted, nor whose the cache is. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TABLES } from '../../../../core/cache/copy.ts';
import type { Cache, RebuildOptions, Rebuilt } from '../../../../core/cache/cache.ts';
import { beside } from '../../../support/beside.ts';
import { freshCache, tell, type CacheFile } from '../../../support/caches.ts';
import { event, START, subscription } from '../../../support/stripe-objects.ts';

const UPDATED = 'customer.subscription.updated';
const MANY = 450;

let file: CacheFile;
let cache: Cache;
beforeEach(async () => {
  file = await freshCache();
  cache = await file.open({ livemode: false, dryRun: true });
});
afterEach(() => file.remove());

function rebuild(options: Partial<RebuildOptions>): Promise<Rebuilt> {
  return cache.rebuild({ version: '1.0.0', now: START * 1000, ...options });
}

async function interrupted(options: Partial<RebuildOptions>): Promise<void> {
  const stopped = new AbortController();
  await expect(rebuild({ ...options, signal: stopped.signal, onProgress: () => stopped.abort() })).rejects.toThrow('aborted');
}

const idOf = (index: number) => `sub_${String(index).padStart(4, '0')}`;

/** A journal of many subscriptions, of which nothing is cached but something wrong. */
async function tellOfMany(): Promise<void> {
  await Promise.all(Array.from({ length: MANY }, (_, index) => tell(cache, event(UPDATED, subscription({ id: idOf(index), customer: `cus_${index}` }), { id: `evt_${index}` }))));
  await tell(cache, event(UPDATED, { id: 'sub_old', object: 'subscription', customer: 'cus_1' }, { api_version: '2020-03-02' }));
  await cache.dropQuestion('sub_old');
  await spoil(`DELETE FROM subscriptions; INSERT INTO cards (id, customer, as_of, name, exp_month, exp_year) VALUES ('pm_none', 'cus_1', 1, 'Visa 0000', 1, 2030)`);
}

async function spoil(sql: string): Promise<void> {
  const program = await beside(file.path);
  await program.run(sql);
  await program.close();
}

async function contents(): Promise<Record<string, unknown[]>> {
  const program = await beside(file.path);
  const found: Record<string, unknown[]> = {};
  for (const [table, ...key] of TABLES) found[table] = await program.run(`SELECT * FROM ${table} ORDER BY ${key.join(', ')}`);
  await program.close();
  return found;
}

test('whatever it finds, and however it ends', async () => {
  await tellOfMany();
  const before = await contents();
  const versions = await beside(file.path);
  const version = await versions.version();
  await interrupted({ dryRun: true });
  const told = await rebuild({ dryRun: true });
  await cache.replayEvent('evt_1', START, { dryRun: true });
  expect(await versions.version(), 'nothing was committed, not even what is taken back').toEqual(version);
  await versions.close();
  expect(await contents()).toEqual(before);
  expect(told).toMatchObject({ applied: false, events: MANY, differing: MANY + 1, questions: ['sub_old'], objects: { subscription: MANY } });
  const { applied: _, ...same } = await rebuild({});
  expect({ ...same, applied: false }).toEqual(told);
});

test('tells of as many differences as are wanted, and counts the others', async () => {
  await tellOfMany();
  const { differing, differences } = await rebuild({ dryRun: true, show: 2 });
  expect([differing, differences.map(({ id }) => id)]).toEqual([MANY + 1, ['pm_none', idOf(0)]]);
});

test('takes no rebuild over that was begun: the next one goes on with it', async () => {
  await tellOfMany();
  await interrupted({});
  expect(await rebuild({ dryRun: true })).toMatchObject({ events: MANY });
  const resumed: number[] = [];
  await rebuild({ onResume: (events) => resumed.push(events) });
  expect(resumed).toHaveLength(1);
});

test('claims the cache for no mode, and is refused one of the other', async () => {
  expect((await contents()).about).toEqual([]);
  await file.open({ livemode: true });
  await expect(file.open({ livemode: false, dryRun: true })).rejects.toMatchObject({ kind: 'key-refused' });
});
