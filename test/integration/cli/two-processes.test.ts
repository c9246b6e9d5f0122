/** Daemon and command lines at work with one file at once: nobody is in the way of another, and each hears of what the others write. */
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { signed, SECRET } from '../../support/daemon.ts';
import { CUSTOMER, DAY, event, invoice, START, SUBSCRIPTION, subscription } from '../../support/stripe-objects.ts';
import { ADA, LATER, openAdas, STORY } from './adas.ts';
import { standInForStripe, test, type Home } from './house.ts';

const UPDATED = 'customer.subscription.updated';
const POSTS = 300;

async function tell(home: Home, told: ReturnType<typeof event>): Promise<void> {
  await home.withCache((cache) => cache.recordEvent({ event: told, payload: JSON.stringify(told), source: 'webhook', receivedAt: START * 1000 }));
}

describe('at once', () => {
  test('a daemon that hears events, and commands that replay and list', async ({ home, env }) => {
    await openAdas(home);
    const serving = home.start(['serve', '--port', '0'], { ...env, STRIPE_WEBHOOK_SECRET: SECRET });
    const [, url = ''] = await serving.printed(/devchat listens on (\S+)/);
    const post = async (number: number): Promise<number> => {
      const body = JSON.stringify(event(UPDATED, subscription({ metadata: { number: String(number) } }), { id: `evt_post_${number}`, created: LATER + 1 + number }));
      return (await fetch(`${url}/webhook`, { method: 'POST', headers: { 'stripe-signature': signed(body) }, body })).status;
    };
    const commands = ['events replay --type *', 'events replay --type * --dry-run', 'events list --outcome applied', 'events replay evt_late evt_portal evt_created', 'subscriptions list --json'];
    const [statuses, finished] = await Promise.all([
      Promise.all(Array.from({ length: POSTS }, (_, number) => post(number))),
      Promise.all(commands.map((line) => home.run(line.split(' ')))),
    ]);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(finished.map(({ code, stderr }) => ({ code, isBusy: /SQLITE_BUSY|locked/.test(stderr) }))).toEqual(commands.map(() => ({ code: 0, isBusy: false })));
    expect(await home.withCache((cache) => cache.eventCount({ type: UPDATED }))).toBe(POSTS + 2);
    expect((await home.withCache((cache) => cache.subscription(SUBSCRIPTION)))?.subscription.snapshot.metadata).toEqual({ number: String(POSTS - 1) });
    expect((await serving.stop()).code).toBe(0);
  });

  test('a file that another process holds is waited for, and read meanwhile', async ({ home }) => {
    await openAdas(home);
    const other = new Database(home.cacheFile);
    other.exec('BEGIN IMMEDIATE');
    const replaying = home.run(['events', 'replay', 'evt_late']);
    for (const line of ['events list', 'subscriptions list', 'events show evt_late']) expect((await home.run(line.split(' '))).code).toBe(0);
    other.exec('ROLLBACK');
    other.close();
    expect(await replaying).toMatchObject({ code: 0, stdout: expect.stringContaining('evt_late  stale') as string });
  });

  test('but not for ever: then it says who is in the way', async ({ home }) => {
    await openAdas(home);
    const other = new Database(home.cacheFile);
    other.exec('BEGIN IMMEDIATE');
    const { code, stdout, stderr } = await home.run(['events', 'replay', 'evt_late']);
    other.close();
    expect({ code, stdout, stderr }).toEqual({ code: 5, stdout: '', stderr: `error the cache ${home.cacheFile} is locked (SQLITE_BUSY)\n      another process holds it; stop that process, or try again\n` });
  });
});

