import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { allSubscriptions, countChanges, freshCacheFile, tell, type CacheFile } from '../../../support/caches.ts';
import { ROOT } from '../../../support/folders.ts';
import { asOrdinaryUser } from '../../../support/ordinary-user.ts';
import { event, subscription } from '../../../support/stripe-objects.ts';

let file: CacheFile;

beforeEach(() => {
  file = freshCacheFile();
});

afterEach(() => file.remove());

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

function refusal(kind: string, what: string) {
  return { kind, message: expect.stringMatching(`${file.path}.*${what}`) as string, hint: expect.stringMatching(/\w/) as string };
}

describe('a cache file', () => {
  test('is made with its folder, for its owner only, whatever the umask', async () => {
    const before = process.umask(0);
    try {
      await tell(await file.open(), event('foo.bar', {}));
    } finally {
      process.umask(before);
    }
    expect(modeOf(file.folder)).toBe('700');
    expect(Object.fromEntries(readdirSync(file.folder).map((name) => [name, modeOf(join(file.folder, name))]))).toEqual({
      'cache.sqlite': '600',
      'cache.sqlite-shm': '600',
      'cache.sqlite-wal': '600',
    });
  });

  test('that others could read is tightened', async () => {
    await (await file.open()).close();
    chmodSync(file.path, 0o644);
    await file.open();
    expect(modeOf(file.path)).toBe('600');
  });

  test('holds what it held when it is opened again', async () => {
    const cache = await file.open();
    await tell(cache, event('customer.subscription.updated', subscription(), { id: 'evt_kept' }));
    await cache.close();
    const again = await file.open();
    expect((await again.event('evt_kept'))?.event.outcome).toBe('applied');
    expect(await allSubscriptions(again)).toHaveLength(1);
  });
});

describe('a file that cannot be the cache is refused and left as it is', () => {
  test('no database', async () => {
    mkdirSync(file.folder);
    const text = 'these are my notes\n'.repeat(100);
    writeFileSync(file.path, text);
    await expect(file.open()).rejects.toMatchObject(refusal('unreachable', 'is damaged, or not a cache of devchat'));
    expect(readFileSync(file.path, 'utf8')).toBe(text);
  });

  test('torn', async () => {
    const cache = await file.open();
    for (let index = 0; index < 30; index += 1) await tell(cache, event('foo.bar', { filling: 'x'.repeat(5000) }));
    await cache.close();
    truncateSync(file.path, 10_000);
    const reading = file.open().then((torn) => torn.events({ limit: 100 }));
    await expect(reading).rejects.toMatchObject(refusal('unreachable', 'is damaged'));
  });

  test("another program's database", async () => {
    mkdirSync(file.folder);
    const database = new Database(file.path);
    database.exec('CREATE TABLE notes (text TEXT)');
    database.close();
    chmodSync(file.path, 0o644);
    await expect(file.open()).rejects.toMatchObject(refusal('unreachable', 'not a cache of devchat'));
    expect(modeOf(file.path)).toBe('644');
    const after = new Database(file.path);
    expect(after.prepare('SELECT name FROM sqlite_schema').pluck().all()).toEqual(['notes']);
    after.close();
  });

  test('made by a newer devchat', async () => {
    await (await file.open()).close();
    const database = new Database(file.path);
    database.pragma('user_version = 99');
    database.close();
    await expect(file.open()).rejects.toMatchObject(refusal('unreachable', 'was made by a newer devchat'));
  });

  test('a folder', async () => {
    mkdirSync(file.path, { recursive: true });
    await expect(file.open()).rejects.toMatchObject(refusal('unreachable', 'cannot be opened for writing'));
  });

  test('in a place that is no folder', async () => {
    writeFileSync(file.folder, 'a file');
    await expect(file.open()).rejects.toMatchObject(refusal('unreachable', 'cannot be opened for writing'));
  });

  test('in a folder that may not be written', async () => {
    mkdirSync(file.folder);
    const opening = asOrdinaryUser(file.folder, 0o500, () => file.open());
    await expect(opening).rejects.toMatchObject(refusal('unreachable', 'cannot be opened for writing'));
    expect(existsSync(file.path)).toBe(false);
  });
});

test('damaged while it is open, it is looked at without harm', async () => {
  const [cache, other] = [await file.open(), await file.open()];
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const changes = await countChanges(cache);
  await tell(other, event('foo.bar', {}));
  for (const part of ['', '-wal', '-shm']) writeFileSync(`${file.path}${part}`, 'no database'.repeat(4000));
  vi.advanceTimersByTime(1000);
  changes.stop();
  vi.useRealTimers();
  expect(changes.count).toBe(0);
});

describe('a cache belongs to one mode', () => {
  test('the other is refused, and without a key it can be read', async () => {
    await (await file.open({ livemode: true })).close();
    await expect(file.open({ livemode: false })).rejects.toMatchObject(refusal('key-refused', 'belongs to live mode'));
    await expect(file.open({})).resolves.toBeDefined();
    await expect(file.open({ livemode: true })).resolves.toBeDefined();
  });

  test('an event of the other mode changes nothing', async () => {
    const cache = await file.open({ livemode: true });
    expect(await tell(cache, event('customer.subscription.updated', subscription()))).toMatchObject({ outcome: 'ignored' });
    expect(await allSubscriptions(cache)).toEqual([]);
  });
});

describe('while another program holds the file', () => {
  test('a write waits, then is refused with what to do; afterwards it goes on', async () => {
    const cache = await file.open();
    const other = new Database(file.path);
    other.exec('BEGIN IMMEDIATE');
    const began = performance.now();
    await expect(tell(cache, event('foo.bar', {}, { id: 'evt_1' }))).rejects.toMatchObject(refusal('unreachable', 'is locked'));
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(await cache.events({ limit: 10 }), 'reading goes on meanwhile').toEqual([]);
    other.exec('COMMIT');
    other.close();
    await expect(tell(cache, event('foo.bar', {}, { id: 'evt_1' }))).resolves.toMatchObject({ outcome: 'ignored' });
  });

  test('opening for the daemon waits, then is refused in the same way; opening that has nothing to write does not wait', async () => {
    await (await file.open()).close();
    const other = new Database(file.path);
    other.exec('BEGIN IMMEDIATE');
    await expect(file.open()).resolves.toBeDefined();
    await expect(file.open({ livemode: false, noticeTargets: ['command'] })).rejects.toMatchObject(refusal('unreachable', 'is locked'));
    other.close();
  });
});

test('a full disk: the event is refused with the reason, all that was acknowledged is there, and the file is whole', () => {
  const program = join(ROOT, 'test/support/cache-on-full-disk.ts');
  const limited = 'ulimit -f 2000; exec "$0" --import tsx "$1" "$2"';
  const told = execFileSync('sh', ['-c', limited, process.execPath, program, file.path], { cwd: ROOT, encoding: 'utf8' });
  const { acknowledged, readable, kind, message } = JSON.parse(told) as { acknowledged: number; readable: number; kind: string; message: string };
  expect({ kind, message }).toEqual({ kind: 'unreachable', message: expect.stringContaining('the disk is full or failing') as string });
  expect(acknowledged).toBeGreaterThan(10);
  expect(readable).toBe(acknowledged);
  const database = new Database(file.path);
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(database.prepare('SELECT count(*) FROM events').pluck().get()).toBe(acknowledged);
  database.close();
});
