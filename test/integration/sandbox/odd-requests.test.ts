/** Requests that no SDK sends: other methods and paths, bodies that are no forms, forms that contradict themselves. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KEY, openSandbox, type SandboxUnderTest } from './running-sandbox.ts';

const SLOWEST_MS = 2000;

let sandbox: SandboxUnderTest;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.close());

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: { error?: { type: string; code?: string; param?: string; message: string } } & Record<string, unknown>;
}

/** Without `fetch`, which would mend the path. */
function send(method: string, path: string, body?: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> {
  const { hostname, port } = new URL(sandbox.url);
  const typed = body === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, method, path, headers: { Authorization: `Bearer ${KEY}`, ...typed, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: JSON.parse(Buffer.concat(chunks).toString()) as Answer['body'] }));
    });
    request.on('error', reject);
    request.end(body);
  });
}
const create = (form: string): Promise<Answer> => send('POST', '/v1/customers', form);

describe('a path', () => {
  test.each([
    ['PUT', '/v1/customers', 'The sandbox has this path for POST, GET only.'],
    ['PATCH', '/v1/customers/cus_1', 'The sandbox has this path for GET, POST, DELETE only.'],
    ['DELETE', '/v1/customers', 'The sandbox has this path for POST, GET only.'],
    ['GET', '/v1/checkout/sessions/cs_1/expire', 'The sandbox has this path for POST only.'],
    ['GET', '/v1/customers/', 'If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in your code.'],
    ['GET', '/v1//customers', 'The sandbox has no such route'],
    ['GET', '//v1/customers', 'The sandbox has no such route'],
    ['GET', '/v1/Customers', 'The sandbox has no such route'],
    ['GET', '/v1/coupons', 'The sandbox has no coupons; docs/sandbox-api.md lists what it has.'],
    ['GET', '/v1/coupons/half', 'The sandbox has no coupons; docs/sandbox-api.md lists what it has.'],
    ['GET', '/v1/promotion_codes', 'The sandbox has no promotion codes; docs/sandbox-api.md lists what it has.'],
    ['GET', '/v1/tax_rates', 'The sandbox has no tax rates; docs/sandbox-api.md lists what it has.'],
    ['GET', '/v1/quotes/qt_1/pdf', 'The sandbox has no quotes; docs/sandbox-api.md lists what it has.'],
    ['GET', '/v1/subscription_schedules', 'The sandbox has no subscription schedules; docs/sandbox-api.md lists what it has.'],
    ['GET', '/v1/billing/meters', 'The sandbox has no meters; docs/sandbox-api.md lists what it has.'],
    ['GET', '/v1/payment_links', 'The sandbox has no payment links; docs/sandbox-api.md lists what it has.'],
    ['GET', '/v1/credit_notes', 'The sandbox has no credit notes; docs/sandbox-api.md lists what it has.'],
    ['GET', '/v1/invoices/upcoming', 'This version of the API has POST /v1/invoices/create_preview in its place.'],
    ['GET', '/v1/invoices/upcoming/lines', 'This version of the API has POST /v1/invoices/create_preview in its place.'],
    ['GET', '/v1', 'The sandbox has no such route'],
    ['GET', '/v2/core/events', 'The sandbox has no v2 API'],
    ['POST', '/v2/billing/meter_events', 'The sandbox has no v2 API'],
    ['GET', '/v3/customers', 'The sandbox has no such route'],
  ])('%s %s is named in its refusal', async (method, path, reason) => {
    const { status, headers, body } = await send(method, path);
    expect(status).toBe(404);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(body.error).toMatchObject({ type: 'invalid_request_error' });
    expect(body.error?.message).toContain(`Unrecognized request URL (${method}: ${path}). ${reason}`);
  });

  test.each([
    ['cus%5Fgone', 404, "No such customer: 'cus_gone'"],
    ['cus_a%2Fb', 404, "No such customer: 'cus_a/b'"],
    ['%E0%A4%A', 400, "Invalid request: Failed to decode param '%E0%A4%A'."],
  ])('with the encoded id %s answers %i', async (id, status, message) => {
    const answer = await send('GET', `/v1/customers/${id}`);
    expect([answer.status, answer.body.error?.message]).toEqual([status, message]);
    expect(answer.headers['request-id']).toMatch(/^req_/);
  });
});