describe('events tail', () => {
  test('begins with the newest and goes on with what another process journals', async ({ home }) => {
    await openAdas(home);
    const tail = home.start(['events', 'tail', '--lines', '2', '--type', 'customer.*']);
    await tail.printed(/evt_late/);
    expect(tail.output()).toMatch(/evt_past_due .*\n.*evt_late /);
    expect(tail.output()).not.toContain('evt_created');
    await tell(home, event('invoice.updated', invoice(), { id: 'evt_passed_over' }));
    await tell(home, event(UPDATED, subscription(), { id: 'evt_heard', created: LATER + 1 }));
    await tail.printed(/applied {2}evt_heard .* customer\.subscription\.updated/);
    expect(tail.output()).not.toContain('evt_passed_over');
    expect((await tail.stop()).code).toBe(130);
  });

  test('--json: an object a line, each once, however many come together', async ({ home }) => {
    await openAdas(home);
    const tail = home.start(['events', 'tail', '--json', '--outcome', 'ignored']);
    await tail.printed(/evt_portal/);
    const many = Array.from({ length: 700 }, (_, number) => event('foo.bar', {}, { id: `evt_foo_${number}` }));
    await home.withCache((cache) => Promise.all(many.map((each) => cache.recordEvent({ event: each, payload: JSON.stringify(each), source: 'webhook', receivedAt: 0 }))));
    await tail.printed(/evt_foo_699/);
    const { code, stdout } = await tail.stop();
    const ids = stdout.trim().split('\n').map((line) => (JSON.parse(line) as { event: { id: string } }).event.id);
    expect({ code, ids }).toEqual({ code: 130, ids: ['evt_portal', ...many.map(({ id }) => id)] });
  });

  test('ends quietly where nobody reads it any more', async ({ home }) => {
    await openAdas(home);
    const tail = home.start(['events', 'tail']);
    await tail.printed(/evt_portal/);
    tail.closeStdout();
    await tell(home, event('foo.bar', {}));
    const { code, stderr } = await tail.ended();
    expect({ code, stderr: stderr.split('\n').slice(1).join('') }).toEqual({ code: 0, stderr: '' });
  });
});

describe('subscriptions watch', () => {
  test('tells of changes that another process makes', async ({ home }) => {
    await openAdas(home, STORY.slice(0, 1));
    const watch = home.start(['subscriptions', 'watch'], { DEVCHAT_TIME_ZONE: 'UTC' });
    await watch.printed(/ada@example\.com {2}active {2}on /);
    await tell(home, STORY[2]!);
    await watch.printed(/, \d\d:\d\d {2}ada@example\.com {2}active {2}on -> hold: the payment of 16 Jan over \$60 failed/);
    await tell(home, STORY[1]!);
    await watch.printed(/ada@example\.com {2}active -> past_due {2}hold: the payment of 16 Jan/);
    await tell(home, event('customer.subscription.created', subscription({ id: 'sub_2', customer: 'cus_2' })));
    await watch.printed(/cus_2 {2}new: active {2}on: subscribed/);
    expect((await watch.stop()).code).toBe(130);
  });

  test('--json, of one customer alone', async ({ home }) => {
    await openAdas(home, STORY.slice(0, 1));
    const watch = home.start(['subscriptions', 'watch', ADA, '--json']);
    await watch.printed(/"before":null/);
    await tell(home, event('customer.subscription.created', subscription({ id: 'sub_2', customer: 'cus_2' })));
    await tell(home, STORY[1]!);
    await watch.printed(/past_due/);
    const lines = (await watch.stop()).stdout.trim().split('\n').map((line) => JSON.parse(line) as unknown);
    expect(lines).toMatchObject([
      { schemaVersion: 1, subscription: { id: SUBSCRIPTION, email: ADA, status: 'active', standing: { verdict: 'on' } }, before: null },
      { schemaVersion: 1, subscription: { id: SUBSCRIPTION, status: 'past_due', standing: { verdict: 'hold' } }, before: { status: 'active', standing: { verdict: 'on' } } },
    ]);
  });

  test('tells when grace ends, though nobody writes anything', async ({ home }) => {
    let now = LATER + DAY;
    const clock = await standInForStripe((_, response) => response.end(JSON.stringify({ offsetSeconds: now - Date.now() / 1000 })));
    await openAdas(home, STORY.slice(0, 3));
    const watch = home.start(['subscriptions', 'watch', CUSTOMER], { STRIPE_API_BASE: clock.url, DEVCHAT_POLICY: 'past_due=3d' });
    await watch.printed(/past_due {2}on /);
    now = LATER + 4 * DAY;
    await watch.printed(/ada@example\.com {2}past_due {2}on -> hold: the payment/);
    await watch.stop();
    await clock.close();
  });

  test('of nobody', async ({ home }) => {
    expect(await home.run(['subscriptions', 'watch', 'nobody@example.com'])).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('no subscription of nobody@example.com is cached') as string });
  });
});
