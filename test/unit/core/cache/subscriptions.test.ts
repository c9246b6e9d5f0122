import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CachedSubscription } from '../../../../core/billing/subscription-view.ts';
import type { Cache } from '../../../../core/cache/cache.ts';
import { UPDATED } from '../../../support/bookings.ts';
import { allSubscriptions, freshCache, tell, type CacheFile } from '../../../support/caches.ts';
import { CUSTOMER, customer, DAY, event, HOUR, INVOICE, invoice, invoiceState, paymentMethod, START, subscription, subscriptionState, SUBSCRIPTION, type SubscriptionFields } from '../../../support/stripe-objects.ts';

let file: CacheFile;
let cache: Cache;

beforeEach(async () => {
  file = await freshCache();
  cache = await file.open();
});

afterEach(() => file.remove());

describe("saving Stripe's answer", () => {
  const answer = (version: number, fields: SubscriptionFields = { status: 'past_due' }) => subscriptionState(fields, { version, event: null });

  test('stores the subscription with its invoice, as they are', async () => {
    const failed = invoiceState({ failedAt: START + HOUR, failureCode: 'lost_card', card: 'Visa 0341', nextAttempt: START + DAY });
    expect(await cache.saveSubscription(answer(1), [failed])).toBe(true);
    expect(await cache.subscription(SUBSCRIPTION)).toEqual({ subscription: answer(1), invoice: failed, email: null });
    expect(await cache.invoice(INVOICE)).toEqual(failed);
  });

  test('takes it off the questions', async () => {
    await tell(cache, event('invoice.payment_failed', invoice()));
    await cache.saveSubscription(answer(1));
    expect(await cache.questions()).toEqual([]);
  });

  test.each(['canceled', 'incomplete_expired'] as const)('does not bring one back to life that is %s; what it says of the invoice is kept, and a rebuild agrees', async (status) => {
    const end = subscription({ status, ended_at: START });
    await tell(cache, event('customer.subscription.deleted', end));
    const paid = invoiceState({ status: 'paid', asOf: START + DAY });
    expect(await cache.saveSubscription(subscriptionState({ status: 'active' }, { version: 2, event: null, asOf: START + DAY }), [paid])).toBe(true);
    expect(await cache.subscription(SUBSCRIPTION)).toMatchObject({ subscription: { status, asOf: START, version: 2, snapshot: end }, invoice: paid });
    expect(await cache.rebuild({ version: '1', now: START * 1000 })).toMatchObject({ differing: 0 });
  });

  test('ends one all the same, also one that an answer has ended before', async () => {
    await tell(cache, event(UPDATED, subscription()));
    for (const [version, ended_at] of [[2, START + 1], [3, START + 2]] as const) {
      expect(await cache.saveSubscription(subscriptionState({ status: 'canceled', ended_at }, { version, event: null, asOf: START + DAY }))).toBe(true);
      expect((await cache.subscription(SUBSCRIPTION))?.subscription).toMatchObject({ status: 'canceled', version, snapshot: { ended_at } });
    }
    expect(await cache.rebuild({ version: '1', now: START * 1000 })).toMatchObject({ differing: 0 });
  });

  test.each([1, 3])('is refused where an event came in between (version %d of 2)', async (version) => {
    await tell(cache, event(UPDATED, subscription()));
    expect(await cache.saveSubscription(answer(version), [invoiceState()])).toBe(false);
    expect((await cache.subscription(SUBSCRIPTION))?.subscription).toMatchObject({ status: 'active', version: 1 });
    expect(await cache.invoice(INVOICE)).toBeUndefined();
    expect(await cache.saveSubscription(answer(2))).toBe(true);
  });

  test('is refused where an event about its invoice came in between: the failure and the question stay', async () => {
    await tell(cache, event(UPDATED, subscription()));
    await tell(cache, event('invoice.payment_failed', invoice(), { created: START + HOUR }));
    expect(await cache.saveSubscription(answer(2), [invoiceState({ asOf: START + HOUR })])).toBe(false);
    expect((await cache.invoice(INVOICE))?.failedAt).toBe(START + HOUR);
    expect(await cache.questions()).toEqual([SUBSCRIPTION]);
  });

  test('is refused where an event in between left a question', async () => {
    await tell(cache, event(UPDATED, subscription()));
    await tell(cache, event(UPDATED, subscription({ status: 'past_due' })));
    expect(await cache.saveSubscription(answer(2))).toBe(false);
    expect(await cache.questions()).toEqual([SUBSCRIPTION]);
  });
});