describe('a body', () => {
  test.each([
    ['none', undefined, {}, null],
    ['an empty one', '', {}, null],
    ['a form that is compressed', gzipSync('description=zipped'), { 'Content-Encoding': 'gzip' }, 'zipped'],
    ['a form without a name for its kind', 'description=plain', { 'Content-Type': 'text/plain' }, 'plain'],
    ['a form with a broken escape', 'description=%zz', {}, '%zz'],
    ['a form that says a thing twice', 'description=a&description=b', {}, 'b'],
  ])('%s is read', async (_case, body, headers, description) => {
    expect(await send('POST', '/v1/customers', body, headers)).toMatchObject({ status: 200, body: { description } });
  });

  test.each([
    ['JSON', '{"email":"a"}', { 'Content-Type': 'application/json' }, 400, /application\/x-www-form-urlencoded/],
    ['JSON that calls itself a form', '{"email":"a"}', {}, 400, /^Received unknown parameter: \{"email":"a"\}$/],
    ['parts', '--x\r\nContent-Disposition: form-data; name="email"\r\n\r\na\r\n--x--', { 'Content-Type': 'multipart/form-data; boundary=x' }, 400, /application\/x-www-form-urlencoded/],
    ['what is not compressed', 'email=a', { 'Content-Encoding': 'gzip' }, 400, /^Invalid request: incorrect header check\.$/],
    ['an unknown compression', 'email=a', { 'Content-Encoding': 'zipped' }, 400, /^Invalid request: unsupported content encoding "zipped"\.$/],
    ['an unknown charset', 'email=a', { 'Content-Type': 'application/x-www-form-urlencoded; charset=none' }, 400, /^Invalid request: unsupported charset "NONE"\.$/],
    ['more than a megabyte', `description=${'x'.repeat(1_100_000)}`, {}, 413, /^The body is larger than 1mb\.$/],
  ])('%s is refused', async (_case, sent, headers, status, message) => {
    const { body, ...answer } = await send('POST', '/v1/customers', sent, headers);
    expect(answer.status).toBe(status);
    expect(body.error).toMatchObject({ type: 'invalid_request_error', message: expect.stringMatching(message) as string });
    expect(answer.headers['request-id']).toMatch(/^req_/);
  });

  test('is not read for who has no key', async () => {
    const { status } = await send('POST', '/v1/customers', 'email=a', { Authorization: 'Bearer nobody', 'Content-Encoding': 'zipped' });
    expect(status).toBe(401);
  });
});

describe('a form', () => {
  test.each([
    ['preferred_locales[0]=en&preferred_locales[1]=de', { preferred_locales: ['en', 'de'] }],
    ['preferred_locales[1]=de&preferred_locales[0]=en', { preferred_locales: ['en', 'de'] }],
    ['preferred_locales[]=en&preferred_locales[]=de', { preferred_locales: ['en', 'de'] }],
    ['metadata[__proto__]=a&metadata[constructor]=b', { metadata: JSON.parse('{"__proto__":"a","constructor":"b"}') as object }],
    ['&&&', {}],
  ])('%s is read', async (form, fields) => {
    const { body } = await create(form);
    expect(JSON.stringify(body)).toContain(JSON.stringify(fields).slice(1, -1));
  });

  test.each([
    ['preferred_locales[]=en&preferred_locales[0]=de', undefined, 'preferred_locales', /in two ways/],
    ['preferred_locales[0]=en&preferred_locales[]=de', undefined, 'preferred_locales', /in two ways/],
    ['address=x&address[line1]=y', undefined, 'address', /in two ways/],
    ['address[line1]=y&address=x', undefined, 'address', /in two ways/],
    ['preferred_locales=en', undefined, 'preferred_locales', /^Invalid array$/],
    ['a[b', 'parameter_unknown', 'a[b', /^Received unknown parameter: a\[b$/],
    ['=1', 'parameter_unknown', '', /^Received unknown parameter: $/],
    ['__proto__=1', 'parameter_unknown', '__proto__', /^Received unknown parameter: __proto__$/],
    ['constructor[prototype][x]=1', 'parameter_unknown', 'constructor', /^Received unknown parameter: constructor$/],
    ['one=1&two=2', 'parameter_unknown', 'one', /^Received unknown parameters: one, two$/],
    [`metadata[${'k'.repeat(41)}]=1`, undefined, 'metadata', /at most 40 characters; 'k{40}\.\.\.' is longer/],
  ])('%s is refused', async (form, code, param, message) => {
    const { status, body } = await create(form);
    expect([status, body.error?.code, body.error?.param]).toEqual([400, code, param]);
    expect(body.error?.message).toMatch(message);
  });

  test.each([
    ['20,000 levels', `a${'[x]'.repeat(20_000)}=1`],
    ['10,000 keys', Array.from({ length: 10_000 }, (_, index) => `k${index}=v`).join('&')],
    ['10,000 keys in a hash', Array.from({ length: 10_000 }, (_, index) => `metadata[k${index}]=v`).join('&')],
    ['50,000 expansions', 'expand[]=v&'.repeat(50_000)],
  ])('of %s is refused soon', async (_case, form) => {
    const started = performance.now();
    const { status } = await create(form);
    expect(status).toBe(400);
    expect(performance.now() - started).toBeLessThan(SLOWEST_MS);
  });
});
