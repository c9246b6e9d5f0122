/** What endpoints hear when deliveries go wrong, and when a switch makes them go otherwise. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { waitFor } from '../../support/wait-for.ts';
import { openListener, openSandbox, type Listener, type SandboxUnderTest } from './running-sandbox.ts';

const HOUR = 3600;

let sandbox: SandboxUnderTest;
let listener: Listener;
beforeEach(async () => {
  sandbox = await openSandbox();
  listener = await openListener();
});
afterEach(async () => {
  await sandbox.close();
  await listener.close();
});

const control = (path: string, body: unknown) =>
  sandbox.call(`/_sandbox/${path}`, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });
const set = async (switches: Record<string, unknown>): Promise<Record<string, unknown>> => {
  const response = await control('switches', switches);
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
};
const listen = (enabled_events: string[] = ['*'], more: Partial<Stripe.WebhookEndpointCreateParams> = {}) =>
  sandbox.stripe.webhookEndpoints.create({ url: listener.url, enabled_events: enabled_events as ['*'], ...more });

interface Logged {
  event: string;
  type: string;
  endpoint: string;
  status: string;
  next_attempt: { at: string; time: string } | null;
  attempts: { at: string; status: number | null; milliseconds: number; body: string; error: string | null }[];
}
const log = async (query = ''): Promise<Logged[]> => ((await (await sandbox.call(`/_sandbox/deliveries${query}`)).json()) as { deliveries: Logged[] }).deliveries;
const undelivered = async (): Promise<string[]> => (await sandbox.stripe.events.list({ delivery_success: false })).data.map(({ type }) => type);
const names = (): string[] => listener.heard.map(({ body }) => (JSON.parse(body) as { data: { object: { name: string } } }).data.object.name);
/** Seven events of one type, one after the other. */
const burst = async (): Promise<void> => {
  for (const name of 'ABCDEFG') await sandbox.stripe.products.create({ name });
};
const resend = (event: string, endpoint: string) => sandbox.call(`/v1/events/${event}/retry`, { method: 'POST', body: new URLSearchParams({ webhook_endpoint: endpoint }) });

describe('a rolled secret', () => {
  test('signs beside the new one until the overlap is over', async () => {
    const { id, secret: old } = await listen();
    const rolled = (await (await control(`webhook_endpoints/${id}/roll`, { overlap_seconds: 60 })).json()) as { id: string; secret: string };
    expect(rolled).toMatchObject({ id, secret: expect.stringMatching(/^whsec_\w{32}$/) as string });
    await sandbox.stripe.customers.create();
    await waitFor('the event', () => listener.heard.length === 1);
    const [{ body, signature }] = listener.heard as [Listener['heard'][number]];
    expect(signature).toMatch(/^t=\d+,v1=[0-9a-f]{64},v1=[0-9a-f]{64}$/);
    for (const secret of [old!, rolled.secret]) sandbox.stripe.webhooks.constructEvent(body, signature, secret);
    expect(JSON.stringify(await sandbox.stripe.webhookEndpoints.retrieve(id))).not.toContain('secret');
  });

  test('is worth nothing at once where there is no overlap', async () => {
    const { id, secret: old } = await listen();
    const { secret } = (await (await control(`webhook_endpoints/${id}/roll`, {})).json()) as { secret: string };
    await sandbox.stripe.customers.create();
    await waitFor('the event', () => listener.heard.length === 1);
    const [{ body, signature }] = listener.heard as [Listener['heard'][number]];
    sandbox.stripe.webhooks.constructEvent(body, signature, secret);
    expect(() => sandbox.stripe.webhooks.constructEvent(body, signature, old!)).toThrow(/No signatures found/);
  });

  test('overlaps for a day at the most', async () => {
    const { id } = await listen();
    expect((await control(`webhook_endpoints/${id}/roll`, { overlap_seconds: 86_401 })).status).toBe(400);
    expect((await control('webhook_endpoints/we_gone/roll', {})).status).toBe(404);
  });
});

