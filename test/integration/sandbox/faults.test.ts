/** Faults of the API as the real SDK lives through them, and what a repeated idempotency key gets. */
import Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../../sandbox/wire/faults.ts';
import { waitFor } from '../../support/wait-for.ts';
import { KEY, openSandbox, type SandboxUnderTest } from './running-sandbox.ts';

let sandbox: SandboxUnderTest;
beforeEach(async () => {
  sandbox = await openSandbox();
});
afterEach(() => sandbox.close());

const JSON_TYPE = { 'Content-Type': 'application/json' };
const control = (path: string, body: unknown, method = 'POST') => sandbox.call(`/_sandbox/${path}`, { method, body: JSON.stringify(body), headers: JSON_TYPE });
const fault = async (wanted: Partial<Fault>): Promise<void> => {
  expect((await control('faults', { on: 'POST /v1/customers', ...wanted })).status).toBe(200);
};
const faults = async (): Promise<unknown[]> => ((await (await sandbox.call('/_sandbox/faults')).json()) as { faults: unknown[] }).faults;
/** As devchat and others use it: with the retries that it has by itself. */
const retrying = (retries = 2): Stripe => new Stripe(KEY, { host: '127.0.0.1', port: new URL(sandbox.url).port, protocol: 'http', maxNetworkRetries: retries });
const emails = async (): Promise<(string | null)[]> => (await sandbox.stripe.customers.list({ limit: 100 })).data.map(({ email }) => email);
const create = (body: string, headers: Record<string, string> = {}): Promise<Response> => sandbox.call('/v1/customers', { method: 'POST', body: new URLSearchParams(body), headers });

