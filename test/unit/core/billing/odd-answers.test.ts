/** Stripe's answers of every odd kind: none is stored, none grants anything, each is told in words, and the others are answered. */
import type { ServerResponse } from 'node:http';
import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { collectWithNewCard } from '../../../../core/billing/collect.ts';
import { compareSubscriptions } from '../../../../core/billing/compare-subscriptions.ts';
import { settleQuestions } from '../../../../core/billing/reconcile.ts';
import { standingOf } from '../../../../core/billing/standing.ts';
import { syncSubscriptions } from '../../../../core/billing/sync.ts';
import type { Cache } from '../../../../core/cache/cache.ts';
import { createStripe } from '../../../../core/stripe.ts';
import { allSubscriptions, freshCacheFile, tell, type CacheFile } from '../../../support/caches.ts';
import { startLocalServer, type LocalServer } from '../../../support/local-server.ts';
import { CUSTOMER, customer, DAY, event, INVOICE, invoice, listOf, PAYMENT_METHOD, paymentMethod, START, subscription, SUBSCRIPTION, TERMS } from '../../../support/stripe-objects.ts';

const GOOD = 'sub_good';
const good = subscription({ id: GOOD, latest_invoice: null });

let file: CacheFile;
let cache: Cache;
let server: LocalServer;
let stripe: Stripe;
/** The answers to each path; others are unknown to Stripe. */
let answers: Record<string, unknown>;

beforeEach(async () => {
  file = freshCacheFile();
  cache = await file.open();
  server = await startLocalServer(({ url = '' }, response) => answer(response, answers[url.split('?')[0]!]));
  stripe = createStripe({ stripeSecretKey: 'sk_test_123456789012', stripeApiBase: server.url }, { live: false });
});
afterEach(async () => {
  await server.close();
  await file.remove();
});

function answer(response: ServerResponse, body: unknown): void {
  const headers = { 'content-type': 'application/json', date: new Date((START + DAY) * 1000).toUTCString() };
  const missing = { error: { type: 'invalid_request_error', code: 'resource_missing', message: 'none' } };
  response.writeHead(body === undefined ? 404 : 200, headers).end(typeof body === 'string' ? body : JSON.stringify(body ?? missing));
}

function answersAre(told: unknown, { billed = invoice({ status: 'paid' }), open = [] }: { billed?: unknown; open?: unknown[] } = {}): void {
  const lists = { '/v1/subscriptions': listOf(told as object, good), '/v1/invoices': listOf(...(open as object[])) };
  answers = { ...lists, [`/v1/subscriptions/${SUBSCRIPTION}`]: told, [`/v1/subscriptions/${GOOD}`]: good, [`/v1/invoices/${INVOICE}`]: billed };
}

const whole = subscription();
const [item] = whole.items.data;
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const expanded = { default_payment_method: paymentMethod(), customer: customer(paymentMethod()) };

const ODD_SUBSCRIPTIONS: Record<string, object> = {
  'no items': { ...whole, items: undefined },
  'items that are nothing': { ...whole, items: { data: [null] } },
  'an item without a period': { ...whole, items: { data: [{ ...item, current_period_end: undefined }] } },
  'no status': { ...whole, status: undefined },
  'a status that is an object': { ...whole, status: {} },
  'no customer': { ...whole, customer: null },
  'a customer without an id': { ...whole, customer: {} },
  'half a second': { ...whole, created: 1.5 },
  'an end after all times': { ...whole, cancel_at: 1e300 },
  'a latest invoice that is a number': { ...whole, latest_invoice: 5 },
  'a card without digits': { ...whole, ...expanded, default_payment_method: { ...paymentMethod(), card: { brand: 'visa' } } },
  'a card of no type': { ...whole, ...expanded, default_payment_method: { id: 'pm_1' } },
  'a customer whose card expires within a month': { ...whole, customer: customer(paymentMethod({ card: { exp_month: 1.5 } })) },
};
const payment = (last_payment_error: unknown) => ({ ...invoice({ attempted: true }), payments: { data: [{ created: START, payment: { payment_intent: { id: 'pi_1', status: 'requires_payment_method', last_payment_error } } }] } });
const ODD_INVOICES: Record<string, unknown> = {
  'half a cent': { ...invoice(), amount_remaining: 1.5 },
  'no currency': { ...invoice(), currency: null },
  'a status that is a number': { ...invoice(), status: 7 },
  'a next try in words': { ...invoice(), next_payment_attempt: 'soon' },
  'payments that are no list': { ...invoice(), payments: { data: {} } },
  'a payment of nothing': { ...invoice(), payments: { data: [{ created: START, payment: null }] } },
  'a reason that is a number': payment({ decline_code: 7 }),
  'a card that is a text': payment({ decline_code: 'lost_card', payment_method: { card: 'visa' } }),
};
const READS = 'cannot be read: it is not a whole';
const HINT = 'try again, best once devchat is updated';

const ask = async (): Promise<unknown> => {
  for (const id of [SUBSCRIPTION, GOOD]) await cache.ask(id);
  return settleQuestions(stripe, cache, [SUBSCRIPTION, GOOD]);
};

