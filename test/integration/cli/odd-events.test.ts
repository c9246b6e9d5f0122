/** What Stripe lists and cannot be an event of its is left out by name, and everything beside it is recorded. */
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runBackfill } from '../../../cli/commands/events/backfill.ts';
import { openCache } from '../../../core/cache/open-cache.ts';
import { freshCacheFile } from '../../support/caches.ts';
import { KEY, openDaemon } from '../../support/daemon.ts';
import { freshFolder } from '../../support/folders.ts';
import { startLocalServer, type LocalServer } from '../../support/local-server.ts';
import { DAY, event, HOUR, START, subscription } from '../../support/stripe-objects.ts';
import { waitFor } from '../../support/wait-for.ts';
import { recordingContext } from '../../unit/cli/recording-io.ts';

const PAGE = 100;
const UPDATED = 'customer.subscription.updated';

let folder: ReturnType<typeof freshFolder>;
let stripe: LocalServer;
/** As Stripe has them, the newest first. */
let listed: unknown[];

beforeEach(async () => {
  folder = freshFolder();
  listed = [];
  stripe = await startLocalServer(({ url = '' }, response) => {
    const query = new URL(url, 'http://stripe').searchParams;
    answer(response, url.startsWith('/v1/events') ? pageOf(query) : { object: 'list', data: [], has_more: false });
  });
});
afterEach(async () => {
  await stripe.close();
  folder.remove();
});

function answer(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json', date: new Date((START + HOUR) * 1000).toUTCString() }).end(JSON.stringify(body));
}

/** As Stripe pages its lists; what is asked for by an id that is not listed is nothing. */
function pageOf(query: URLSearchParams): object {
  const placeOf = (name: string) => listed.findIndex((each) => String((each as { id?: unknown } | null)?.id) === query.get(name));
  if (query.has('ending_before')) {
    const newer = listed.slice(0, Math.max(placeOf('ending_before'), 0));
    return { object: 'list', data: newer.slice(-PAGE), has_more: newer.length > PAGE };
  }
  const older = query.has('starting_after') ? listed.slice(placeOf('starting_after') + 1) : listed;
  return { object: 'list', data: older.slice(0, PAGE), has_more: older.length > PAGE };
}

const good = (number: number) => event(UPDATED, subscription({ id: `sub_${number}` }), { id: `evt_${number}`, created: START + number });
const odd = (fields: object) => ({ ...event(UPDATED, subscription({ id: 'sub_odd' }), { id: 'evt_odd' }), ...fields });

async function backfill(options: { json?: boolean } = {}): Promise<{ out: string[]; talk: string[]; exitCode: number }> {
  const { context, out, talk } = recordingContext({ folder: folder.path, env: { STRIPE_API_BASE: stripe.url, STRIPE_SECRET_KEY: KEY } });
  await runBackfill({ since: DAY, ...options }, context).finally(() => context.close());
  return { out, talk, exitCode: context.exitCode };
}

async function recorded(): Promise<string[]> {
  const cache = await openCache(`${folder.path}/cache.sqlite`, { livemode: false });
  const events = await cache.events({ limit: 1_000 }).finally(() => cache.close());
  return events.map(({ id }) => id).sort();
}

const NOT_AS_WRITTEN = (part: string) => `it is no event: its ${part} is not as Stripe writes it`;

describe('an event that cannot be one', () => {
  test.each<[string, unknown, string]>([
    ['nothing', null, 'an event without an id  left out: it is no event'],
    ['another object', odd({ object: 'charge' }), 'evt_odd  left out: it is no event'],
    ['no id', odd({ id: undefined }), `an event without an id  left out: ${NOT_AS_WRITTEN('id')}`],
    ['a number for an id', odd({ id: 7 }), `an event without an id  left out: ${NOT_AS_WRITTEN('id')}`],
    ['an id with a null in it', odd({ id: 'evt_\u0000' }), `an event without an id  left out: ${NOT_AS_WRITTEN('id')}`],
    ['half a second', odd({ created: 1.5 }), `evt_odd  left out: ${NOT_AS_WRITTEN('created')}`],
    ['a time in words', odd({ created: 'today' }), `evt_odd  left out: ${NOT_AS_WRITTEN('created')}`],
    ['a time after all times', odd({ created: 1e300 }), `evt_odd  left out: ${NOT_AS_WRITTEN('created')}`],
    ['no type', odd({ type: null }), `evt_odd  left out: ${NOT_AS_WRITTEN('type')}`],
    ['no mode', odd({ livemode: 'no' }), `evt_odd  left out: ${NOT_AS_WRITTEN('livemode')}`],
    ['no object', odd({ data: {} }), `evt_odd  left out: ${NOT_AS_WRITTEN('data')}`],
  ])('%s', async (_, what, row) => {
    listed = [good(3), what, good(1)];
    expect(await backfill()).toEqual({
      out: [row, expect.stringMatching(/^Events since .*: 2 listed, 2 new, 1 left out\.$/) as string],
      talk: ['Next: devchat subscriptions verify tells whether what was left out is missing.'],
      exitCode: 0,
    });
    expect(await recorded()).toEqual(['evt_1', 'evt_3']);
  });

  test('--json names it', async () => {
    listed = [good(3), odd({ created: -1 })];
    expect(JSON.parse((await backfill({ json: true })).out.join(''))).toMatchObject({ listed: 1, new: 1, failed: [], skipped: [{ event: 'evt_odd', reason: NOT_AS_WRITTEN('created') }] });
  });
});

test('at the ends of pages they have no other left out', async () => {
  const many = Array.from({ length: 350 }, (_, index) => good(350 - index));
  listed = many.flatMap((each, index) => (index % 50 === 49 ? [odd({ id: null }), each, odd({ id: '' })] : [each]));
  const { out } = await backfill();
  expect(out.at(-1)).toMatch(/: 350 listed, 350 new, \d+ left out\.$/);
  expect(await recorded()).toHaveLength(350);
});

test('a whole page without an id ends it in words', async () => {
  listed = [good(200), ...Array.from({ length: PAGE }, () => odd({ id: null })), good(1)];
  await expect(backfill()).rejects.toMatchObject({ kind: 'failed', message: 'Stripe lists events of which none has an id' });
});

test('the daemon warns of it, and records the others', async () => {
  listed = [good(3), odd({ created: 1.5 }), good(1)];
  const file = freshCacheFile();
  const cache = await file.open();
  await cache.setBackfilledUntil(START);
  const daemon = await openDaemon({ stripeApiBase: stripe.url, beside: { file } });
  await waitFor('the gap to be closed', () => daemon.log.some((line) => line.includes('2 listed, 2 new, 1 left out')));
  expect(daemon.log.map((line) => JSON.parse(line) as object)).toContainEqual(expect.objectContaining({ level: 40, event: 'evt_odd', reason: NOT_AS_WRITTEN('created'), msg: 'left out of what Stripe lists' }));
  expect((await cache.events({ limit: 10 })).map(({ id }) => id)).toEqual(['evt_3', 'evt_1']);
  await daemon.close();
  await file.remove();
});
