/** Replaying many events: chosen by filters, rehearsed, summed up, and asked about once. */
import { describe, expect } from 'vitest';
import { event, START, subscription, SUBSCRIPTION } from '../../support/stripe-objects.ts';
import { ADA, LATER, openAdas, STORY } from './adas.ts';
import { KEY, standInForStripe, test, type Home } from './house.ts';

const UPDATED = 'customer.subscription.updated';
const broken = (number: number) => event(UPDATED, { ...subscription({ id: `sub_broken_${number}` }), items: undefined }, { id: `evt_broken_${number}` });

async function attempts(id: string, home: Home): Promise<number | undefined> {
  return home.withCache(async (cache) => (await cache.event(id))?.attempts.length);
}

/** Without the shape of what is printed: the ids, in order. */
function ids(stdout: string): string[] {
  return stdout.trim().split('\n').map((line) => line.split(' ')[0] ?? '');
}

describe('chosen by filters', () => {
  test('the oldest first; what is older than the state is stale, changes nothing, and is no failure', async ({ home }) => {
    await openAdas(home);
    const { code, stdout } = await home.run(['events', 'replay', '--customer', ADA]);
    expect(code).toBe(0);
    expect(stdout).toBe(
      'evt_created  stale  older than the cached state (past_due)\n' +
        'evt_past_due  applied  the cached state is this one already\n' +
        'evt_failed  applied  in_1 is open\n' +
        'evt_late  stale  older than the cached state (past_due)\n',
    );
    expect((await home.withCache((cache) => cache.subscription(SUBSCRIPTION)))?.subscription.status).toBe('past_due');
    expect(ids((await home.run(['events', 'replay', '--customer', ADA, '--after', 'evt_past_due'])).stdout)).toEqual(['evt_failed', 'evt_late']);
    expect(ids((await home.run(['events', 'replay', '--type', 'customer.*', '--since', '2026-01-16', '--until', '2026-01-16'])).stdout)).toEqual(['evt_past_due']);
  });

  test('--dry-run tells what each would become, and writes nothing', async ({ home }) => {
    await openAdas(home, [broken(1), ...STORY]);
    const { code, stdout } = await home.run(['events', 'replay', '--type', '*', '--dry-run']);
    expect(ids(stdout)).toEqual(['evt_broken_1', ...STORY.map(({ id }) => id)]);
    expect(stdout).toContain('evt_broken_1  failed  its object cannot be read: it is not a whole subscription\n');
    expect(code).toBe(1);
    expect(await attempts('evt_created', home)).toBe(1);
  });

  test('--failed: those whose last attempt failed', async ({ home }) => {
    await openAdas(home, [broken(1), ...STORY, broken(2)]);
    expect(await home.run(['events', 'replay', '--failed'])).toMatchObject({ code: 1, stdout: expect.stringMatching(/^evt_broken_1 {2}failed .*\nevt_broken_2 {2}failed .*\n$/) as string });
    expect([await attempts('evt_broken_1', home), await attempts('evt_created', home)]).toEqual([2, 1]);
  });

  test('none matches', async ({ home }) => {
    await openAdas(home);
    expect(await home.run(['events', 'replay', '--failed'])).toEqual({ code: 0, stdout: '', stderr: 'No event matches.\n' });
    expect(JSON.parse((await home.run(['events', 'replay', '--failed', '--json'])).stdout)).toEqual({ schemaVersion: 1, results: [], unanswered: [] });
  });

  test('of many there is a summary with the first that failed; --json has every one', async ({ home }) => {
    const many = Array.from({ length: 450 }, (_, number) => event('foo.bar', {}, { id: `evt_foo_${number}` }));
    const failing = Array.from({ length: 25 }, (_, number) => broken(number));
    await openAdas(home, [...many, ...failing, ...STORY]);
    const { code, stdout } = await home.run(['events', 'replay', '--type', '*']);
    expect(code).toBe(1);
    const lines = stdout.trim().split('\n');
    expect(lines[0]).toBe('480 events replayed: 2 applied, 451 ignored, 2 stale, 25 failed');
    expect(lines.slice(1, 21)).toEqual(failing.slice(0, 20).map(({ id }) => `${id}  failed  its object cannot be read: it is not a whole subscription`));
    expect(lines.slice(21)).toEqual(['and 5 more: devchat events list --outcome failed']);
    const { results } = JSON.parse((await home.run(['events', 'replay', '--type', '*', '--json'])).stdout) as { results: Array<{ id: string }> };
    expect(results.map(({ id }) => id)).toEqual([...many, ...failing, ...STORY].map(({ id }) => id));
  });
});

test('Stripe is asked once for each subscription, after all', async ({ home }) => {
  const asked = await standInForStripe((_, response) => response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"type":"invalid_request_error","code":"resource_missing","message":"No such subscription"}}'));
  const old = (number: number, id: string) => event(UPDATED, subscription({ id }), { id: `evt_old_${number}`, created: START + number, api_version: '2020-08-27' });
  await openAdas(home, [old(1, 'sub_1'), old(2, 'sub_2'), old(3, 'sub_1'), old(4, 'sub_1')]);
  const { code, stdout, stderr } = await home.run(['events', 'replay', '--type', '*'], { STRIPE_SECRET_KEY: KEY, STRIPE_API_BASE: asked.url });
  expect(ids(stdout)).toEqual(['evt_old_1', 'evt_old_2', 'evt_old_3', 'evt_old_4']);
  expect(asked.requests.filter((request) => request.includes('/subscriptions/')).map((request) => request.split('?')[0])).toEqual(['GET /v1/subscriptions/sub_1', 'GET /v1/subscriptions/sub_2']);
  expect(stderr).toContain('Stripe could not be asked about sub_1 and 1 more: ');
  expect(code).toBe(1);
  await asked.close();
});

test('in live mode, many are replayed only where somebody confirms it', async ({ home }) => {
  const live = { STRIPE_SECRET_KEY: 'sk_live_of_nobody_at_all' };
  const told = event('foo.bar', {}, { id: 'evt_live', livemode: true, created: LATER });
  await home.run(['events', 'replay', '--type', '*', '--live'], live);
  const { openCache } = await import('../../../core/cache/open-cache.ts');
  const cache = await openCache(home.cacheFile, { livemode: true });
  await cache.recordEvent({ event: told, payload: JSON.stringify(told), source: 'webhook', receivedAt: 0 });
  await cache.close();
  expect(await home.run(['events', 'replay', '--type', '*'], live)).toMatchObject({ code: 4 });
  expect(await home.run(['events', 'replay', '--type', '*', '--live'], live)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('say --yes') as string });
  expect(await home.run(['events', 'replay', '--type', '*', '--live', '--dry-run'], live)).toMatchObject({ code: 0 });
  expect(await home.run(['events', 'replay', '--type', '*', '--live', '--yes'], live)).toMatchObject({ code: 0, stdout: 'evt_live  ignored  foo.bar changes nothing here\n' });
});
