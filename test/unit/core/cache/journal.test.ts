import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Cache } from '../../../../core/cache/cache.ts';
import { rowsIn } from '../../../support/beside.ts';
import { UPDATED } from '../../../support/bookings.ts';
import { allSubscriptions, countChanges, freshCache, received, tell, type CacheFile } from '../../../support/caches.ts';
import { CUSTOMER, event, HOUR, invoice, START, subscription, SUBSCRIPTION } from '../../../support/stripe-objects.ts';
import { waitFor } from '../../../support/wait-for.ts';

let file: CacheFile;
let cache: Cache;

beforeEach(async () => {
  file = await freshCache();
  cache = await file.open();
});

afterEach(() => file.remove());

/** What another program sees at this moment. */
const stored = (query: string) => rowsIn(file.path, query);

describe('recording an event', () => {
  test('keeps the very text, the outcome and what it is about', async () => {
    const updated = event(UPDATED, subscription({ status: 'past_due' }));
    const text = `${JSON.stringify(updated, null, 2)}\n`;
    await cache.recordEvent({ event: updated, payload: text, source: 'backfill', receivedAt: 1_234_567 });
    expect(await cache.event(updated.id)).toEqual({
      event: {
        sequence: 1,
        id: updated.id,
        type: UPDATED,
        created: START,
        receivedAt: 1_234_567,
        source: 'backfill',
        customer: CUSTOMER,
        subscription: SUBSCRIPTION,
        invoice: null,
        outcome: 'applied',
        reason: 'first seen, past_due',
      },
      attempts: [{ at: 1_234_567, outcome: 'applied', reason: 'first seen, past_due' }],
      payload: text,
    });
    expect((await cache.subscription(SUBSCRIPTION))?.subscription.status).toBe('past_due');
  });

  test('it is in the file, for every other program, when the promise resolves', async () => {
    const updated = event(UPDATED, subscription());
    await tell(cache, updated);
    expect(await stored('SELECT id FROM events')).toEqual([{ id: updated.id }]);
    expect(await stored('SELECT id, status FROM subscriptions')).toEqual([{ id: SUBSCRIPTION, status: 'active' }]);
  });

  test('types that mean nothing here are kept as well', async () => {
    const unknown = event('foo.bar', { id: 'foo_1', object: 'foo' });
    expect(await tell(cache, unknown)).toEqual({ outcome: 'ignored', reason: 'foo.bar changes nothing here', ask: null, collect: null });
    expect((await cache.event(unknown.id))?.event).toMatchObject({ outcome: 'ignored', subscription: null });
  });

  test('what only Stripe can tell is marked in the same step', async () => {
    const failed = event('invoice.payment_failed', invoice());
    expect(await tell(cache, failed)).toMatchObject({ ask: SUBSCRIPTION });
    expect(await stored('SELECT subscription FROM questions')).toEqual([{ subscription: SUBSCRIPTION }]);
    expect(await cache.questions()).toEqual([SUBSCRIPTION]);
    await cache.dropQuestion(SUBSCRIPTION);
    expect(await cache.questions()).toEqual([]);
  });
});

describe('the same event again', () => {
  test('changes nothing, and says what became of it', async () => {
    const failed = event('invoice.payment_failed', invoice());
    await tell(cache, event(UPDATED, subscription()));
    await tell(cache, failed);
    await tell(cache, event(UPDATED, subscription({ status: 'past_due' }), { created: START + HOUR }));
    expect(await tell(cache, failed)).toEqual({ outcome: 'applied', reason: 'the payment of in_1 failed: Stripe is asked why', ask: null, collect: null });
    expect((await cache.event(failed.id))?.attempts).toHaveLength(1);
    expect(await cache.events({ limit: 100 })).toHaveLength(3);
  });

  test('fifty times at once, through two connections: one event, one attempt, one change', async () => {
    const other = await file.open();
    const updated = event(UPDATED, subscription());
    const outcomes = await Promise.all(Array.from({ length: 50 }, (_, index) => tell(index % 2 ? cache : other, updated)));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 50 }, () => 'applied'));
    expect((await cache.event(updated.id))?.attempts).toHaveLength(1);
    expect((await cache.subscription(SUBSCRIPTION))?.subscription.version).toBe(1);
  });

  test('twin events for one change: both are kept, the state changes once', async () => {
    await tell(cache, event(UPDATED, subscription()));
    expect(await tell(cache, event(UPDATED, subscription()))).toMatchObject({ outcome: 'applied', reason: 'the cached state is this one already' });
    expect((await cache.subscription(SUBSCRIPTION))?.subscription.version).toBe(1);
  });
});