describe('an answer that is cut after the effect', () => {
  test('is given again to the SDK’s own retry: one object', async () => {
    await fault({ answer: 'cut' });
    const { id, lastResponse } = await retrying().customers.create({ email: 'once@example.com' });
    expect(lastResponse.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    expect((await sandbox.stripe.customers.list()).data.map((customer) => customer.id)).toEqual([id]);
  });

  test('was executed although nobody heard of it', async () => {
    await fault({ answer: 'cut', times: 9 });
    await expect(retrying(0).customers.create({ email: 'unheard@example.com' })).rejects.toMatchObject({ type: 'StripeConnectionError' });
    expect(await emails()).toEqual(['unheard@example.com']);
  });
});

test('a cut hits refused calls as well: nobody hears why', async () => {
  await fault({ answer: 'cut', times: 2 });
  await expect(create('nonsense=1')).rejects.toThrow('fetch failed');
  await expect(create('payment_method=pm_gone')).rejects.toThrow('fetch failed');
});

describe('before the effect', () => {
  test.each(['reset', '503', '500_early', 'lock_timeout'] as const)('%s: the SDK tries again, and one object is made', async (answer) => {
    await fault({ answer, times: 2 });
    const { lastResponse } = await retrying().customers.create({ email: 'patient@example.com' });
    expect(lastResponse.headers['idempotent-replayed']).toBeUndefined();
    expect(await emails()).toEqual(['patient@example.com']);
    expect(await faults()).toEqual([]);
  });

  test('rate_limit: 429 with its reason, which the SDK does not try again and the key does not keep', async () => {
    await fault({ answer: 'rate_limit', reason: 'endpoint-rate' });
    await expect(retrying().customers.create({}, { idempotencyKey: 'limited' })).rejects.toMatchObject({
      type: 'StripeRateLimitError',
      statusCode: 429,
      code: 'rate_limit',
      headers: { 'stripe-rate-limited-reason': 'endpoint-rate' },
    });
    await retrying().customers.create({}, { idempotencyKey: 'limited' });
    expect(await emails()).toHaveLength(1);
  });

  test('502: a page of HTML, without any header of Stripe’s', async () => {
    await fault({ answer: '502' });
    const response = await create('email=a@example.com');
    expect([response.status, response.headers.get('content-type'), response.headers.get('request-id')]).toEqual([502, 'text/html; charset=utf-8', null]);
    await fault({ answer: '502', times: 3 });
    await expect(retrying(0).customers.create()).rejects.toThrow('Invalid JSON received from the Stripe API');
    expect(await emails()).toEqual([]);
  });
});

test('500 during the execution is kept for its key: repeating it gets the same failure, and nothing is written', async () => {
  await fault({ answer: '500' });
  await expect(retrying().customers.create({ email: 'a@example.com' }, { idempotencyKey: 'failed' })).rejects.toMatchObject({ type: 'StripeAPIError', statusCode: 500 });
  expect(await emails()).toEqual([]);
  await retrying().customers.create({ email: 'a@example.com' }, { idempotencyKey: 'another' });
  expect(await emails()).toEqual(['a@example.com']);
});

describe('a delayed answer', () => {
  test('keeps its key in use: 409 for who repeats it meanwhile, then the first answer', async () => {
    await fault({ answer: 'delay', seconds: 1 });
    const first = create('email=slow@example.com', { 'Idempotency-Key': 'slow' });
    await waitFor('the effect', async () => (await emails()).length === 1);
    const meanwhile = await create('email=slow@example.com', { 'Idempotency-Key': 'slow' });
    expect(meanwhile.status).toBe(409);
    expect(await meanwhile.json()).toMatchObject({ error: { type: 'invalid_request_error', code: 'idempotency_key_in_use' } });
    const answered = await (await first).text();
    const again = await create('email=slow@example.com', { 'Idempotency-Key': 'slow' });
    expect([await again.text(), again.headers.get('idempotent-replayed')]).toEqual([answered, 'true']);
  });

  test('is lived through by the SDK that gave up waiting: one object', async () => {
    await fault({ answer: 'delay', seconds: 1 });
    const impatient = new Stripe(KEY, { host: '127.0.0.1', port: new URL(sandbox.url).port, protocol: 'http', timeout: 300, maxNetworkRetries: 5 });
    await impatient.customers.create({ email: 'impatient@example.com' });
    expect(await emails()).toEqual(['impatient@example.com']);
  });
});

describe('a fault', () => {
  test('hits from the call that it names, as often as it says, on what it matches', async () => {
    await fault({ on: '* /v1/customers*', answer: '503', call: 2, times: 2 });
    const statuses: number[] = [];
    for (const path of ['customers', 'products', 'customers/cus_1', 'customers', 'customers']) statuses.push((await sandbox.call(`/v1/${path}`)).status);
    expect(statuses).toEqual([200, 200, 503, 503, 200]);
  });

  test('waits where one can see it, until it is taken away or a reset comes', async () => {
    await fault({ answer: 'cut', call: 3 });
    await sandbox.stripe.customers.create();
    const waiting = { on: 'POST /v1/customers', call: 3, times: 1, answer: 'cut', seen: 1 };
    expect(await faults()).toMatchObject([waiting]);
    expect(await (await sandbox.call('/_sandbox')).json()).toMatchObject({ faults: [waiting] });
    expect((await sandbox.call('/_sandbox/faults', { method: 'DELETE' })).status).toBe(200);
    expect(await faults()).toEqual([]);
    await fault({ answer: 'cut' });
    await control('reset', {});
    expect(await faults()).toEqual([]);
  });

  test.each([
    [[], 'Send a fault as one JSON object'],
    [{ on: 'PATCH /v1/prices', answer: 'cut' }, '"on" is a method and a path'],
    [{ on: 'POST /v1/prices', answer: '504' }, '"answer" is one of: '],
    [{ on: 'POST /v1/prices', answer: 'cut', call: 0 }, '"call" is a whole number'],
    [{ on: 'POST /v1/prices', answer: 'cut', time: 2 }, 'A fault has no "time". It has: on, call, times, answer, seconds, reason.'],
  ])('%j is refused', async (wanted, message) => {
    const response = await control('faults', wanted);
    expect(response.status).toBe(400);
    expect(JSON.stringify(await response.json())).toContain(JSON.stringify(message).slice(1, -1));
    expect(await faults()).toEqual([]);
  });
});

describe('an idempotency key', () => {
  test('takes the same parameters in another order', async () => {
    await create('email=a@example.com&name=N', { 'Idempotency-Key': 'order' });
    const again = await create('name=N&email=a@example.com', { 'Idempotency-Key': 'order' });
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
  });

  test('is told on errors, too, with the first request and whether to try again', async () => {
    const refused = await create('payment_method=pm_gone', { 'Idempotency-Key': 'refused' });
    expect(Object.fromEntries(refused.headers)).toMatchObject({ 'idempotency-key': 'refused', 'original-request': refused.headers.get('request-id'), 'stripe-should-retry': 'false', 'stripe-version': '2026-10-28.endive' });
    const missing = await sandbox.call('/v1/customers/cus_gone', { method: 'POST', headers: { 'Idempotency-Key': 'missing' } });
    expect([missing.status, missing.headers.get('stripe-should-retry')]).toEqual([404, null]);
    const malformed = await create('nonsense=1', { 'Idempotency-Key': 'malformed' });
    expect([malformed.status, malformed.headers.get('idempotency-key')]).toEqual([400, 'malformed']);
    expect((await create('name=N', { 'Idempotency-Key': 'malformed' })).status).toBe(200);
  });

  test('means nothing to GET and DELETE, and is refused over 255 characters', async () => {
    const { id } = await sandbox.stripe.customers.create();
    const headers = { 'Idempotency-Key': 'reading' };
    await sandbox.call(`/v1/customers/${id}`, { headers });
    expect((await sandbox.call(`/v1/customers/${id}`, { method: 'DELETE', headers })).status).toBe(200);
    expect((await create('name=N', { 'Idempotency-Key': 'k'.repeat(256) })).status).toBe(400);
  });
});
