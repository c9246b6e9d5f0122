/** R21, R22 and R45 of the failures to survive: what no webhook brought is found at the next start, or at the next look. */
import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { closeGap, type Closed } from '../../../core/billing/gap.ts';
import { settleQuestion } from '../../../core/billing/reconcile.ts';
import type { Cache } from '../../../core/cache/cache.ts';
import { freshCacheFile, tell, type CacheFile } from '../../support/caches.ts';
import { openDaemon, openStripe, type StripeUnderTest } from '../../support/daemon.ts';
import { drift } from '../../support/drift.ts';
import { openInbox, type Inbox } from '../../support/inbox.ts';
import { overlaid } from '../../support/overlaid.ts';
import { openShop, type Shop } from '../../support/shop.ts';
import { DAY, HOUR } from '../../support/stripe-objects.ts';
import { waitFor } from '../../support/wait-for.ts';

/** One look, as the daemon's every 10 minutes, with the questions that come of it. */
async function look(stripe: Stripe, cache: Cache, more: Partial<Parameters<typeof closeGap>[2]> = {}): Promise<Closed> {
  const closed = await closeGap(stripe, cache, { now: () => Date.now(), ...more });
  for (const subscription of await cache.questions()) await settleQuestion(stripe, cache, subscription);
  return closed;
}

describe('a daemon that was down', () => {
  let shop: Shop;
  let inbox: Inbox;
  beforeEach(async () => {
    [shop, inbox] = [await openShop({ switches: { drop_events: '*' } }), await openInbox()];
  });
  afterEach(async () => {
    await inbox.close();
    await shop.close();
  });

  /** What the owner was told, by whichever of the two daemons. */
  const told = () => [...shop.told, ...inbox.told];

  /** Another daemon on the same cache is the same daemon started again. Returns what its log says of the gap. */
  async function startAgain(): Promise<string> {
    const daemon = await openDaemon({ stripeApiBase: shop.url, beside: shop.daemon, noticeUrl: inbox.url, noticeSecret: inbox.secret });
    const line = (await waitFor('the gap to be closed', () => daemon.log.find((each) => each.includes('the gap to Stripe is closed')))) ?? '';
    await shop.settled();
    await daemon.close();
    return (JSON.parse(line) as { gap: string }).gap;
  }

  test('hears at its start what happened meanwhile: once, and what follows from it once', async () => {
    const ada = await shop.subscriber('pm_card_chargeCustomerFail');
    expect(await startAgain()).toMatch(/^events since .*: \d+ listed, \d+ new$/);
    expect(await drift(shop.stripe, shop.cache)).toEqual([]);
    const { id } = await shop.cache.bookSession({ customer: ada.customer, startsAt: ada.trialEnd + 5 * DAY }, (await shop.now()) * 1000);

    await shop.advanceTo(ada.trialEnd + 2 * HOUR);
    await startAgain();
    expect((await ada.me()).subscription?.failedPayment?.reason).toBe('the card was declined');
    expect(await startAgain()).toMatch(/ 0 new$/);
    expect((await shop.cache.session(id))?.changes.map(({ state }) => state)).toEqual(['booked', 'cancelled']);
    expect(told().map(({ type }) => type)).toEqual(['payment.failed']);
    const [failed] = await shop.cache.events({ type: 'invoice.payment_failed', limit: 10 });
    expect(failed).toMatchObject({ source: 'backfill', outcome: 'applied' });
    expect(await drift(shop.stripe, shop.cache)).toEqual([]);
  });

  test('for longer than 30 days compares all subscriptions, says so, and tells what it finds', async () => {
    const [ada, ben] = [await shop.subscriber(), await shop.subscriber()];
    await startAgain();
    await shop.advance(45 * DAY);
    await shop.stripe.subscriptions.cancel(ada.subscription);
    expect(await startAgain()).toMatch(/^Stripe lists events for 30 days, and more have passed: 2 subscriptions compared, 2 refreshed$/);
    expect([(await ada.me()).subscription?.status, (await ben.me()).subscription?.status]).toEqual(['canceled', 'active']);
    expect(told().map(({ type, subject }) => [type, subject])).toEqual([['subscription.ended', ada.subscription]]);
    expect(await drift(shop.stripe, shop.cache)).toEqual([]);
    expect(await startAgain()).toMatch(/^events since /);
  });

  test('and hears the same events from Stripe while it catches up', async () => {
    const ada = await shop.subscriber('pm_card_chargeCustomerFail');
    await startAgain();
    const { id } = await shop.cache.bookSession({ customer: ada.customer, startsAt: ada.trialEnd + 5 * DAY }, (await shop.now()) * 1000);
    await shop.advanceTo(ada.trialEnd + 2 * HOUR);
    const events = await shop.events(ada.customer);
    const [answers] = await Promise.all([Promise.all(events.map(shop.post)), startAgain()]);
    await shop.settled();
    expect(new Set(answers)).toEqual(new Set([200]));
    const journaled = await shop.cache.events({ customer: ada.customer, limit: 1_000 });
    expect(journaled.length).toBe(new Set(journaled.map((event) => event.id)).size);
    expect((await shop.cache.session(id))?.changes.map(({ state }) => state)).toEqual(['booked', 'cancelled']);
    expect(await drift(shop.stripe, shop.cache)).toEqual([]);
  });

  test('a subscription that Stripe no longer knows stays cached, and is named', async () => {
    const ada = await shop.subscriber();
    await startAgain();
    const { subscription } = (await shop.cache.subscription(ada.subscription))!;
    const snapshot = { ...subscription.snapshot, id: 'sub_gone', latest_invoice: null };
    await shop.cache.saveSubscription({ ...subscription, id: 'sub_gone', version: 1, snapshot });
    await shop.cache.setBackfilledUntil(1);
    expect(await startAgain()).toMatch(/: 2 subscriptions compared, 0 refreshed, 1 unknown to Stripe$/);
    expect(await shop.cache.subscription('sub_gone')).toBeDefined();
  });
});