describe('an event that could not be applied', () => {
  const broken = () => event(UPDATED, { ...subscription(), items: undefined }, { id: 'evt_broken' });

  test('is kept as failed, and nothing else of it', async () => {
    expect(await tell(cache, broken())).toMatchObject({ outcome: 'failed', reason: 'its object cannot be read: it is not a whole subscription' });
    expect((await cache.event('evt_broken'))?.event).toMatchObject({ outcome: 'failed', subscription: SUBSCRIPTION });
    expect(await cache.subscription(SUBSCRIPTION)).toBeUndefined();
  });

  test('is applied when Stripe sends it again and it can be: the failed try is no duplicate', async () => {
    await tell(cache, broken());
    expect(await tell(cache, event(UPDATED, subscription(), { id: 'evt_broken' }))).toMatchObject({ outcome: 'applied' });
    expect((await cache.event('evt_broken'))?.attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'applied']);
    expect((await cache.subscription(SUBSCRIPTION))?.subscription.status).toBe('active');
  });

  test('its text never changes, whatever comes later under its id', async () => {
    await tell(cache, broken());
    const { payload } = (await cache.event('evt_broken')) ?? {};
    await tell(cache, event(UPDATED, subscription(), { id: 'evt_broken' }));
    expect((await cache.event('evt_broken'))?.payload).toBe(payload);
  });
});

describe('another text under the id of one that could not be applied', () => {
  const broken = () => event(UPDATED, { ...subscription(), items: null }, { id: 'evt_broken' });
  const whole = () => event(UPDATED, subscription({ status: 'past_due' }), { id: 'evt_broken' });

  test('is journaled beside it as it came, and applied; the first tells of it', async () => {
    await tell(cache, broken());
    expect(await tell(cache, whole())).toMatchObject({ outcome: 'applied', reason: 'first seen, past_due' });
    expect(await cache.event('evt_broken')).toMatchObject({
      attempts: [{ outcome: 'failed' }, { outcome: 'applied', reason: 'another text came under its id, journaled as evt_broken#2: first seen, past_due' }],
      payload: JSON.stringify(broken()),
    });
    expect(await cache.event('evt_broken#2')).toMatchObject({ attempts: [{ outcome: 'applied', reason: 'first seen, past_due' }], payload: JSON.stringify(whole()) });
  });

  test('is what the cached state shows, which a rebuild finds again', async () => {
    await tell(cache, broken());
    await tell(cache, whole());
    expect((await allSubscriptions(cache)).map((each) => each.subscription.snapshot)).toEqual([subscription({ status: 'past_due' })]);
    expect(await cache.rebuild({ version: '1', now: START * 1000 })).toMatchObject({ differing: 0, objects: { subscription: 1 } });
  });

  test('is journaled once, however often either comes', async () => {
    for (const told of [broken(), whole(), whole(), broken(), whole()]) await tell(cache, told);
    await cache.replayEvent('evt_broken', 1);
    await tell(cache, whole());
    expect((await cache.events({ limit: 10 })).map(({ id, outcome }) => [id, outcome])).toEqual([['evt_broken#2', 'applied'], ['evt_broken', 'applied']]);
    expect((await cache.event('evt_broken#2'))?.attempts).toHaveLength(1);
  });

  test('where it fails as well, so is the next one', async () => {
    for (const items of [null, 5, [], 5]) await tell(cache, event(UPDATED, { ...subscription(), items }, { id: 'evt_broken' }));
    await tell(cache, whole());
    expect((await cache.events({ limit: 10 })).map(({ id, outcome }) => [id, outcome])).toEqual([4, 3, 2, 1].map((text) => [text === 1 ? 'evt_broken' : `evt_broken#${text}`, 'applied']));
  });

  test('it is not where it only says otherwise how many endpoints have yet to take it', async () => {
    await tell(cache, broken());
    await tell(cache, { ...broken(), pending_webhooks: 7 });
    expect((await cache.event('evt_broken'))?.attempts.map(({ reason }) => reason)).toEqual(Array.from({ length: 2 }, () => 'its object cannot be read: it is not a whole subscription'));
    expect(await cache.events({ limit: 10 })).toHaveLength(1);
  });
});

