import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { dueMoment } from '../../../../sandbox/billing/due.ts';
import { openStore } from '../../../../sandbox/store.ts';
import type { Store, StripeObject } from '../../../../sandbox/world.ts';
import { freshFolder, writeFiles, type FreshFolder } from '../../../support/folders.ts';

interface Thing extends StripeObject {
  created: number;
  customer?: string | null;
  status?: string;
  active?: boolean;
  recurring?: { interval: string };
}

let folder: FreshFolder;
let store: Store;

beforeEach(() => {
  folder = freshFolder();
  store = openStore();
});
afterEach(() => {
  store.close();
  folder.remove();
});

function add(id: string, created: number, fields: Partial<Thing> = {}): Thing {
  return store.insert<Thing>({ id, object: 'thing', created, ...fields });
}
const ids = (page: { data: { id: string }[] }): string[] => page.data.map(({ id }) => id);

describe('a list', () => {
  beforeEach(() => {
    for (const [index, created] of [10, 20, 20, 20, 30].entries()) add(`t${index}`, created);
  });

  test('is newest first, and of one second the last inserted first', () => {
    expect(store.list('thing', { limit: 10 })).toMatchObject({ hasMore: false });
    expect(ids(store.list('thing', { limit: 10 }))).toEqual(['t4', 't3', 't2', 't1', 't0']);
  });

  test('walks forwards and backwards without losing or repeating one', () => {
    const first = store.list('thing', { limit: 2 });
    const second = store.list('thing', { limit: 2, startingAfter: 't3' });
    const third = store.list('thing', { limit: 2, startingAfter: 't1' });
    expect([ids(first), ids(second), ids(third)]).toEqual([['t4', 't3'], ['t2', 't1'], ['t0']]);
    expect([first.hasMore, second.hasMore, third.hasMore]).toEqual([true, true, false]);
    expect(ids(store.list('thing', { limit: 2, endingBefore: 't1' }))).toEqual(['t3', 't2']);
  });

  test('can be narrowed to a time', () => {
    expect(ids(store.list('thing', { limit: 10, created: { gt: 10, lte: 20 } }))).toEqual(['t3', 't2', 't1']);
    expect(ids(store.list('thing', { limit: 10, created: { gte: 30 } }))).toEqual(['t4']);
  });
});

describe('a filter', () => {
  beforeEach(() => {
    add('a', 1, { customer: 'cus_1', status: 'active', active: true, recurring: { interval: 'month' } });
    add('b', 2, { customer: 'cus_1', status: 'canceled', active: false });
    add('c', 3, { customer: null, status: 'active' });
  });

  test.each([
    [{ customer: 'cus_1' }, ['a', 'b']],
    [{ customer: 'cus_1', status: 'active' }, ['a']],
    [{ status: ['active', 'canceled'] }, ['a', 'b', 'c']],
    [{ customer: null }, ['c']],
    [{ active: false }, ['b']],
    [{ 'recurring.interval': 'month' }, ['a']],
    [{ id: ['c', 'a'] }, ['a', 'c']],
    [{ status: [] }, []],
  ])('%j', (where, found) => {
    expect(store.all<Thing>('thing', where).map(({ id }) => id)).toEqual(found);
    expect(ids(store.list('thing', { where, limit: 10 })).reverse()).toEqual(found);
  });

  test('follows a changed object', () => {
    store.save<Thing>({ id: 'a', object: 'thing', created: 1, customer: 'cus_2' });
    expect(store.all('thing', { customer: 'cus_2' })).toHaveLength(1);
    expect(store.all('thing', { customer: 'cus_1' })).toHaveLength(1);
  });
});

