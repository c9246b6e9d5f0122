/** Events of one second about a subscription, as the cache takes them: all of them are looked at, whichever came last. */
import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Cache } from '../../../../core/cache/cache.ts';
import { permutations } from '../../../faults/permutations.ts';
import { UPDATED } from '../../../support/bookings.ts';
import { freshCache, tell, type CacheFile } from '../../../support/caches.ts';
import { event, START, subscription, SUBSCRIPTION, subscriptionState } from '../../../support/stripe-objects.ts';

let file: CacheFile;
let cache: Cache;

beforeEach(async () => {
  file = await freshCache();
  cache = await file.open();
});

afterEach(() => file.remove());

let told = 0;

/** "ab": the mark was a and is b. */
const change = ([before, after]: string, id = SUBSCRIPTION) => event(UPDATED, subscription({ id, metadata: { mark: after! } }), { previous: { metadata: { mark: before! } } });
/** In an order of their own, about a subscription of their own. */
async function tellAll(...changes: string[]): Promise<{ id: string; events: Stripe.Event[] }> {
  const id = `sub_told_${(told += 1)}`;
  const events = changes.map((each) => change(each, id));
  for (const each of events) await tell(cache, each);
  return { id, events };
}

const mark = async (id = SUBSCRIPTION) => (await cache.subscription(id))?.subscription.snapshot.metadata.mark;
const isAsked = async (id = SUBSCRIPTION) => (await cache.questions()).includes(id);
const rebuilt = () => cache.rebuild({ version: '1.0.0', now: START * 1000 });

describe('each changes what the one before left', () => {
  const CHANGES = ['ab', 'bc', 'cd'];

  test('the last holds once all have come, in each order', async () => {
    for (const order of permutations(CHANGES)) expect([order, await mark((await tellAll(...order)).id)]).toEqual([order, 'd']);
    expect(await rebuilt(), 'and so says a rebuild, in no doubt').toMatchObject({ differing: 0, questions: [] });
  });

  test('where each is told beside one that it leads to or that leads to it, nobody is asked', async () => {
    for (const order of [CHANGES, ['bc', 'ab', 'cd'], CHANGES.toReversed()]) expect(await isAsked((await tellAll(...order)).id)).toBe(false);
  });

  test('where one is missing, what is known is kept and Stripe is asked; once it has come, the last holds', async () => {
    const { id, events } = await tellAll('ab', 'cd');
    expect([await mark(id), await isAsked(id)]).toEqual(['b', true]);
    await cache.dropQuestion(id);
    expect(await rebuilt()).toMatchObject({ differing: 0, questions: [id] });
    const missing = change('bc', id);
    expect(await tell(cache, missing)).toMatchObject({ outcome: 'applied', reason: 'active -> active', ask: null });
    expect((await cache.subscription(id))?.subscription).toMatchObject({ asOf: START, version: 3, event: { previous: { metadata: { mark: 'c' } } }, snapshot: events[1]!.data.object });
    expect(await isAsked(id), 'what is asked stays so').toBe(true);
  });

  test('a replay of any of them finds it so, and asks nobody', async () => {
    const { id, events } = await tellAll(...CHANGES);
    const outcomes = [];
    for (const each of events) outcomes.push((await cache.replayEvent(each.id, 1))?.outcome);
    expect([outcomes, await mark(id), await isAsked(id)]).toEqual([['stale', 'stale', 'applied'], 'd', false]);
  });

  test('one that comes again, under its own id or another, changes nothing', async () => {
    const { id, events } = await tellAll(...CHANGES);
    for (const each of events.flatMap((one) => [one, { ...one, id: `${one.id}_twin` }])) await tell(cache, each);
    expect([await mark(id), await isAsked(id)]).toEqual(['d', false]);
    expect(await rebuilt()).toMatchObject({ differing: 0, questions: [] });
  });
});