describe('reading', () => {
  test('nothing where there is nothing', async () => {
    expect(await cache.subscription(SUBSCRIPTION)).toBeUndefined();
    expect(await cache.subscriptionOfCustomer(CUSTOMER)).toBeUndefined();
    expect(await allSubscriptions(cache)).toEqual([]);
    expect(await cache.invoice(INVOICE)).toBeUndefined();
  });

  test.each<[string, Array<SubscriptionFields>, string]>([
    ['the newest', [{ id: 'sub_old', created: 1 }, { id: 'sub_new', created: 2 }], 'sub_new'],
    ['one that has not ended before a newer one that has', [{ id: 'sub_open', created: 1 }, { id: 'sub_ended', created: 2, status: 'canceled' }], 'sub_open'],
    ['the newest of those that have ended', [{ id: 'sub_1', created: 1, status: 'canceled' }, { id: 'sub_2', created: 2, status: 'incomplete_expired' }], 'sub_2'],
  ])('of a customer: %s', async (_what, all, id) => {
    for (const fields of [...all, { id: 'sub_other', customer: 'cus_other', created: 9 }]) await tell(cache, event(UPDATED, subscription(fields)));
    expect((await cache.subscriptionOfCustomer(CUSTOMER))?.subscription.id).toBe(id);
  });

  test('all of them, the newest first, with the e-mail of their user', async () => {
    const user = await cache.createUser({ id: 'user_1', email: 'ada@example.com', passwordHash: null, createdAt: 1 });
    await cache.linkCustomer(user, CUSTOMER);
    await tell(cache, event(UPDATED, subscription({ created: 1 })));
    await tell(cache, event(UPDATED, subscription({ id: 'sub_2', customer: 'cus_2', created: 2, status: 'canceled' })));
    const all = await allSubscriptions(cache);
    expect(all.map(({ subscription: { id }, email }) => [id, email])).toEqual([
      ['sub_2', null],
      [SUBSCRIPTION, 'ada@example.com'],
    ]);
  });

  test('page by page: each once, those of one second by their ids, with all that is told of one alone', async () => {
    const many = Array.from({ length: 450 }, (_, index) => ({ id: `sub_${(index * 7) % 450}`, customer: `cus_${index}`, created: START + Math.floor(index / 300) }));
    await Promise.all(many.map((fields) => tell(cache, event(UPDATED, subscription({ ...fields, default_payment_method: fields.id.endsWith('5') ? 'pm_1' : null })))));
    await tell(cache, event('payment_method.attached', paymentMethod()));
    await tell(cache, event('customer.created', customer(null, { id: 'cus_3' })));
    await tell(cache, event('invoice.payment_failed', invoice()));
    const pages: CachedSubscription[][] = [];
    for await (const page of cache.subscriptions()) pages.push(page);
    expect(pages.map(({ length }) => length)).toEqual([200, 200, 50]);
    const inOrder = many.toSorted((one, other) => other.created - one.created || (one.id < other.id ? -1 : 1));
    expect(pages.flat().map(({ subscription: { id } }) => id)).toEqual(inOrder.map(({ id }) => id));
    for (const each of pages.flat()) expect(each).toEqual(await cache.subscription(each.subscription.id));
    expect(pages.flat().filter(({ invoice: its }) => its).map(({ subscription: { id } }) => id)).toEqual([SUBSCRIPTION]);
    expect(new Set(pages.flat().map(({ card }) => card && card.name))).toEqual(new Set([undefined, null, 'Visa 4242']));
  });

  test('of two failed invoices the older matters: a new one begins no new grace', async () => {
    await tell(cache, event(UPDATED, subscription()));
    await tell(cache, event('invoice.payment_failed', invoice({ id: 'in_new', created: START + 30 * DAY }), { created: START + 30 * DAY }));
    await tell(cache, event('invoice.payment_failed', invoice({ id: 'in_old', created: START }), { created: START + HOUR }));
    expect((await cache.subscription(SUBSCRIPTION))?.invoice?.id).toBe('in_old');
  });

  test('the invoice that matters is the failed one, else the newest', async () => {
    await tell(cache, event(UPDATED, subscription()));
    await tell(cache, event('invoice.created', invoice({ id: 'in_new', status: 'draft', created: START + 30 * DAY }), { created: START + 30 * DAY }));
    await tell(cache, event('invoice.created', invoice({ id: 'in_old', created: START }), { created: START }));
    expect((await cache.subscription(SUBSCRIPTION))?.invoice?.id).toBe('in_new');
    await tell(cache, event('invoice.payment_failed', invoice({ id: 'in_old', created: START }), { created: START + HOUR }));
    expect((await cache.subscription(SUBSCRIPTION))?.invoice?.id).toBe('in_old');
    await tell(cache, event('invoice.paid', invoice({ id: 'in_old', created: START, status: 'paid' }), { created: START + 31 * DAY }));
    expect((await cache.subscription(SUBSCRIPTION))?.invoice?.id).toBe('in_new');
  });
});