describe('a try that fails', () => {
  test('a redirect is a failure, and nobody follows it', async () => {
    await set({ delivery_retries: 'none' });
    await listen();
    listener.answer(302);
    await sandbox.stripe.customers.create();
    await waitFor('the failure', async () => (await log())[0]?.status === 'failed');
    expect(await log()).toMatchObject([{ type: 'customer.created', next_attempt: null, attempts: [{ status: 302, error: null, body: 'heard' }] }]);
    expect(await undelivered()).toEqual(['customer.created']);
  });

  test('an answer that takes too long is none', async () => {
    await set({ delivery_retries: 'none', delivery_timeout: 1 });
    await listen();
    listener.hold();
    await sandbox.stripe.customers.create();
    await waitFor('the failure', async () => (await log())[0]?.status === 'failed');
    const [{ attempts: [attempt] }] = (await log()) as [Logged];
    expect(attempt).toMatchObject({ status: null, error: 'no whole answer within 1 s' });
    expect(attempt!.milliseconds).toBeGreaterThanOrEqual(990);
  });

  test('an address that nobody can call is told, and the sandbox goes on', async () => {
    await set({ delivery_retries: 'none' });
    await sandbox.stripe.webhookEndpoints.create({ url: 'https://%ff@shop.example/webhook', enabled_events: ['*'] });
    await sandbox.stripe.customers.create();
    await waitFor('the failure', async () => (await log())[0]?.status === 'failed');
    expect(await log()).toMatchObject([{ attempts: [{ status: null, error: 'URI malformed' }] }]);
  });

  test('in test mode it is made three times more over a few hours of the sandbox’s time, each with a signature of its own', async () => {
    await set({ delivery_retries: 'test_mode' });
    const { secret } = await listen(['product.created']);
    listener.answer(503);
    await sandbox.stripe.products.create({ name: 'A' });
    await waitFor('the first try', async () => (await log())[0]?.attempts.length === 1);
    expect((await log())[0]).toMatchObject({ status: 'pending', next_attempt: { time: 'sandbox' } });
    for (const tries of [2, 3, 4]) {
      await sandbox.advance(3 * HOUR);
      await waitFor(`try ${tries}`, async () => (await log())[0]?.attempts.length === tries);
    }
    expect((await log())[0]).toMatchObject({ status: 'failed', next_attempt: null });
    for (const { body, signature } of listener.heard) sandbox.stripe.webhooks.constructEvent(body, signature, secret!);
  });
});

describe('an event that is asked for again', () => {
  test('goes to an endpoint that did not ask for its type, not to a disabled one', async () => {
    const { id } = await listen(['product.created']);
    await sandbox.stripe.customers.create();
    const [event] = (await sandbox.stripe.events.list()).data;
    await resend(event!.id, id);
    await waitFor('the event', () => listener.heard.length === 1);
    await sandbox.stripe.webhookEndpoints.update(id, { disabled: true });
    const refused = await resend(event!.id, id);
    expect([refused.status, JSON.stringify(await refused.json())]).toEqual([400, expect.stringContaining(`${id} is disabled`)]);
  });

  test('is gone after 30 days', async () => {
    await sandbox.stripe.customers.create();
    const [event] = (await sandbox.stripe.events.list()).data;
    await sandbox.advance(31 * 24 * HOUR);
    await expect(sandbox.stripe.events.retrieve(event!.id)).rejects.toMatchObject({ statusCode: 404, code: 'resource_missing' });
  });
});

describe('the log', () => {
  test('tells each try, can be narrowed, and never tells a secret or a signature', async () => {
    const echo = createServer((request, response) => response.end(`${String(request.headers['stripe-signature'])} whsec_abc`));
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    const { id, secret } = await sandbox.stripe.webhookEndpoints.create({ url: `http://127.0.0.1:${(echo.address() as AddressInfo).port}/`, enabled_events: ['*'] });
    const { id: other } = await listen();
    await sandbox.stripe.customers.create();
    await waitFor('both', async () => (await log('?status=succeeded')).length === 2);
    const [told] = await log(`?endpoint=${id}`);
    expect(told).toMatchObject({ endpoint: id, type: 'customer.created', status: 'succeeded', attempts: [{ status: 200, body: expect.stringContaining('v1=**** whsec_****') as string }] });
    expect(JSON.stringify(await log())).not.toContain(secret);
    expect((await log(`?event=${told!.event}&status=succeeded`)).map(({ endpoint }) => endpoint).toSorted()).toEqual([id, other].toSorted());
    expect(await log('?status=pending')).toEqual([]);
    expect((await sandbox.call('/_sandbox/deliveries?status=lost')).status).toBe(400);
    expect((await sandbox.call('/_sandbox/deliveries?what=1')).status).toBe(400);
    expect((await sandbox.call(`/_sandbox/deliveries?event=${told!.event}&event=evt_gone`)).status).toBe(400);
    echo.close();
  });
});