describe('their changes lead back to where they began', () => {
  test.each([['ab', 'bc', 'ca'], ['ab', 'ba', 'ac', 'ca']])('%s, %s, …: Stripe is asked, in each order, and again by a rebuild', async (...changes) => {
    for (const order of permutations(changes)) {
      const { id } = await tellAll(...order);
      expect([order, await isAsked(id)]).toEqual([order, true]);
      await cache.dropQuestion(id);
      expect(await rebuilt()).toMatchObject({ differing: 0, questions: [id] });
      await cache.saveSubscription(subscriptionState({ id }, { version: (await cache.subscription(id))!.subscription.version + 1, event: null, asOf: START + 1 }));
    }
    expect(await rebuilt(), 'nothing is left in doubt').toMatchObject({ differing: 0, questions: [] });
  });

  test('there and back, and then elsewhere: that is the last, in each order', async () => {
    for (const order of permutations(['ab', 'ba', 'ac'])) expect([order, await mark((await tellAll(...order)).id)]).toEqual([order, 'c']);
    expect(await rebuilt()).toMatchObject({ differing: 0, questions: [] });
  });

  test('a replay of any of them asks again, and overwrites nothing', async () => {
    const { id, events } = await tellAll('ab', 'bc', 'ca');
    const known = await mark(id);
    for (const each of events) {
      await cache.dropQuestion(id);
      expect(await cache.replayEvent(each.id, 1)).toMatchObject({ outcome: 'applied', ask: id });
      expect(await mark(id)).toBe(known);
    }
  });
});

test('more of them than anybody changes in a second prove nothing: what was proven is kept, and Stripe is asked', async () => {
  const letters = [...'abcdefghijklmnopqrstuvwxyz'];
  const changes = letters.slice(1).map((letter, index) => `${letters[index]}${letter}`);
  const { id } = await tellAll(...changes);
  expect([await mark(id), await isAsked(id)]).toEqual(['v', true]);
  expect(await rebuilt()).toMatchObject({ differing: 0 });
  await cache.dropQuestion(id);
  expect(await rebuilt()).toMatchObject({ differing: 0, questions: [id] });
});

test("an answer of Stripe's is overwritten by no event of its second, whatever the others prove", async () => {
  await tell(cache, change('ab'));
  await cache.saveSubscription(subscriptionState({ metadata: { mark: 'b' } }, { version: 2, event: null }));
  expect(await tell(cache, change('bc'))).toMatchObject({ outcome: 'applied', ask: SUBSCRIPTION });
  expect(await tell(cache, change('ab'))).toMatchObject({ outcome: 'applied', reason: 'the cached state is this one already', ask: null });
  expect([await mark(), await rebuilt()]).toMatchObject(['b', { differing: 0 }]);
});

test('what cannot be read proves nothing; what comes instead under its id does', async () => {
  const unreadable = event(UPDATED, { ...subscription(), items: null, metadata: { mark: 'b' } }, { id: 'evt_odd', previous: { metadata: { mark: 'a' } } });
  await tell(cache, change('ab'));
  expect(await tell(cache, unreadable)).toMatchObject({ outcome: 'failed' });
  expect(await tell(cache, { ...change('cd'), id: 'evt_late' })).toMatchObject({ ask: SUBSCRIPTION });
  const readable = { ...change('bc'), id: 'evt_odd' };
  for (let times = 0; times < 2; times += 1) expect(await tell(cache, readable)).toMatchObject({ outcome: 'applied' });
  expect(await mark()).toBe('d');
  await cache.dropQuestion(SUBSCRIPTION);
  for (const { id } of await cache.events({ oldestFirst: true, limit: 10 })) await cache.replayEvent(id, 1);
  expect([await mark(), await cache.questions(), await rebuilt()]).toMatchObject(['d', [], { differing: 0, questions: [] }]);
});

describe('the second in which it ended', () => {
  const alive = change('ab');
  const ended = (feedback: 'unused' | 'other' | null, previous?: Record<string, unknown>) =>
    event(previous ? UPDATED : 'customer.subscription.deleted', subscription({ status: 'canceled', cancellation_details: { comment: null, feedback, feedback_option: null, reason: null } }), previous ? { previous } : {});
  const because = (before: string | null) => ({ cancellation_details: { feedback: before } });
  const feedback = async () => (await cache.subscription(SUBSCRIPTION))?.subscription.snapshot.cancellation_details?.feedback;

  test('what it was before is over, and of what is told of the end the last holds, in each order', async () => {
    for (const order of permutations([alive, ended(null), ended('unused', because(null)), ended('other', because('unused'))])) {
      await file.remove();
      file = await freshCache();
      cache = await file.open();
      for (const each of order) await tell(cache, each);
      expect([await feedback(), await rebuilt()]).toMatchObject(['other', { differing: 0, questions: [] }]);
    }
  });

  test('where that is not proven, Stripe is asked', async () => {
    for (const each of [ended(null), ended('unused', because(null)), ended(null, because('unused'))]) await tell(cache, each);
    expect([await feedback(), await cache.questions()]).toEqual(['unused', [SUBSCRIPTION]]);
  });
});