describe('a replay', () => {
  test('goes the same way again, and is noted as another attempt', async () => {
    const first = event(UPDATED, subscription());
    const second = event(UPDATED, subscription({ status: 'past_due' }), { created: START + 1 });
    await tell(cache, first);
    await tell(cache, second);
    expect(await cache.replayEvent(first.id, 99)).toEqual({ outcome: 'stale', reason: 'older than the cached state (past_due)', ask: null, collect: null });
    expect(await cache.replayEvent(second.id, 100)).toMatchObject({ outcome: 'applied', reason: 'the cached state is this one already' });
    expect((await cache.event(first.id))?.attempts).toEqual([
      { at: START * 1000, outcome: 'applied', reason: 'first seen, active' },
      { at: 99, outcome: 'stale', reason: 'older than the cached state (past_due)' },
    ]);
    expect((await cache.subscription(SUBSCRIPTION))?.subscription).toMatchObject({ status: 'past_due', version: 2 });
  });

  test('of an event that is not there answers nothing', async () => {
    expect(await cache.replayEvent('evt_none', 1)).toBeUndefined();
    expect(await cache.event('evt_none')).toBeUndefined();
  });
});

describe('the list of events', () => {
  test('newest first as they came, of one subscription or all, up to a limit', async () => {
    const told = [
      event(UPDATED, subscription()),
      event('foo.bar', {}),
      event('invoice.updated', invoice(), { created: START - 50 }),
      event(UPDATED, subscription({ id: 'sub_2' })),
    ];
    for (const one of told) await tell(cache, one);
    const ids = told.map(({ id }) => id);
    const listed = async (filter: Parameters<Cache['events']>[0]) => (await cache.events(filter)).map(({ id }) => id);
    expect(await listed({ limit: 100 })).toEqual([ids[3], ids[2], ids[1], ids[0]]);
    expect(await listed({ limit: 2 })).toEqual([ids[3], ids[2]]);
    expect(await listed({ subscription: SUBSCRIPTION, limit: 100 })).toEqual([ids[2], ids[0]]);
  });
});

describe('filters of the journal', () => {
  const told = () => [
    event(UPDATED, subscription(), { id: 'evt_a', created: START }),
    event('invoice.paid', invoice({ status: 'paid' }), { id: 'evt_b', created: START + 10 }),
    event('invoiceitem.created', { id: 'ii_1', object: 'invoiceitem', customer: 'cus_2' }, { id: 'evt_c', created: START + 20 }),
    event(UPDATED, { ...subscription({ id: 'sub_2' }), items: undefined }, { id: 'evt_d', created: START + 30 }),
    event(UPDATED, subscription(), { id: 'evt_e', created: START - 10 }),
  ];

  test.each<[Omit<Parameters<Cache['events']>[0], 'limit'>, string[]]>([
    [{}, ['e', 'd', 'c', 'b', 'a']],
    [{ type: 'invoice.*' }, ['b']],
    [{ type: 'invoice*' }, ['c', 'b']],
    [{ type: 'invoice.' }, []],
    [{ type: '*' }, ['e', 'd', 'c', 'b', 'a']],
    [{ type: UPDATED }, ['e', 'd', 'a']],
    [{ customer: CUSTOMER }, ['e', 'd', 'b', 'a']],
    [{ since: START + 10 }, ['d', 'c', 'b']],
    [{ until: START + 10 }, ['e', 'a']],
    [{ since: START, until: START + 20 }, ['b', 'a']],
    [{ outcome: 'applied' }, ['b', 'a']],
    [{ outcome: 'ignored' }, ['c']],
    [{ outcome: 'stale' }, ['e']],
    [{ outcome: 'failed' }, ['d']],
    [{ outcome: 'failed', subscription: SUBSCRIPTION }, []],
    [{ customer: CUSTOMER, type: UPDATED, since: START - 10, until: START + 30, outcome: 'stale' }, ['e']],
    [{ after: 2 }, ['e', 'd', 'c']],
    [{ after: 2, oldestFirst: true }, ['c', 'd', 'e']],
  ])('%j', async (filter, ids) => {
    for (const one of told()) await tell(cache, one);
    expect((await cache.events({ ...filter, limit: 100 })).map(({ id }) => id)).toEqual(ids.map((id) => `evt_${id}`));
    expect(await cache.eventCount(filter)).toBe(ids.length);
    expect((await cache.events({ ...filter, limit: 1 })).map(({ id }) => id)).toEqual(ids.slice(0, 1).map((id) => `evt_${id}`));
  });

  test('the outcome is that of the last attempt', async () => {
    for (const one of told()) await tell(cache, one);
    await tell(cache, event(UPDATED, subscription({ id: 'sub_2' }), { id: 'evt_d', created: START + 30 }));
    expect(await cache.eventCount({ outcome: 'failed' })).toBe(0);
    expect(await cache.eventCount({ outcome: 'applied' }), 'with the other text of evt_d').toBe(4);
  });
});

