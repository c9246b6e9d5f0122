/** Notices on their way to the owner: each once, to each target that was set when it was written. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type Stripe from 'stripe';
import type { Cache, Recorded } from '../../../../core/cache/cache.ts';
import type { NoticeDelivery, NoticeTarget } from '../../../../core/notices/notice.ts';
import { failed, paid, UPDATED } from '../../../support/bookings.ts';
import { beside } from '../../../support/beside.ts';
import { freshCache, tell, type CacheFile } from '../../../support/caches.ts';
import { DAY, event, HOUR, invoice, START, subscription, SUBSCRIPTION, subscriptionState } from '../../../support/stripe-objects.ts';

const BOTH = { livemode: false, noticeTargets: ['command', 'address'] as const };
const MINUTE_MILLISECONDS = 60_000;
const DAY_MILLISECONDS = 24 * 60 * MINUTE_MILLISECONDS;
/** After the wait for a reason. */
const SOON = Date.now() + MINUTE_MILLISECONDS;

let file: CacheFile;
let cache: Cache;

beforeEach(async () => {
  file = await freshCache();
  cache = await file.open(BOTH);
  await tell(cache, event(UPDATED, subscription()));
});

afterEach(() => file.remove());

function claim(targets: NoticeTarget[] = ['command', 'address'], now = SOON, lease = MINUTE_MILLISECONDS, from = cache): Promise<NoticeDelivery[]> {
  return from.claimNotices(targets, now, now + lease);
}

const textOf = ({ body }: NoticeDelivery) => (JSON.parse(body) as { data: { text: string } }).data.text;
const fail = (invoice: string) => tell(cache, failed({ invoice, created: START + HOUR }));

async function sayWhy(): Promise<void> {
  const { subscription: known, invoice } = (await cache.subscription(SUBSCRIPTION))!;
  await cache.saveSubscription({ ...known, version: known.version + 1, event: null }, [{ ...invoice!, failureCode: 'insufficient_funds' }]);
}

describe('what a notice says', () => {
  test('waits a little for why the payment failed', async () => {
    await fail('in_1');
    expect(await claim(['command'], Date.now())).toEqual([]);
    await sayWhy();
    expect((await claim(['command'], Date.now())).map(textOf)).toEqual([expect.stringContaining('(insufficient funds)')]);
  });

  test('goes without it where Stripe does not say in time', async () => {
    await fail('in_1');
    expect((await claim(['command'])).map(textOf)).toEqual([expect.stringContaining('over $60 failed.')]);
  });

  test('is the same for every target and every try, once it was tried', async () => {
    await fail('in_1');
    const [first] = await claim(['command']);
    await sayWhy();
    await cache.noticeFailed(first!, 'exit code 1', SOON, SOON + 1);
    const later = await claim(['command', 'address'], SOON + 1);
    expect(later.map(({ body }) => body)).toEqual([first!.body, first!.body]);
  });

  test('bears the time of what it tells of', async () => {
    await fail('in_1');
    await tell(cache, failed({ created: START + 9 * HOUR }));
    const [told] = await claim(['command']);
    expect(JSON.parse(told!.body)).toMatchObject({ type: 'payment.failed', timestamp: new Date((START + HOUR) * 1000).toISOString() });
  });
});

