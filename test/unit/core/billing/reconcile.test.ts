/** Stripe's answers travel over real HTTP; what comes in between comes into a real cache. */
import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { refreshSubscription } from '../../../../core/billing/reconcile.ts';
import type { Cache } from '../../../../core/cache/cache.ts';
import { createStripe } from '../../../../core/stripe.ts';
import { freshCacheFile, tell, type CacheFile } from '../../../support/caches.ts';
import { startLocalServer, type LocalServer } from '../../../support/local-server.ts';
import { CUSTOMER, customer, DAY, event, HOUR, INVOICE, invoice, listOf, paymentMethod, START, subscription, SUBSCRIPTION } from '../../../support/stripe-objects.ts';

const UPDATED = 'customer.subscription.updated';
const ANSWERED_AT = START + DAY;

let file: CacheFile;
let cache: Cache;
let server: LocalServer;
let answers: Record<string, object>;
let whileAnswering: (request: IncomingMessage) => Promise<unknown>;

beforeEach(async () => {
  file = freshCacheFile();
  cache = await file.open();
  answers = { [`/v1/subscriptions/${SUBSCRIPTION}`]: subscription({ status: 'past_due' }), [`/v1/invoices/${INVOICE}`]: invoice({ attempted: true }), '/v1/invoices': listOf() };
  whileAnswering = () => Promise.resolve();
  server = await startLocalServer((request, response) => {
    const body = answers[request.url?.split('?')[0] ?? ''];
    const headers = { 'content-type': 'application/json', date: new Date(ANSWERED_AT * 1000).toUTCString() };
    void whileAnswering(request).then(() => response.writeHead(body ? 200 : 404, headers).end(JSON.stringify(body ?? { error: { type: 'invalid_request_error', code: 'resource_missing', message: 'none' } })));
  });
});

afterEach(async () => {
  await server.close();
  await file.remove();
});

function refresh(): Promise<void> {
  const stripe = createStripe({ stripeSecretKey: 'sk_test_123456789012', stripeApiBase: server.url }, { live: false });
  return refreshSubscription(stripe, cache, SUBSCRIPTION);
}

const state = async () => (await cache.subscription(SUBSCRIPTION))!;

test('stores the subscription and its latest invoice, as of the time of the answer less what it took', async () => {
  await refresh();
  const { subscription: saved, invoice: billed } = await state();
  expect(saved).toMatchObject({ status: 'past_due', customer: CUSTOMER, version: 1, event: null });
  expect(saved.asOf).toBeLessThan(ANSWERED_AT);
  expect(saved.asOf).toBeGreaterThan(ANSWERED_AT - HOUR);
  expect(billed).toMatchObject({ id: INVOICE, asOf: saved.asOf, failedAt: saved.asOf });
});

test('learns what pays it, and stores the subscription as events show it', async () => {
  const shown = subscription({ default_payment_method: 'pm_own', latest_invoice: null });
  const own = paymentMethod({ id: 'pm_own', card: { last4: '0341' } });
  answers[`/v1/subscriptions/${SUBSCRIPTION}`] = { ...shown, default_payment_method: own, customer: customer(paymentMethod()) };
  await refresh();
  expect(await state()).toMatchObject({ subscription: { customer: CUSTOMER }, card: { id: 'pm_own', name: 'Visa 0341' } });
  expect((await state()).subscription.snapshot).toEqual(shown);
  await tell(cache, event(UPDATED, subscription({ default_payment_method: null }), { created: ANSWERED_AT }));
  expect(await state()).toMatchObject({ card: { id: 'pm_1', name: 'Visa 4242' } });
});

test('of a customer that was deleted it learns nothing', async () => {
  answers[`/v1/subscriptions/${SUBSCRIPTION}`] = { ...subscription({ latest_invoice: null }), customer: { id: CUSTOMER, object: 'customer', deleted: true } };
  await refresh();
  expect((await state()).card).toBeUndefined();
});