describe('what was heard of subscriptions', () => {
  test('is told by events, replays and answers, and once', async () => {
    await tell(cache, event(UPDATED, subscription(), { id: 'evt_1st' }));
    const { subscriptions, heard } = await cache.heardOf();
    expect(subscriptions).toEqual([]);
    await tell(cache, event('invoice.paid', invoice({ status: 'paid' })));
    await tell(cache, event('foo.bar', {}));
    const next = await cache.heardOf(heard);
    expect(next.subscriptions).toEqual([SUBSCRIPTION]);
    expect((await cache.heardOf(next.heard)).subscriptions).toEqual([]);
    await cache.replayEvent('evt_1st', 1);
    expect((await cache.heardOf(next.heard)).subscriptions).toEqual([SUBSCRIPTION]);
    const { version, ...state } = (await cache.subscription(SUBSCRIPTION))!.subscription;
    const before = (await cache.heardOf()).heard;
    await cache.saveSubscription({ ...state, version: version + 1 });
    expect((await cache.heardOf(before)).subscriptions).toEqual([SUBSCRIPTION]);
  });
});

describe('writes that come together', () => {
  test('share a commit', async () => {
    const changes = await countChanges(cache);
    await Promise.all(Array.from({ length: 100 }, () => tell(cache, event('foo.bar', {}))));
    await waitFor('the change', () => changes.count > 0);
    expect(changes.count).toBe(1);
    expect(await cache.events({ limit: 200 })).toHaveLength(100);
  });

  test('one that throws undoes itself alone', async () => {
    const user = await cache.createUser({ id: 'user_1', email: 'ada@example.com', passwordHash: null, createdAt: 1 });
    await cache.linkCustomer(user, 'cus_1');
    const taken = { id: 'user_2', email: 'ada@example.com', passwordHash: null, createdAt: 1 };
    const [before, thrown, after] = await Promise.allSettled([
      tell(cache, event('foo.before', {})),
      cache.createUser(taken),
      tell(cache, event('foo.after', {})),
    ]);
    expect([before.status, thrown.status, after.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await cache.events({ limit: 10 })).map(({ type }) => type)).toEqual(['foo.after', 'foo.before']);
  });

  test('what waits at the end is still written', async () => {
    const writing = tell(cache, event('foo.bar', {}, { id: 'evt_last' }));
    await cache.close();
    await expect(writing).resolves.toMatchObject({ outcome: 'ignored' });
    expect(await stored('SELECT id FROM events')).toEqual([{ id: 'evt_last' }]);
  });

  test('after the end nothing is', async () => {
    await cache.close();
    await expect(cache.recordEvent(received(event('foo.bar', {})))).rejects.toThrow();
  });
});