describe('a question about it stays open, with the reason, and the next one is answered', () => {
  async function isNoAnswer(reason: string): Promise<void> {
    expect(await ask()).toEqual([{ subscription: SUBSCRIPTION, reason: `${reason}; ${HINT}` }]);
    expect(await cache.questions()).toEqual([SUBSCRIPTION]);
    expect((await allSubscriptions(cache)).map(({ subscription: { id } }) => id)).toEqual([GOOD]);
    expect(await cache.invoice(INVOICE)).toBeUndefined();
  }

  test.each(Object.entries(ODD_SUBSCRIPTIONS))('%s', async (_, told) => {
    answersAre(told);
    await isNoAnswer(`what Stripe answers about ${SUBSCRIPTION} ${READS} subscription`);
  });

  test.each(Object.entries(ODD_INVOICES))('an invoice with %s', async (_, billed) => {
    answersAre(whole, { billed });
    await isNoAnswer(`what Stripe answers about ${INVOICE} ${READS} invoice`);
  });

  test('a list', async () => {
    answersAre('[]');
    await isNoAnswer(`what Stripe answers about ${SUBSCRIPTION} ${READS} subscription`);
  });

  test('another subscription', async () => {
    answersAre({ ...whole, id: 'sub_other' });
    await isNoAnswer(`what Stripe answers about ${SUBSCRIPTION} cannot be read: it is about sub_other`);
  });

  test('an open invoice without an id', async () => {
    answersAre(whole, { open: [{ ...invoice(), id: null }] });
    expect(await ask()).toMatchObject([{ reason: expect.stringContaining(`${READS} invoice`) as string }, { reason: expect.stringContaining(GOOD) as string }]);
    expect(await allSubscriptions(cache)).toEqual([]);
  });

  test.each([200, 20_000])('lists in lists, %i levels deep', async (levels) => {
    answersAre(JSON.stringify(whole).replace('"metadata":{}', `"metadata":${nested(levels)}`));
    await isNoAnswer(`what Stripe answers about ${SUBSCRIPTION} cannot be read: it is nested deeper than 100 levels`);
  });
});

test.each(['null', '"sub_1"', '7'])('%s, which is no object, is no answer of Stripe’s at all', async (told) => {
  answersAre(told);
  await expect(ask()).rejects.toMatchObject({ type: 'StripeAPIError' });
  expect(await cache.questions()).toContain(SUBSCRIPTION);
});

test('what was known stays as it was', async () => {
  await tell(cache, event('customer.subscription.updated', subscription({ status: 'past_due' })));
  answersAre({ ...whole, items: undefined });
  await ask();
  expect((await cache.subscription(SUBSCRIPTION))?.subscription).toMatchObject({ status: 'past_due', version: 1 });
});

test('a status that nobody knows is stored, and grants nothing', async () => {
  answersAre({ ...whole, status: 'zzz' });
  expect(await ask()).toEqual([]);
  const { subscription: cached, invoice: billed } = (await cache.subscription(SUBSCRIPTION))!;
  expect(standingOf(cached, billed, TERMS).verdict).not.toBe('on');
});

describe('comparing all', () => {
  const REASON = `what Stripe answers about ${SUBSCRIPTION} ${READS} subscription; ${HINT}`;

  test.each(Object.entries(ODD_SUBSCRIPTIONS))('%s', async (_, told) => {
    answersAre(told);
    const found = [];
    for await (const each of compareSubscriptions(stripe, cache)) found.push(each);
    expect(found).toMatchObject([{ subscription: SUBSCRIPTION, reason: REASON }, { id: GOOD, finding: 'not cached' }]);
    expect(await syncSubscriptions(stripe, cache)).toMatchObject({ compared: 2, refreshed: [{ id: GOOD }], unanswered: [{ subscription: SUBSCRIPTION, reason: REASON }] });
    expect(await cache.questions()).toEqual([SUBSCRIPTION]);
  });

  test('an open invoice of half a cent, of one that is cached', async () => {
    await tell(cache, event('customer.subscription.updated', whole));
    answersAre(whole, { open: [{ ...invoice(), amount_remaining: 1.5 }] });
    expect(await syncSubscriptions(stripe, cache)).toMatchObject({ compared: 2, unanswered: [{ subscription: SUBSCRIPTION, reason: expect.stringContaining(`${READS} invoice`) as string }] });
  });

  test('one without an id ends it in words', async () => {
    answersAre({ ...whole, id: null });
    await expect(syncSubscriptions(stripe, cache)).rejects.toMatchObject({ kind: 'failed', message: 'Stripe lists a subscription without an id' });
  });
});

test.each(Object.entries(ODD_SUBSCRIPTIONS))('no card is charged where the answer shows %s', async (_, told) => {
  await tell(cache, event('customer.subscription.updated', subscription({ status: 'past_due' })));
  await tell(cache, event('invoice.payment_failed', invoice({ attempted: true })));
  answersAre(told);
  await expect(collectWithNewCard(stripe, cache, { customer: CUSTOMER, paymentMethod: PAYMENT_METHOD })).rejects.toMatchObject({ kind: 'failed' });
  expect(server.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
});