describe('a cache that knows nothing yet', () => {
  test('learns of what failed and ended before without telling it as news; what comes then is told', async () => {
    const shop = await openShop({ switches: { drop_events: '*' } });
    const [ada, ben] = [await shop.subscriber('pm_card_chargeCustomerFail'), await shop.subscriber()];
    await shop.stripe.subscriptions.cancel(ben.subscription);
    await shop.advanceTo(ada.trialEnd + 2 * HOUR);
    const file = freshCacheFile();
    const cache = await file.open({ livemode: false, noticeTargets: ['command'] });
    const told = async () => (await cache.claimNotices(['command'], Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER)).map(({ body }) => (JSON.parse(body) as { type: string }).type);

    expect(await look(shop.stripe, cache)).toMatchObject({ by: 'subscriptions', compared: 2, refreshed: [{}, {}], unknown: [] });
    expect(await drift(shop.stripe, cache)).toEqual([]);
    expect(await told()).toEqual([]);

    await shop.advance(2 * DAY);
    await look(shop.stripe, cache);
    expect(await told(), 'the next try failed as well').toEqual([]);
    await shop.stripe.subscriptions.cancel(ada.subscription);
    await look(shop.stripe, cache);
    expect(await told()).toEqual(['subscription.ended']);
    await file.remove();
    await shop.close();
  });
});