test('asks after an older invoice too, whose payment is still missing', async () => {
  const older = 'in_older';
  await tell(cache, event(UPDATED, subscription({ status: 'past_due' })));
  await tell(cache, event('invoice.payment_failed', invoice({ id: older, created: START - 30 * DAY })));
  answers[`/v1/invoices/${older}`] = invoice({ id: older, status: 'paid', created: START - 30 * DAY });
  answers[`/v1/invoices/${INVOICE}`] = invoice({ status: 'paid' });
  await refresh();
  expect(await cache.invoice(older)).toMatchObject({ status: 'paid', failedAt: null });
});

test('learns of every invoice that Stripe holds open, and of all that it took for unpaid', async () => {
  const [open, paid, voided] = ['in_open', 'in_paid', 'in_void'];
  await tell(cache, event(UPDATED, subscription({ status: 'past_due' })));
  for (const id of [paid, voided]) await tell(cache, event('invoice.payment_failed', invoice({ id, created: START - 60 * DAY })));
  answers['/v1/invoices'] = listOf(invoice({ id: open }));
  answers[`/v1/invoices/${open}`] = invoice({ id: open, created: START - 30 * DAY, attempted: true });
  for (const [id, status] of [[paid, 'paid'], [voided, 'void'], [INVOICE, 'paid']] as const) answers[`/v1/invoices/${id}`] = invoice({ id, status });
  await refresh();
  expect((await state()).invoice).toMatchObject({ id: open, status: 'open', failedAt: expect.any(Number) as number });
  expect(await cache.unsettledInvoices(SUBSCRIPTION)).toEqual([open]);
  expect(server.requests.find(({ url }) => url?.startsWith('/v1/invoices?'))?.url).toBe(`/v1/invoices?status=open&limit=100&subscription=${SUBSCRIPTION}`);
});

test('an open invoice that was not tried yet is no failure', async () => {
  answers['/v1/invoices'] = listOf(invoice({ id: 'in_open' }));
  answers['/v1/invoices/in_open'] = invoice({ id: 'in_open', created: START - 30 * DAY });
  answers[`/v1/invoices/${INVOICE}`] = invoice({ status: 'paid' });
  await refresh();
  expect(await cache.invoice('in_open')).toMatchObject({ status: 'open', failedAt: null });
  expect((await state()).invoice?.id).toBe(INVOICE);
});

test('an invoice that Stripe no longer has is passed over', async () => {
  delete answers[`/v1/invoices/${INVOICE}`];
  await refresh();
  expect(await state()).toMatchObject({ subscription: { status: 'past_due' }, invoice: undefined });
});

test('a subscription that was never billed has no invoice', async () => {
  answers[`/v1/subscriptions/${SUBSCRIPTION}`] = subscription({ latest_invoice: null });
  await refresh();
  expect(await state()).toMatchObject({ subscription: { status: 'active' }, invoice: undefined });
});

test('an event older than the answer is stale; one that may have come while Stripe answered is not', async () => {
  await refresh();
  expect(await tell(cache, event(UPDATED, subscription(), { created: ANSWERED_AT - HOUR }))).toMatchObject({ outcome: 'stale' });
  expect(await tell(cache, event(UPDATED, subscription(), { created: ANSWERED_AT }))).toMatchObject({ outcome: 'applied' });
  expect((await state()).subscription.status).toBe('active');
});

test("events of a test clock that runs ahead: what was asked for after them is not older than they are", async () => {
  const ahead = ANSWERED_AT + 30 * DAY;
  await tell(cache, event(UPDATED, subscription({ status: 'past_due' }), { created: ahead }));
  await tell(cache, event('invoice.payment_failed', invoice(), { created: ahead }));
  await refresh();
  expect(await state()).toMatchObject({ subscription: { asOf: ahead }, invoice: { asOf: ahead, failedAt: ahead } });
  expect(await tell(cache, event(UPDATED, subscription(), { created: ahead - HOUR }))).toMatchObject({ outcome: 'stale' });
});