describe('the switch', () => {
  test('delivery_order parallel: nobody waits for anybody', async () => {
    await set({ delivery_order: 'parallel' });
    await listen();
    listener.hold();
    await burst();
    await waitFor('all at once', () => listener.heard.length === 7);
    listener.release();
  });

  test('delivery_order emission: each waits for the one before', async () => {
    await listen();
    listener.hold();
    await burst();
    await waitFor('the first', () => listener.heard.length === 1);
    expect(await log('?status=pending')).toHaveLength(7);
    listener.release();
    await waitFor('the others', () => listener.heard.length === 7);
    expect(names().join('')).toBe('ABCDEFG');
  });

  test('shuffle_events: the same seed gives the same order again', async () => {
    await set({ shuffle_events: 42 });
    await listen();
    const orders: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      listener.heard.length = 0;
      await burst();
      await waitFor('the burst', () => listener.heard.length === 7);
      orders.push(names().join(''));
    }
    expect(orders[0]).not.toBe('ABCDEFG');
    expect([...orders[0]!].toSorted().join('')).toBe('ABCDEFG');
    expect(orders[1]).toBe(orders[0]);
  });

  test('shuffle_events random: the seed is told', async () => {
    const { shuffle_events: seed } = await set({ shuffle_events: 'random' });
    expect(Number.isInteger(seed)).toBe(true);
    expect(await (await sandbox.call('/_sandbox')).json()).toMatchObject({ switches: { shuffle_events: seed } });
  });

  test('delay_events: every event waits', async () => {
    await set({ delay_events: 1 });
    await listen();
    const emitted = Date.now();
    await sandbox.stripe.customers.create();
    await waitFor('the event', () => listener.heard.length === 1);
    expect(Date.now() - emitted).toBeGreaterThanOrEqual(1000);
  });

  test('duplicate_events same: the same event twice, counted once', async () => {
    await set({ duplicate_events: 'same' });
    await listen();
    await sandbox.stripe.customers.create();
    await waitFor('both', () => listener.heard.length === 2);
    expect(new Set(listener.heard.map(({ id }) => id)).size).toBe(1);
    await waitFor('the success', async () => (await log('?status=succeeded')).length === 2);
    expect(await undelivered()).toEqual([]);
  });

  test('duplicate_events twin: two events for one change', async () => {
    await set({ duplicate_events: 'twin' });
    await listen();
    const { id } = await sandbox.stripe.customers.create();
    await waitFor('both', () => listener.heard.length === 2);
    expect(new Set(listener.heard.map((one) => one.id)).size).toBe(2);
    expect((await sandbox.stripe.events.list({ type: 'customer.created' })).data).toMatchObject([{ data: { object: { id } } }, { data: { object: { id } } }]);
  });

  test('drop_events by type: listed as undelivered, never tried, and still to be asked for', async () => {
    await set({ drop_events: 'customer.*,invoice.paid' });
    const { id } = await listen();
    await sandbox.stripe.customers.create();
    await sandbox.stripe.products.create({ name: 'A' });
    await waitFor('what is not dropped', async () => (await log('?status=succeeded')).length === 1);
    expect(listener.heard.map(({ type }) => type)).toEqual(['product.created']);
    expect(await undelivered()).toEqual(['customer.created']);
    const [dropped] = (await sandbox.stripe.events.list({ delivery_success: false })).data;
    expect(await log(`?event=${dropped!.id}`)).toEqual([]);
    await resend(dropped!.id, id);
    await waitFor('the resent event', async () => (await undelivered()).length === 0);
  });

  test('drop_events 3: every third', async () => {
    await listen(['product.created']);
    const before = (await sandbox.stripe.events.list({ limit: 100 })).data.length;
    await set({ drop_events: 3 });
    await burst();
    await waitFor('the others', async () => (await log('?status=succeeded')).length >= 4 && (await log('?status=pending')).length === 0);
    expect(names()).toEqual([...'ABCDEFG'].filter((_, index) => (before + index + 1) % 3 !== 0));
  });
});

