import type { RequestListener, ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { DevchatError } from '../../../core/errors.ts';
import { createStripe, explainStripeError, type ClientOptions } from '../../../core/stripe.ts';
import { startLocalServer, type LocalServer } from '../../support/local-server.ts';

const KEY = 'sk_test_canary1234567890';
const LIVE_KEY = 'sk_live_canary1234567890';

let server: LocalServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function stripeAt(listener: RequestListener, options: ClientOptions = {}) {
  server = await startLocalServer(listener);
  return { stripe: createStripe({ stripeSecretKey: KEY, stripeApiBase: server.url }, options), requests: server.requests };
}

function answer(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_1', ...headers }).end(JSON.stringify(body));
}

describe('before anything is sent', () => {
  test('no key: not configured', () => {
    expect(() => createStripe({}, { live: false })).toThrow(expect.objectContaining({ kind: 'not-configured' }));
  });

  test.each([LIVE_KEY, LIVE_KEY.replace('sk', 'rk')])('a live key is refused unless live mode was asked for, and is not shown: %#', (stripeSecretKey) => {
    const error = thrownBy(() => createStripe({ stripeSecretKey }, { live: false }));
    expect(error).toMatchObject({ kind: 'key-refused', hint: expect.stringContaining('--live') as string });
    expect(JSON.stringify(error) + error.message).not.toContain('canary');
    expect(createStripe({ stripeSecretKey }, { live: true }).getApiField('host')).toBe('api.stripe.com');
  });

  test('a live key is never sent to another address', () => {
    const elsewhere = { stripeSecretKey: LIVE_KEY, stripeApiBase: 'http://127.0.0.1:12111' };
    expect(() => createStripe(elsewhere, { live: true })).toThrow(expect.objectContaining({ kind: 'key-refused' }));
  });
});

describe('a call', () => {
  test('carries the pinned version and the key, to the given address', async () => {
    const { stripe, requests } = await stripeAt((_request, response) => answer(response, 200, { id: 'cus_1' }));
    await stripe.customers.retrieve('cus_1');
    expect(requests).toEqual([
      {
        method: 'GET',
        url: '/v1/customers/cus_1',
        headers: expect.objectContaining({ 'stripe-version': '2026-10-28.endive', authorization: `Bearer ${KEY}` }) as object,
      },
    ]);
  });

  test('answered by 429 is made again, with the same idempotency key', async () => {
    let tries = 0;
    const { stripe, requests } = await stripeAt((_request, response) => {
      tries += 1;
      if (tries < 3) answer(response, 429, { error: { type: 'invalid_request_error', code: 'rate_limit', message: 'slow down' } });
      else answer(response, 200, { id: 'cus_1' });
    });
    await expect(stripe.customers.create({})).resolves.toMatchObject({ id: 'cus_1' });
    const keys = requests.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual([keys[0], keys[0], keys[0]]);
    expect(keys[0]).toMatch(/\S/);
  });

  test('answered by 429 again and again gives up within seconds', async () => {
    const { stripe, requests } = await stripeAt((_request, response) => answer(response, 429, { error: { type: 'invalid_request_error', code: 'rate_limit', message: 'slow down' } }));
    const error = explainStripeError(await stripe.customers.create({}).catch((thrown: unknown) => thrown));
    expect(error).toMatchObject({ kind: 'unreachable', message: 'Stripe: slow down (req_1)' });
    expect(requests).toHaveLength(3);
  });

  test('is not made again where Stripe repeats a failure under its idempotency key', async () => {
    const { stripe, requests } = await stripeAt((_request, response) => answer(response, 500, { error: { type: 'api_error', message: 'boom' } }, { 'idempotent-replayed': 'true' }));
    await expect(stripe.customers.create({})).rejects.toMatchObject({ type: 'StripeAPIError' });
    expect(requests).toHaveLength(1);
  });
});

describe('a patient call', () => {
  const ANSWERS = [429, 409, 500, 502, 503];

  test('says what keeps it waiting, and outlasts five answers', async () => {
    const heard: string[] = [];
    const left = [...ANSWERS];
    const { stripe } = await stripeAt((_request, response) => answer(response, left.shift() ?? 200, { id: 'cus_1' }), { troubled: (what) => heard.push(what) });
    await expect(stripe.customers.list({ limit: 1 })).resolves.toMatchObject({ id: 'cus_1' });
    expect(heard).toEqual(ANSWERS.map((status) => `Stripe answered ${status} to GET /v1/customers`));
  });

  test('says that there was no answer', async () => {
    const heard: string[] = [];
    let tries = 0;
    const { stripe } = await stripeAt((request, response) => (tries++ === 0 ? request.socket.destroy() : answer(response, 200, { id: 'cus_1' })), { troubled: (what) => heard.push(what) });
    await stripe.customers.retrieve('cus_1');
    expect(heard).toEqual(['Stripe did not answer GET /v1/customers/cus_1']);
  });
});

describe("Stripe's errors, for people", () => {
  test.each<[number, object, Record<string, unknown>]>([
    [401, { type: 'invalid_request_error', message: 'Invalid API Key provided: sk_test_****7890' }, { kind: 'key-refused', message: 'Stripe: Invalid API Key provided: sk_test_****7890 (req_1)' }],
    [403, { type: 'invalid_request_error', message: 'not permitted' }, { kind: 'key-refused' }],
    [400, { type: 'invalid_request_error', message: 'No such price', param: 'items[0][price]' }, { kind: 'failed', message: 'Stripe: No such price [items[0][price]] (req_1)', hint: undefined }],
    [500, { type: 'api_error', message: 'boom' }, { kind: 'unreachable' }],
  ])('%d', async (status, error, explained) => {
    const { stripe } = await stripeAt((_request, response) => answer(response, status, { error }, { 'stripe-should-retry': 'false' }));
    expect(explainStripeError(await stripe.customers.create({}).catch((thrown: unknown) => thrown))).toMatchObject(explained);
  });

  test('an answer that is no JSON, as a proxy gives', async () => {
    const { stripe } = await stripeAt((_request, response) => response.writeHead(502, { 'stripe-should-retry': 'false' }).end('<html>Bad Gateway</html>'));
    expect(explainStripeError(await stripe.customers.create({}).catch((thrown: unknown) => thrown))).toMatchObject({ kind: 'unreachable' });
  });

  test.each(['null', '"cus_1"', '7', 'true'])('an answer that is no object: %s', async (body) => {
    const { stripe } = await stripeAt((_request, response) => response.writeHead(200).end(body));
    expect(explainStripeError(await stripe.customers.retrieve('cus_1').catch((thrown: unknown) => thrown))).toMatchObject({ kind: 'unreachable' });
  });

  test('nobody listening', async () => {
    const { stripe } = await stripeAt(() => {});
    await server?.close();
    server = undefined;
    const error = explainStripeError(await stripe.customers.retrieve('cus_1').catch((thrown: unknown) => thrown));
    expect(error).toMatchObject({ kind: 'unreachable', hint: expect.stringContaining('STRIPE_API_BASE') as string });
  });

  test('errors that are not Stripe’s stay as they are', () => {
    const error = new Error('mine');
    expect(explainStripeError(error)).toBe(error);
  });
});

function thrownBy(work: () => unknown): DevchatError {
  try {
    work();
  } catch (error) {
    if (error instanceof DevchatError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
