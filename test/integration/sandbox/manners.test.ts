/** The API's manners: keys, versions, headers, errors, idempotency, lists and expansion, seen by the real SDK and by plain HTTP. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, KEY, openSandbox, type SandboxUnderTest } from './running-sandbox.ts';

let sandbox: SandboxUnderTest;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.close());

const port = (): number => Number(new URL(sandbox.url).port);
const form = (body: string, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body,
  headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
});
const bodyOf = async (response: Response): Promise<Record<string, unknown>> => (await response.json()) as Record<string, unknown>;

describe('a key', () => {
  test.each([
    ['sk_test_short', 200],
    ['rk_test_restricted_1', 200],
    ['sk_test_ab', 401],
    ['pk_test_publishable', 401],
    ['nonsense', 401],
  ])('%s answers %i', async (key, status) => {
    const response = await fetch(`${sandbox.url}/v1/customers`, { headers: { Authorization: `Bearer ${key}` } });
    expect(response.status).toBe(status);
  });

  test('may be the user name of basic authentication', async () => {
    const credentials = Buffer.from(`${KEY}:`).toString('base64');
    const response = await fetch(`${sandbox.url}/v1/customers`, { headers: { Authorization: `Basic ${credentials}` } });
    expect(response.status).toBe(200);
  });

  test('that is wrong is refused in the manner of a 401: no request id, no version, no whole key', async () => {
    const response = await fetch(`${sandbox.url}/v1/customers`, { headers: { Authorization: 'Bearer sk_wrong_0123456789' } });
    expect(response.headers.get('request-id')).toBeNull();
    expect(response.headers.get('stripe-version')).toBeNull();
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="Stripe"');
    const { error } = (await response.json()) as { error: { message: string; code?: string } };
    expect(error.message).toMatch(/^Invalid API Key provided: \*+6789$/);
    expect(error.code).toBeUndefined();
  });

  test('of live mode is refused with a reason', async () => {
    await expect(connect(port(), 'sk_live_0123456789').customers.list()).rejects.toMatchObject({
      statusCode: 401,
      message: expect.stringContaining('test mode keys only') as string,
    });
  });

  test('must be there', async () => {
    const response = await fetch(`${sandbox.url}/v1/customers`);
    expect(JSON.stringify(await response.json())).toContain('You did not provide an API key.');
  });
});

describe('a version', () => {
  test.each([
    ['/v1/customers', '2020-08-27', 400],
    ['/v1/customers', '2026-10-28.endive', 200],
    ['/v1/webhook_endpoints?limit=30', '2019-03-14', 200],
  ])('%s at %s answers %i', async (path, version, status) => {
    const response = await sandbox.call(path, { headers: { 'Stripe-Version': version } });
    expect(response.status).toBe(status);
    if (status === 400) expect(JSON.stringify(await response.json())).toContain(`Invalid Stripe API version: ${version}`);
  });
});

describe('the headers', () => {
  test('of a POST tell request, version and idempotency key', async () => {
    const response = await sandbox.call('/v1/customers', form('email=a%40example.com', { 'Idempotency-Key': 'headers-1' }));
    const requestId = response.headers.get('request-id');
    expect(requestId).toMatch(/^req_\w{14}$/);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'stripe-version': '2026-10-28.endive',
      'idempotency-key': 'headers-1',
      'original-request': requestId,
      'stripe-should-retry': 'false',
      'cache-control': 'no-cache, no-store',
    });
  });

  test('of a GET have no idempotency key', async () => {
    const { headers } = await sandbox.call('/v1/customers', { headers: { 'Idempotency-Key': 'ignored' } });
    expect(headers.get('idempotency-key')).toBeNull();
    expect(headers.get('original-request')).toBeNull();
    expect(headers.get('stripe-should-retry')).toBeNull();
  });
});

describe('a refusal', () => {
  test('names the missing object: 404 in the path, 400 in a parameter', async () => {
    await expect(sandbox.stripe.customers.retrieve('cus_gone')).rejects.toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      param: 'id',
      message: "No such customer: 'cus_gone'",
      doc_url: 'https://stripe.com/docs/error-codes/resource-missing',
      requestId: expect.stringMatching(/^req_/) as string,
    });
    const orphan = sandbox.stripe.prices.create({ currency: 'usd', unit_amount: 1, product: 'prod_gone' });
    await expect(orphan).rejects.toMatchObject({ statusCode: 400, param: 'product', message: "No such product: 'prod_gone'" });
  });

  test('of an unknown route names the route', async () => {
    await expect(sandbox.stripe.coupons.list()).rejects.toMatchObject({
      statusCode: 404,
      type: 'StripeInvalidRequestError',
      message: expect.stringContaining('(GET: /v1/coupons)') as string,
    });
  });

  test('of a JSON body says which content type is good', async () => {
    const response = await sandbox.call('/v1/customers', { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } });
    expect(response.status).toBe(400);
    expect(JSON.stringify(await response.json())).toContain('application/x-www-form-urlencoded');
  });

  test('of a body that is too large is an answer, too', async () => {
    const response = await sandbox.call('/v1/customers', form(`description=${'x'.repeat(1_100_000)}`));
    expect(response.status).toBe(413);
  });

  test('leaves nothing behind', async () => {
    const before = await sandbox.stripe.customers.list({ limit: 100 });
    await expect(sandbox.stripe.customers.create({ email: 'half@example.com', payment_method: 'pm_gone' })).rejects.toThrow();
    expect((await sandbox.stripe.customers.list({ limit: 100 })).data).toHaveLength(before.data.length);
  });
});

describe('an idempotency key', () => {
  test('gets the first answer again, and nothing is made twice', async () => {
    const first = await sandbox.call('/v1/customers', form('email=once%40example.com', { 'Idempotency-Key': 'once' }));
    const again = await sandbox.call('/v1/customers', form('email=once%40example.com', { 'Idempotency-Key': 'once' }));
    expect(await again.text()).toBe(await first.text());
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.headers.get('original-request')).toBe(first.headers.get('request-id'));
    expect((await sandbox.stripe.customers.list({ email: 'once@example.com' })).data).toHaveLength(1);
  });

  test('with other parameters is refused', async () => {
    await sandbox.stripe.customers.create({ email: 'a@example.com' }, { idempotencyKey: 'changed' });
    await expect(sandbox.stripe.customers.create({ email: 'b@example.com' }, { idempotencyKey: 'changed' })).rejects.toMatchObject({
      type: 'StripeIdempotencyError',
      statusCode: 400,
      message: expect.stringContaining("Try using a key other than 'changed'") as string,
    });
  });

  test('keeps a refusal of the work, but not one of the parameters', async () => {
    const key = { idempotencyKey: 'refused' };
    await expect(sandbox.stripe.customers.create({ nonsense: 1 } as object, key)).rejects.toMatchObject({ code: 'parameter_unknown' });
    await expect(sandbox.stripe.customers.create({ payment_method: 'pm_gone' }, key)).rejects.toMatchObject({ code: 'resource_missing' });
    const again = await sandbox.call('/v1/customers', form('payment_method=pm_gone', { 'Idempotency-Key': 'refused' }));
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([400, 'true']);
  });
});

describe('a list', () => {
  test('is walked page by page by the SDK, newest first', async () => {
    const made: string[] = [];
    for (let index = 0; index < 7; index += 1) made.push((await sandbox.stripe.customers.create({ email: 'page@example.com' })).id);
    const seen: string[] = [];
    for await (const customer of sandbox.stripe.customers.list({ email: 'page@example.com', limit: 3 })) seen.push(customer.id);
    expect(seen).toEqual(made.toReversed());
  });

  test.each(['limit=0', 'limit=101', 'limit=ten'])('refuses %s', async (query) => {
    const response = await sandbox.call(`/v1/customers?${query}`);
    expect(await bodyOf(response)).toMatchObject({ error: { code: 'parameter_invalid_integer', param: 'limit' } });
  });

  test('refuses a cursor that does not exist', async () => {
    await expect(sandbox.stripe.customers.list({ starting_after: 'cus_gone' })).rejects.toMatchObject({ param: 'starting_after' });
  });
});

describe('expansion', () => {
  test('works in every encoding, on objects and on lists', async () => {
    const product = await sandbox.stripe.products.create({ name: 'Expandable' });
    const { id } = await sandbox.stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: 1 });
    for (const query of ['expand[]=product', 'expand[0]=product', 'expand=product']) {
      expect(await bodyOf(await sandbox.call(`/v1/prices/${id}?${query}`))).toMatchObject({ product: { id: product.id, name: 'Expandable' } });
    }
    const { data } = await sandbox.stripe.prices.list({ product: product.id, expand: ['data.product'] });
    expect(data[0]?.product).toMatchObject({ id: product.id });
  });

  test.each(['nonsense', 'currency', 'product.nonsense'])('refuses %s', async (path) => {
    const product = await sandbox.stripe.products.create({ name: 'Not expandable' });
    const creation = sandbox.stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: 1, expand: [path] });
    await expect(creation).rejects.toMatchObject({ message: `This property cannot be expanded (${path}).` });
  });

  test('goes four levels deep', async () => {
    await expect(sandbox.stripe.customers.list({ expand: ['data.a.b.c.d'] })).rejects.toThrow(/more than 4 levels/);
  });
});