describe('event_api_version', () => {
  interface OldEvent {
    type: string;
    api_version: string;
    data: { object: Record<string, unknown>; previous_attributes?: Record<string, unknown> };
  }
  const heard = (type: string): OldEvent => JSON.parse(listener.heard.find((one) => one.type === type)?.body ?? 'null') as OldEvent;

  /** Subscribes and lives through one renewal. */
  const subscribe = async (): Promise<Stripe.Subscription> => {
    const price = await sandbox.stripe.prices.create({ currency: 'usd', unit_amount: 6000, recurring: { interval: 'month' }, product_data: { name: 'Pairing' } });
    const customer = await sandbox.stripe.customers.create({ payment_method: 'pm_card_visa', invoice_settings: { default_payment_method: 'pm_card_visa' } });
    const subscription = await sandbox.stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
    await sandbox.advance(33 * 24 * HOUR);
    await waitFor('the renewal', () => listener.heard.some(({ type }) => type === 'customer.subscription.updated'));
    return subscription;
  };

  test.each(['2020-03-02', '2025-02-24.acacia'])('%s: events have the shape of then, and the list shows them so', async (version) => {
    await set({ event_api_version: version });
    await listen();
    const { id, items } = await subscribe();
    const [item] = items.data;
    const created = heard('customer.subscription.created');
    expect(created.api_version).toBe(version);
    expect(created.data.object).toMatchObject({ id, current_period_start: item!.current_period_start, current_period_end: item!.current_period_end });
    expect(created.data.object).not.toHaveProperty('billing_mode');
    expect(JSON.stringify(created.data.object.items)).not.toContain('current_period');
    expect('plan' in created.data.object).toBe(version === '2020-03-02');
    expect(heard('customer.subscription.updated').data.previous_attributes).toMatchObject({ current_period_end: item!.current_period_end });

    const paid = heard('invoice.paid').data.object;
    expect(paid).toMatchObject({ subscription: id, paid: true, payment_intent: expect.stringMatching(/^pi_/) as string, charge: expect.stringMatching(/^ch_/) as string });
    expect(paid).not.toHaveProperty('parent');
    const [listed] = (await sandbox.stripe.events.list({ type: 'customer.subscription.updated' })).data;
    expect(listed).toMatchObject({ api_version: version, data: { object: { current_period_start: item!.current_period_end } } });
    expect(await sandbox.stripe.subscriptions.retrieve(id)).not.toHaveProperty('current_period_end');
  });

  test('an endpoint that names a version gets that one', async () => {
    await listen(['*'], { api_version: '2025-02-24.acacia' });
    const { id } = await subscribe();
    expect(heard('customer.subscription.created')).toMatchObject({ api_version: '2025-02-24.acacia', data: { object: { id, current_period_end: expect.any(Number) as number } } });
    const [listed] = (await sandbox.stripe.events.list({ type: 'customer.subscription.updated' })).data;
    expect(listed).toMatchObject({ api_version: '2026-10-28.endive' });
    expect(listed!.data.object).not.toHaveProperty('current_period_end');
  });

  test('an endpoint that names the newest gets it although the account is older', async () => {
    await set({ event_api_version: '2020-03-02' });
    await listen(['*'], { api_version: '2026-10-28.endive' as never });
    await subscribe();
    expect(heard('customer.subscription.created').data.object).toHaveProperty('billing_mode');
    expect(heard('invoice.paid')).toMatchObject({ api_version: '2026-10-28.endive', data: { object: { parent: { type: 'subscription_details' } } } });
  });
});

describe('what a portal does by itself', () => {
  test('portal_link_life: a link that nobody visited in time has expired', async () => {
    await set({ portal_link_life: 1 });
    const customer = await sandbox.stripe.customers.create();
    const { url } = await sandbox.stripe.billingPortal.sessions.create({ customer: customer.id });
    const { url: visited } = await sandbox.stripe.billingPortal.sessions.create({ customer: customer.id });
    expect((await fetch(visited)).status).toBe(200);
    const made = Date.now();
    await waitFor('two seconds', () => Date.now() - made > 2000);
    expect([(await fetch(url)).status, (await fetch(visited)).status]).toEqual([410, 200]);
  });

  test.each([['five', 5], ['none', 0]])('portal_cancellation_reasons %s: %i options', async (value, count) => {
    await set({ portal_cancellation_reasons: value });
    const { features } = await sandbox.stripe.billingPortal.configurations.create({ features: { invoice_history: { enabled: true } } });
    expect(features.subscription_cancel.cancellation_reason.options).toHaveLength(count);
  });
});