test('what pays and was in doubt is what Stripe answers, though the doubt is of a later second than the answer', async () => {
  const ahead = ANSWERED_AT + DAY;
  const renewed = (exp_year: number) => event('payment_method.updated', paymentMethod({ card: { exp_year } }), { created: ahead });
  await tell(cache, event(UPDATED, subscription({ default_payment_method: 'pm_1' })));
  for (const exp_year of [2030, 2031]) await tell(cache, renewed(exp_year));
  answers[`/v1/subscriptions/${SUBSCRIPTION}`] = subscription({ default_payment_method: paymentMethod({ card: { exp_year: 2031 } }), latest_invoice: null });
  await refresh();
  expect(await state()).toMatchObject({ card: { asOf: ahead, expires: { year: 2031 } } });
  expect(await cache.questions()).toEqual([]);
});

describe('an event that comes while Stripe answers', () => {
  test('about the card that pays: it is asked again', async () => {
    const shown = (exp_year: number) => subscription({ default_payment_method: paymentMethod({ card: { exp_year } }), latest_invoice: null });
    await tell(cache, event(UPDATED, subscription({ default_payment_method: 'pm_1' })));
    answers[`/v1/subscriptions/${SUBSCRIPTION}`] = shown(2030);
    let isTold = false;
    whileAnswering = async () => {
      if (isTold) return;
      isTold = true;
      await tell(cache, event('payment_method.updated', paymentMethod({ card: { exp_year: 2031 } }), { created: ANSWERED_AT }));
      answers[`/v1/subscriptions/${SUBSCRIPTION}`] = shown(2032);
    };
    await refresh();
    expect((await state()).card).toMatchObject({ expires: { year: 2032 } });
    expect(server.requests.filter(({ url }) => url?.startsWith('/v1/subscriptions'))).toHaveLength(2);
  });

  test('makes it be asked again: the event is not undone', async () => {
    let told = false;
    whileAnswering = async ({ url }) => {
      if (told || !url?.startsWith('/v1/invoices/')) return;
      told = true;
      await tell(cache, event('customer.subscription.deleted', subscription({ status: 'canceled' }), { created: ANSWERED_AT }));
      answers[`/v1/subscriptions/${SUBSCRIPTION}`] = subscription({ status: 'canceled' });
    };
    await refresh();
    expect((await state()).subscription).toMatchObject({ status: 'canceled', version: 2 });
    expect(server.requests, 'the subscription, its open invoices and the latest').toHaveLength(2 * 3);
  });

  test('each time: it gives up, and the question stays for later', async () => {
    await tell(cache, event('invoice.payment_failed', invoice()));
    let told = 0;
    whileAnswering = async ({ url }) => {
      if (!url?.includes('/invoices/')) return;
      told += 1;
      await tell(cache, event(UPDATED, subscription(), { created: START + told }));
    };
    await expect(refresh()).rejects.toMatchObject({ kind: 'failed', message: 'sub_1 changed each time it was fetched' });
    expect(await cache.questions()).toEqual([SUBSCRIPTION]);
  });
});

test('what Stripe does not know is passed on as Stripe says it', async () => {
  answers = {};
  await expect(refresh()).rejects.toMatchObject({ code: 'resource_missing' });
});

test('an answer about a subscription that is not cached is outdated by what is heard of its invoice meanwhile', async () => {
  answers[`/v1/invoices/${INVOICE}`] = invoice({ status: 'draft' });
  let isTold = false;
  whileAnswering = async ({ url }) => {
    if (isTold || !url?.startsWith('/v1/invoices/')) return;
    isTold = true;
    await tell(cache, event('invoice.payment_failed', invoice({ attempted: true }), { created: ANSWERED_AT + 1 }));
    answers[`/v1/invoices/${INVOICE}`] = invoice({ attempted: true });
  };
  await refresh();
  expect((await state()).invoice).toMatchObject({ status: 'open', firstFailedAt: ANSWERED_AT + 1 });
  expect(server.requests.filter(({ url }) => url?.startsWith('/v1/subscriptions'))).toHaveLength(2);
});
