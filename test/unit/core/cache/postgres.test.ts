/** What is PostgreSQL's own about a cache: how it is opened, how it is lost and found again, and who waits for whom. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Cache } from '../../../../core/cache/cache.ts';
import { openCache } from '../../../../core/cache/open-cache.ts';
import { MIGRATIONS } from '../../../../core/cache/postgres/migrations.ts';
import { openPostgres } from '../../../../core/cache/postgres.ts';
import { value } from '../../../../core/cache/statement.ts';
import { beside, rowsIn, type Beside } from '../../../support/beside.ts';
import { countChanges, freshCacheFile, tell } from '../../../support/caches.ts';
import { freshDatabase } from '../../../support/databases.ts';
import { event, subscription } from '../../../support/stripe-objects.ts';
import { tableNames } from '../../../support/table-names.ts';
import { waitFor } from '../../../support/wait-for.ts';

type Database = ReturnType<typeof freshDatabase>;

let database: Database;
let other: Beside;

beforeEach(async () => {
  database = freshDatabase();
  await database.make();
  other = await beside(database.path);
});

afterEach(async () => {
  await other.close();
  await database.remove();
});

const OTHERS = `FROM pg_stat_activity WHERE datname = current_database() AND pid != pg_backend_pid()`;
const password = () => new URL(database.path).password;
const withUrl = (change: (url: URL) => void) => {
  const url = new URL(database.path);
  change(url);
  return url.href;
};

function refusal(kind: string, what: string | RegExp) {
  return { kind, message: expect.stringMatching(what) as string, hint: expect.stringMatching(/\w/) as string };
}

async function refusalOf(url: string): Promise<Error & { kind: string; hint: string }> {
  return openCache(url, { livemode: false }).then((cache) => cache.close().then(() => Promise.reject(new Error('it was opened'))), (error: unknown) => error as Error & { kind: string; hint: string });
}

describe('opening', () => {
  test('makes the tables where there are none, once, however many do so at the same time', async () => {
    await other.run('DROP SCHEMA IF EXISTS devchat CASCADE');
    const caches = await Promise.all(Array.from({ length: 10 }, () => openCache(database.path, { livemode: false, noticeTargets: ['command'] })));
    await Promise.all(caches.map((cache, index) => tell(cache, event('foo.bar', {}, { id: `evt_${index}` }))));
    expect(await caches[0]!.events({ limit: 20 })).toHaveLength(10);
    expect(await other.run('SELECT count(*) AS steps FROM devchat.migrations')).toEqual([{ steps: MIGRATIONS.length }]);
    for (const cache of caches) await cache.close();
  });

  test('uses a schema that somebody has made for it, and leaves other schemas alone', async () => {
    await other.run('DROP SCHEMA IF EXISTS devchat CASCADE; CREATE SCHEMA devchat; CREATE TABLE IF NOT EXISTS public.notes (text text)');
    await tell(await database.open(), event('foo.bar', {}));
    expect(await other.run('SELECT count(*) AS events FROM devchat.events')).toEqual([{ events: 1 }]);
    expect(await other.run(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)).toEqual([{ tablename: 'notes' }]);
  });

  test.each<[string, (url: URL) => void, RegExp]>([
    ['nobody listens', (url: URL) => (url.port = '9'), /cannot be reached \(ECONNREFUSED\)/],
    ['there is no such server', (url: URL) => (url.hostname = 'nowhere.invalid'), /cannot be reached/],
    ['the password is wrong', (url: URL) => (url.password = 'wrong-password'), /refuses the user or the password \(28P01\)/],
    ['there is no password', (url: URL) => (url.password = ''), /refuses the user or the password/],
    ['there is no such database', (url: URL) => (url.pathname = '/none'), /does not exist \(3D000\)/],
    ['it is not encrypted, and has to be', (url: URL) => (url.search = '?sslmode=verify-full'), /cannot be reached safely/],
    ['the certificate is not there', (url: URL) => (url.search = '?sslrootcert=/none'), /names a file that cannot be read \(ENOENT\)/],
  ])('says it in words, and never the password: %s', async (_, change, words) => {
    const error = await refusalOf(withUrl(change));
    expect(error).toMatchObject(refusal('unreachable', words));
    for (const text of [error.message, error.hint, error.stack]) expect(text).not.toContain(password());
    expect(error.message).not.toContain('wrong-password');
  });

  test('is refused where the user may not make tables, or only read', async () => {
    await other.run(`DROP SCHEMA IF EXISTS devchat CASCADE; DROP ROLE IF EXISTS stranger; CREATE ROLE stranger LOGIN PASSWORD 'word'`);
    const asStranger = withUrl((url) => Object.assign(url, { username: 'stranger', password: 'word' }));
    expect(await refusalOf(asStranger)).toMatchObject(refusal('unreachable', /may not be used by this user \(42501\)/));
    const onStandby = withUrl((url) => url.searchParams.set('options', '-c default_transaction_read_only=on'));
    expect(await refusalOf(onStandby)).toMatchObject(refusal('unreachable', /can only be read: its server is a standby/));
  });

  test("is refused where the schema is another program's, or a newer devchat's", async () => {
    await other.run('DROP SCHEMA IF EXISTS devchat CASCADE; CREATE SCHEMA devchat; CREATE TABLE devchat.notes (text text)');
    expect(await refusalOf(database.path)).toMatchObject(refusal('unreachable', 'is not a cache of devchat'));
    expect(await rowsIn(database.path, `SELECT tablename FROM pg_tables WHERE schemaname = 'devchat'`)).toEqual([{ tablename: 'notes' }]);
    await other.run('DROP SCHEMA devchat CASCADE');
    await (await database.open()).close();
    await other.run(`INSERT INTO devchat.migrations VALUES (99, now())`);
    expect(await refusalOf(database.path)).toMatchObject(refusal('unreachable', 'was made by a newer devchat'));
    await other.run(`DELETE FROM devchat.migrations WHERE step = 99`);
  });

  test('is refused for the other mode, and allowed without a key', async () => {
    await (await database.open({ livemode: true })).close();
    expect(await refusalOf(database.path)).toMatchObject(refusal('key-refused', /:\*\*\*@.* belongs to live mode/));
    await expect(database.open({})).resolves.toBeDefined();
  });
});

describe('what is written', () => {
  test('is on the disk when it is acknowledged, whatever is set for the user', async () => {
    const hasty = withUrl((url) => url.searchParams.set('options', '-c synchronous_commit=off'));
    const engine = await openPostgres(hasty);
    expect(await engine.read(() => value<string>(`SELECT current_setting('synchronous_commit')`)())).toBe('on');
    await engine.close();
  });

  test('keeps order of bytes, and every text that can be kept', async () => {
    const cache = await database.open();
    for (const id of ['sub_b', 'sub_A', 'sub_a', 'sub_ä', 'sub_B']) await tell(cache, event('invoice.payment_failed', { object: 'invoice', id: `in_${id}`, parent: { subscription_details: { subscription: id } } }));
    const asked = await cache.questions();
    expect(asked).toEqual([...asked].sort((one, two) => Buffer.compare(Buffer.from(one), Buffer.from(two))));
    const odd = event('foo.bar', { text: 'a\0b\u{1F600}\ud800' }, { id: 'evt_a\0b' });
    await tell(cache, odd);
    await tell(cache, odd);
    expect((await cache.events({ limit: 1 }))[0]).toMatchObject({ id: 'evt_a\uFFFDb' });
  });

  test('one whose data PostgreSQL refuses is refused alone', async () => {
    const cache = await database.open();
    const settled = await Promise.allSettled([
      tell(cache, event('foo.before', {})),
      tell(cache, event('foo.bar', {}, { created: 1e300 })),
      tell(cache, event('foo.after', {})),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await cache.events({ limit: 10 })).map(({ type }) => type)).toEqual(['foo.after', 'foo.before']);
  });
});

test('each table has the columns that it has in a file', async () => {
  await database.open();
  const file = freshCacheFile();
  await (await file.open()).close();
  for (const table of tableNames()) {
    const inFile = (await rowsIn(file.path, `SELECT name FROM pragma_table_info('${table}') ORDER BY name`)).map((row) => Object.values(row as object)[0] as string);
    const here = (await other.run(`SELECT column_name FROM information_schema.columns WHERE table_schema = 'devchat' AND table_name = '${table}'`)) as Array<{ column_name: string }>;
    expect(here.map(({ column_name }) => column_name).sort(), table).toEqual(inFile.sort());
  }
  await file.remove();
});

describe('a lost connection', () => {
  const cutOff = () => other.run(`SELECT pg_terminate_backend(pid) ${OTHERS}`);

  test('while nobody uses it is not noticed', async () => {
    const cache = await database.open();
    await tell(cache, event('foo.bar', {}));
    await cutOff();
    await waitFor('the connections to be gone', async () => (await other.run(`SELECT pid ${OTHERS}`)).length === 0);
    await expect(tell(cache, event('foo.bar', {}))).resolves.toMatchObject({ outcome: 'ignored' });
    expect(await cache.events({ limit: 10 })).toHaveLength(2);
  });

  test('refuses the writes in hand, and the next one goes through', async () => {
    const cache = await database.open();
    await other.run('BEGIN; LOCK TABLE devchat.events IN EXCLUSIVE MODE');
    const writing = tell(cache, event('foo.bar', {}, { id: 'evt_1' })).catch((error: unknown) => error);
    await waitFor('it to write', async () => (await other.run(`SELECT pid ${OTHERS} AND wait_event_type = 'Lock'`)).length > 0);
    await cutOff();
    expect(await writing).toMatchObject(refusal('unreachable', /cannot be reached \(57P01\)/));
    await other.run('COMMIT');
    await expect(tell(cache, event('foo.bar', {}, { id: 'evt_1' }))).resolves.toMatchObject({ outcome: 'ignored' });
  });

  test('is made anew where changes were heard on it, and told once since some may have been missed', async () => {
    const [cache, writer] = [await database.open(), await database.open()];
    const changes = await countChanges(cache);
    await cutOff();
    await waitFor('a change to be told', () => changes.count === 1);
    await tell(writer, event('foo.bar', {}));
    await waitFor('the next one', () => changes.count === 2);
    changes.stop();
  });
});

describe('one at a time', () => {
  const HOLD = `BEGIN; SELECT pg_advisory_xact_lock(1684235105)`;

  test('who holds the cache holds the others for 5 seconds; they are refused then, and read meanwhile', async () => {
    const cache = await database.open();
    await other.run(HOLD);
    const began = performance.now();
    const writing = tell(cache, event('foo.bar', {})).catch((error: unknown) => error);
    expect(await cache.events({ limit: 1 })).toEqual([]);
    expect(await writing).toMatchObject(refusal('unreachable', /is locked \(55P03\)/));
    expect(performance.now() - began).toBeLessThan(7_000);
    await other.run('COMMIT');
    await expect(tell(cache, event('foo.bar', {}))).resolves.toMatchObject({ outcome: 'ignored' });
  });

  test('a daemon that stands still while it writes is put out before that', async () => {
    const [stuck, cache] = [await openPostgres(database.path), await database.open()];
    const standing = stuck.write(function* () {
      yield* value(`SELECT 1`)();
      const until = performance.now() + 4_000;
      while (performance.now() < until); // the whole process, as in a debugger
      yield* value(`SELECT 1`)();
    });
    const [told] = await Promise.allSettled([standing]);
    expect(told).toMatchObject({ status: 'rejected', reason: refusal('unreachable', /cannot be reached \(25P03\)|terminated/) });
    await expect(tell(cache, event('foo.bar', {}))).resolves.toMatchObject({ outcome: 'ignored' });
    await stuck.close();
  });

  test('a hundred writers of four processes: nothing is lost, nothing done twice', async () => {
    const caches = await Promise.all([1, 2, 3, 4].map(() => database.open()));
    const told = Array.from({ length: 25 }, (_, index) => event('customer.subscription.updated', subscription({ metadata: { index: String(index) } }), { id: `evt_${index}` }));
    await Promise.all(caches.flatMap((cache) => told.map((each) => tell(cache, each))));
    expect(await caches[0]!.events({ limit: 200 })).toHaveLength(25);
    expect(await other.run('SELECT count(*) AS attempts FROM devchat.attempts')).toEqual([{ attempts: 25 }]);
  });
});

test('what is read is one state, whoever writes meanwhile', async () => {
  const engine = await openPostgres(database.path);
  const cache: Cache = await database.open();
  const count = value<number>('SELECT count(*) FROM events');
  const reading = engine.read(function* () {
    const before = yield* count();
    yield* value(`SELECT 1 FROM pg_sleep(0.5)`)();
    return [before, yield* count()];
  });
  await waitFor('it to read', async () => (await other.run(`SELECT pid ${OTHERS} AND wait_event = 'PgSleep'`)).length > 0);
  await tell(cache, event('foo.bar', {}));
  expect(await reading).toEqual([0, 0]);
  await engine.close();
});