describe('a notice', () => {
  test('goes to each target that was set when it was written, and to no other', async () => {
    await fail('in_1');
    const commandOnly = await file.open({ livemode: false, noticeTargets: ['command'] });
    await tell(commandOnly, failed({ invoice: 'in_2', created: START + HOUR }));
    expect((await claim()).map(({ target }) => target)).toEqual(['command', 'command', 'address']);
    await tell(await file.open({ livemode: false, noticeTargets: [] }), failed({ invoice: 'in_3', created: START + HOUR }));
    expect(await claim()).toEqual([]);
  });

  test('that a command line writes goes where the daemon sends them', async () => {
    await tell(await file.open({ livemode: false }), failed());
    expect((await claim()).map(({ target }) => target)).toEqual(['command', 'address']);
  });

  test('that is delivered is never due again, whatever Stripe repeats', async () => {
    await fail('in_1');
    for (const delivery of await claim()) await cache.noticeDelivered(delivery, SOON);
    await tell(cache, failed({ created: START + 2 * HOUR }));
    await sayWhy();
    expect(await claim(['command', 'address'], SOON + 365 * DAY_MILLISECONDS)).toEqual([]);
    expect(await cache.noticeTargets()).toEqual([]);
  });

  test('claimed by two daemons on one file goes to one of them', async () => {
    const other = await file.open(BOTH);
    for (let index = 0; index < 10; index += 1) await fail(`in_${index}`);
    const claims = await Promise.all([1, 2, 3].flatMap(() => [claim(['command']), claim(['command'], SOON, MINUTE_MILLISECONDS, other)]));
    const ids = claims.flat().map(({ id }) => id);
    expect(ids).toHaveLength(10);
    expect(new Set(ids).size).toBe(10);
  });

  test('whose claimer died is due again when the lease has run out, and counts the try', async () => {
    await fail('in_1');
    const [lost] = await claim(['command']);
    expect(lost?.tries).toBe(0);
    expect(await claim(['command'], SOON + MINUTE_MILLISECONDS - 1)).toEqual([]);
    expect(await claim(['command'], SOON + MINUTE_MILLISECONDS)).toEqual([{ ...lost, tries: 1 }]);
  });

  test('that another has claimed since is theirs: the word of the first counts no more', async () => {
    cache = await file.open({ livemode: false, noticeTargets: ['command'] });
    await fail('in_1');
    const [lost] = await claim(['command']);
    const [taken] = await claim(['command'], SOON + MINUTE_MILLISECONDS);
    await cache.noticeFailed(lost!, 'too slow', SOON, SOON);
    expect(await claim(['command'], SOON + MINUTE_MILLISECONDS + 1)).toEqual([]);
    await cache.noticeDelivered(taken!, SOON);
    await cache.noticeFailed(taken!, 'too late', SOON, SOON);
    expect(await cache.noticeTargets()).toEqual([]);
  });

  test('is claimed without a write where none is due', async () => {
    const other = await beside(file.path);
    const before = await other.version();
    await claim();
    expect(await other.version()).toBe(before);
    await other.close();
  });
});

describe('what is asked for to catch up with the past', () => {
  const ended = subscription({ id: 'sub_2', status: 'canceled', ended_at: START });
  const answered = async () => {
    await cache.saveSubscription(subscriptionState(ended, { event: null }), [], undefined, { quietly: true });
    return (await claim(['command'])).map(({ body }) => (JSON.parse(body) as { type: string }).type);
  };

  test('is no news where nothing was heard of it', async () => {
    expect(await answered()).toEqual([]);
  });

  test.each<[string, Stripe.Event, Recorded['outcome']]>([
    ['could not be read', event('customer.subscription.deleted', { ...ended, items: null }), 'failed'],
    ['is of another shape', event('customer.subscription.deleted', ended, { api_version: '2020-08-27' }), 'applied'],
    ['is about its invoice', event('invoice.payment_failed', { ...invoice(), parent: { subscription_details: { subscription: 'sub_2' } } }), 'applied'],
  ])('is news where an event %s', async (_, heard, outcome) => {
    expect(await tell(cache, heard)).toMatchObject({ outcome });
    expect(await answered()).toContain('subscription.ended');
  });
});

describe('a target that fails for days', () => {
  test('blocks no other target and no other notice, and shows', async () => {
    await fail('in_1');
    let now = SOON;
    for (let days = 0; days < 5; days += 1, now += DAY_MILLISECONDS) {
      for (const delivery of await claim(['address'], now)) await cache.noticeFailed(delivery, `status 500 on day ${days}`, now, now + DAY_MILLISECONDS);
    }
    expect(await cache.noticeTargets()).toEqual([
      { target: 'address', waiting: 1, failingSince: SOON, lastError: 'status 500 on day 4' },
      { target: 'command', waiting: 1, failingSince: null, lastError: null },
    ]);
    await tell(cache, paid({ created: START + DAY }));
    const due = await claim(['command', 'address'], now - 1);
    expect(due.map(({ target, body }) => [target, (JSON.parse(body) as { type: string }).type])).toEqual([
      ['command', 'payment.failed'],
      ['command', 'payment.recovered'],
      ['address', 'payment.recovered'],
    ]);
  });

  test('gives way to newer notices: it never has more than its share', async () => {
    for (let index = 0; index < 30; index += 1) await fail(`in_${index}`);
    const first = await claim(['address']);
    for (const delivery of first) await cache.noticeFailed(delivery, 'status 500', SOON, SOON + DAY_MILLISECONDS);
    const second = await claim(['address']);
    expect([first.length, second.length]).toEqual([20, 10]);
    expect(new Set([...first, ...second].map(({ id }) => id)).size).toBe(30);
  });
});