describe('what falls due', () => {
  interface Timed extends StripeObject {
    due?: number;
    clock?: string;
  }
  let timed: Store;
  const put = (id: string, due?: number, clock?: string): Timed => ({ id, object: 'thing', ...(due === undefined ? {} : { due }), ...(clock === undefined ? {} : { clock }) });
  beforeEach(() => {
    timed = openStore(undefined, ({ due: at, clock }: Timed) => (at === undefined ? undefined : { at, testClock: clock ?? null }));
  });
  afterEach(() => timed.close());

  test('is the earliest moment, and of one moment the oldest object', () => {
    for (const thing of [put('late', 30), put('first', 20), put('second', 20), put('never')]) timed.insert(thing);
    expect(timed.nextDue(null)).toEqual({ kind: 'thing', id: 'first', at: 20 });
    timed.save(put('second', 19));
    expect(timed.nextDue(null)).toEqual({ kind: 'thing', id: 'second', at: 19 });
    timed.save(put('second'));
    timed.remove('thing', 'first');
    expect(timed.nextDue(null)).toEqual({ kind: 'thing', id: 'late', at: 30 });
  });

  test('on one test clock is nothing to another, nor to the sandbox', () => {
    timed.insert(put('clocked', 10, 'clock_1'));
    expect([timed.nextDue(null), timed.nextDue('clock_2'), timed.nextDue('clock_1')?.id]).toEqual([undefined, undefined, 'clocked']);
  });
});

describe('a transaction', () => {
  test('is all or nothing, with what it nests', () => {
    const failing = (): void =>
      store.transaction(() => {
        add('outer', 1);
        store.transaction(() => add('inner', 1));
        throw new Error('no');
      });
    expect(failing).toThrow('no');
    expect(store.count('thing')).toBe(0);
  });
});