describe('a pass over many events', () => {
  const MANY = 230;
  let stripe: StripeUnderTest;
  let file: CacheFile;
  let cache: Cache;
  beforeEach(async () => {
    [stripe, file] = [await openStripe(), freshCacheFile()];
    cache = await file.open();
    await look(stripe.stripe, cache);
    for (let number = 0; number < MANY; number += 1) await stripe.stripe.customers.create({ name: `Customer ${number}` });
  });
  afterEach(async () => {
    await stripe.close();
    await file.remove();
  });

  const journaled = async () => (await cache.events({ limit: 1_000, oldestFirst: true })).map(({ id }) => id);

  test('applies them oldest first, each once', async () => {
    const closed = await look(stripe.stripe, cache);
    expect(closed).toMatchObject({ by: 'events', listed: MANY, fresh: MANY, failed: [] });
    const all = await stripe.stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 });
    expect(await journaled()).toEqual(all.map(({ id }) => id).reverse());
    expect(await look(stripe.stripe, cache)).toMatchObject({ listed: MANY, fresh: 0 });
  });

  /** The 150th event is not recorded any more; the next pass comes when the overlap is over. */
  async function storyOfInterruption(through: (cache: Cache) => Cache): Promise<void> {
    let left = 150;
    const dying = overlaid(through(cache), (inner) => ({ recordEvent: (received) => ((left -= 1) < 0 ? Promise.reject(new Error('killed')) : inner.recordEvent(received)) }));
    await expect(look(stripe.stripe, dying)).rejects.toThrow('killed');
    await stripe.advance(HOUR);
    await look(stripe.stripe, cache);
    expect(await journaled()).toHaveLength(MANY);
    expect(new Set(await journaled()).size).toBe(MANY);
  }

  test('goes on where it was interrupted', () => storyOfInterruption((whole) => whole));

  test('control group: with the mark set before the events are recorded, some are lost', async () => {
    const wrong = (inner: Cache): Partial<Cache> => ({
      unknownEvents: async (ids) => {
        await inner.setBackfilledUntil(Math.floor(Date.now() / 1000) + HOUR / 2);
        return inner.unknownEvents(ids);
      },
    });
    await expect(storyOfInterruption((whole) => overlaid(whole, wrong))).rejects.toThrow(/toHaveLength|have a length/);
  });

  test('ends when it is told to, and leaves the mark where it was', async () => {
    const before = await cache.backfilledUntil();
    const stopping = new AbortController();
    await expect(look(stripe.stripe, cache, { signal: stopping.signal, progress: () => stopping.abort() })).rejects.toThrow('aborted');
    expect(await journaled()).not.toHaveLength(0);
    expect(await journaled()).not.toHaveLength(MANY);
    expect(await cache.backfilledUntil()).toBeLessThanOrEqual((before ?? 0) + 60);
  });

  test('gets over 429s and 5xx', async () => {
    const fault = (on: string, answer: string) => fetch(`${stripe.url}/_sandbox/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ on, answer, call: 2 }) });
    await fault('GET /v1/events', 'rate_limit');
    await fault('GET /v1/events', '502');
    expect(await look(stripe.stripe, cache)).toMatchObject({ fresh: MANY });
  });

  test('an event that cannot be applied is kept as failed, and does not hold the others up', async () => {
    const broken = overlaid(cache, (inner) => ({ recordEvent: (received) => inner.recordEvent(received.event.id === first ? { ...received, event: { ...received.event, type: 'customer.subscription.updated', data: { object: {} } } as Stripe.Event } : received) }));
    const all = await stripe.stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 });
    const first = all.find(({ type }) => type === 'customer.created')?.id;
    expect(await look(stripe.stripe, broken)).toMatchObject({ fresh: MANY, failed: [first] });
    expect(await cache.event(first ?? '')).toMatchObject({ event: { outcome: 'failed' } });
    expect(await look(stripe.stripe, cache)).toMatchObject({ fresh: 0, failed: [] });
  });
});

test('R45, in short: whichever event of a life gets lost, one look finds it', async () => {
  const shop = await openShop({ switches: { drop_events: '*' } });
  const began = await shop.now();
  const ada = await shop.subscriber('pm_card_chargeCustomerFail');
  await shop.advanceTo(ada.trialEnd + 2 * HOUR);
  await ada.inPortal('payment-methods', { method: 'add', number: '4242424242424242', expiry: '12/40', cvc: '123' }).catch(() => undefined);
  await shop.advance(2 * DAY);
  await shop.stripe.subscriptions.cancel(ada.subscription);
  const events = await shop.events(ada.customer);
  const unmended: string[] = [];
  for (const lost of events) {
    const file = freshCacheFile();
    const cache = await file.open();
    await cache.setBackfilledUntil(began);
    for (const event of events) if (event.id !== lost.id) await tell(cache, event);
    if ((await drift(shop.stripe, cache)).length > 0) unmended.push(lost.type);
    await look(shop.stripe, cache);
    expect(await drift(shop.stripe, cache), `without ${lost.type} (${lost.id})`).toEqual([]);
    await file.remove();
  }
  expect(unmended, 'without a look').toContain('customer.subscription.deleted');
  await shop.close();
});

test('a Stripe out of reach keeps no daemon from starting: it is logged once, and tried again soon', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const stripe = await openStripe();
  stripe.network = 'down';
  const daemon = await openDaemon({ stripeApiBase: stripe.url });
  const said = (words: string) => daemon.log.filter((line) => line.includes(words)).length;
  expect((await fetch(`${daemon.url}/healthz`)).status).toBe(200);
  await waitFor('the warning', () => said('could not be closed') === 1);
  vi.advanceTimersByTime(30_000);
  await waitFor('a second try', () => stripe.calls().length > 6);
  expect(said('could not be closed')).toBe(1);
  stripe.network = 'fine';
  const closed = () => {
    vi.advanceTimersByTime(30_000);
    if (said('is closed') !== 1) throw new Error(`after ${stripe.calls().length} calls the log ends with ${daemon.log.slice(-5).join('')}`);
    return true;
  };
  await waitFor('the gap to be closed', closed, 30_000);
  expect(await daemon.cache.backfilledUntil()).toBeDefined();
  vi.useRealTimers();
  await daemon.close();
  await stripe.close();
});