describe('the state file', () => {
  const file = (): string => join(folder.path, 'state', 'sandbox.sqlite');

  test('keeps everything for the next start, for its owner alone', () => {
    const first = openStore(file());
    first.insert({ id: 't', object: 'thing', created: 1 });
    first.setSetting('clock', '5');
    first.close();
    const second = openStore(file());
    expect(second.find('thing', 't')).toEqual({ id: 't', object: 'thing', created: 1 });
    expect(second.setting('clock')).toBe('5');
    second.close();
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  test('of the layout before is brought up to this one', () => {
    layoutOne(file());
    const upgraded = openStore(file(), dueMoment);
    expect(upgraded.nextDue(null)).toEqual({ kind: 'subscription', id: 'sub_1', at: 1000 });
    expect(upgraded.find('subscription', 'sub_1')).toMatchObject({ _trial_end_told: 1000 });
    expect(upgraded.setting('trial_end_told.sub_1')).toBeUndefined();
    expect(upgraded.list('subscription', { where: { test_clock: null }, limit: 1 }).data).toHaveLength(1);
    upgraded.close();
    const again = openStore(file(), dueMoment);
    expect(again.nextDue(null)?.id).toBe('sub_1');
    again.close();
  });

  test('of a layout that is not known is left as it is', () => {
    openStore(file()).close();
    const newer = new Database(file());
    newer.pragma('user_version = 99');
    newer.close();
    expect(() => openStore(file())).toThrow(/it has layout 99/);
  });

  test('is held by one sandbox at a time', () => {
    const first = openStore(file());
    expect(() => openStore(file())).toThrow(/in use by another sandbox/);
    first.close();
  });

  test('that is no database is named and set aside, never overwritten', () => {
    writeFiles(folder.path, { 'state/sandbox.sqlite': 'precious '.repeat(100), 'state/sandbox.sqlite-wal': 'log' });
    const said = tellingStderr(() => openStore(file()).close());
    const [aside, ...companions] = readdirSync(join(folder.path, 'state')).filter((name) => name.includes('.broken-'));
    expect(aside).toMatch(/^sandbox\.sqlite\.broken-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/);
    expect(companions).toEqual([`${aside!}-wal`]);
    expect(readFileSync(join(folder.path, 'state', aside!), 'utf8')).toBe('precious '.repeat(100));
    expect(said).toContain(`its state file ${file()} was broken (it is no SQLite database). It is ${join(folder.path, 'state', aside!)} now`);
  });

  test('that breaks twice in a second is set aside twice', () => {
    const names = new Set<string>();
    for (const text of ['first', 'second']) {
      writeFiles(folder.path, { 'state/sandbox.sqlite': text });
      tellingStderr(() => openStore(file()).close());
    }
    for (const name of readdirSync(join(folder.path, 'state'))) if (name.includes('.broken-')) names.add(readFileSync(join(folder.path, 'state', name), 'utf8'));
    expect(names).toEqual(new Set(['first', 'second']));
  });

  test('of another program is left as it is', () => {
    const foreign = join(folder.path, 'foreign.sqlite');
    const other = new Database(foreign);
    other.exec('CREATE TABLE theirs (x)');
    other.close();
    const before = readFileSync(foreign);
    expect(() => openStore(foreign)).toThrow(/another program's database/);
    expect(readFileSync(foreign).equals(before)).toBe(true);
  });

  test.each([['of a newer layout', 'user_version = 99', /layout 99/], ['of another program in the same place', 'application_id = 7', /another program's database/]])('%s is left as it is', (_, pragma, message) => {
    openStore(file()).close();
    const later = new Database(file());
    later.pragma(pragma);
    later.close();
    const before = readFileSync(file());
    expect(() => openStore(file())).toThrow(message);
    expect(readFileSync(file()).equals(before)).toBe(true);
    expect(readdirSync(join(folder.path, 'state'))).toEqual(['sandbox.sqlite']);
  });

  test('that was damaged is set aside, and the sandbox starts afresh', () => {
    const first = openStore(file());
    first.transaction(() => {
      for (let index = 0; index < 500; index += 1) first.insert({ id: `t${index}`, object: 'thing', created: index });
    });
    first.close();
    const bytes = readFileSync(file());
    writeFileSync(file(), bytes.fill(0x5a, 8192, 40_960));
    const said = tellingStderr(() => {
      const fresh = openStore(file());
      expect(fresh.count('thing')).toBe(0);
      fresh.close();
    });
    expect(said).toContain('begins afresh');
    const aside = readdirSync(join(folder.path, 'state')).find((name) => name.includes('.broken-'))!;
    expect(readFileSync(join(folder.path, 'state', aside)).equals(bytes)).toBe(true);
  });
});

/** A trial that ends at 1000 and was told of, as the sandbox kept it before it knew due moments. */
function layoutOne(file: string): void {
  openStore(file).close();
  const database = new Database(file);
  const subscription = { id: 'sub_1', object: 'subscription', status: 'trialing', trial_end: 1000, items: { data: [{ current_period_end: 1000 }] } };
  database.exec(`
    DROP TABLE objects;
    CREATE TABLE objects (sequence INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, created INTEGER NOT NULL, body TEXT NOT NULL,
      "customer" TEXT, "subscription" TEXT, "product" TEXT, "lookup_key" TEXT, "email" TEXT, "invoice" TEXT, "payment_intent" TEXT, "event" TEXT,
      "_pending_for" TEXT, "_token" TEXT, "status" TEXT, "type" TEXT);
    CREATE UNIQUE INDEX objects_id ON objects (kind, id);
    CREATE INDEX objects_created ON objects (kind, created);
    INSERT INTO settings VALUES ('trial_end_told.sub_1', '1000');
    PRAGMA user_version = 1;`);
  database.prepare('INSERT INTO objects (kind, id, created, body, status) VALUES (?, ?, ?, ?, ?)').run('subscription', 'sub_1', 1, JSON.stringify(subscription), 'trialing');
  database.close();
}

/** What `work` says on standard error. */
function tellingStderr(work: () => void): string {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  work();
  const said = write.mock.calls.map(([text]) => String(text)).join('');
  write.mockRestore();
  return said;
}
