/** POST /webhook as Stripe and everybody else sees it: real signatures over real HTTP. */
import { writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import supertest, { type Response } from 'supertest';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { saveSettings, settingsPath } from '../../../core/settings.ts';
import { allSubscriptions } from '../../support/caches.ts';
import { NOWHERE, openDaemon, SECRET, signed, type DaemonUnderTest } from '../../support/daemon.ts';
import { CUSTOMER, event, START, subscription, SUBSCRIPTION } from '../../support/stripe-objects.ts';

const UPDATED = 'customer.subscription.updated';
const TOLERANCE_SECONDS = 300;
const now = () => Math.floor(Date.now() / 1000);

let daemon: DaemonUnderTest;

beforeEach(async () => {
  daemon = await openDaemon();
});

afterEach(() => daemon.close());

function post(body: string | Buffer, headers: Record<string, string | undefined> = {}): Promise<Response> {
  const call = supertest(daemon.url).post('/webhook').set('content-type', 'application/json; charset=utf-8');
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) call.set(name, value);
  return call.serialize((text: unknown) => text as string).send(body as string);
}

function deliver(told: object, options: Parameters<typeof signed>[1] = {}): Promise<Response> {
  const body = JSON.stringify(told);
  return post(body, { 'stripe-signature': signed(body, options) });
}

async function expectNothingStored(): Promise<void> {
  expect(await daemon.cache.events({ limit: 10 })).toEqual([]);
  expect(await allSubscriptions(daemon.cache)).toEqual([]);
}

const NO_MATCH =
  'No signatures found matching the expected signature for payload. Are you passing the raw request body you received from Stripe? \n' +
  ' If a webhook request is being forwarded by a third-party tool, ensure that the exact request body, including JSON formatting and new line style, is preserved.\n\n' +
  'Learn more about webhook signing and explore webhook integration examples for various frameworks at https://docs.stripe.com/webhooks/signature\n';

describe('a genuine event', () => {
  test('is answered by 200 once it is on the disk', async () => {
    const told = event(UPDATED, subscription({ status: 'past_due' }));
    expect(await deliver(told)).toMatchObject({ status: 200, body: { received: true } });
    const database = new Database(daemon.file.path, { readonly: true });
    expect(database.prepare('SELECT id, source, payload FROM events').all()).toEqual([{ id: told.id, source: 'webhook', payload: JSON.stringify(told) }]);
    expect(database.prepare('SELECT id, status FROM subscriptions').all()).toEqual([{ id: SUBSCRIPTION, status: 'past_due' }]);
    database.close();
  });

  test('is verified over the very bytes, however they are written', async () => {
    const body = `{ "id":"evt_odd",\r\n\t"object" : "event", "type":"foo.bar","created":${START}, "livemode":false,"api_version":null,\n "data":{"object":{"note":"\\u00e9é \\ud83d\\ude00"}} }\n`;
    expect((await post(body, { 'stripe-signature': signed(body) })).status).toBe(200);
    expect((await daemon.cache.event('evt_odd'))?.payload).toBe(body);
  });

  test('of an unknown type is stored, too', async () => {
    const told = event('foo.bar', { id: 'foo_1', object: 'foo' });
    expect((await deliver(told)).status).toBe(200);
    expect((await daemon.cache.event(told.id))?.event).toMatchObject({ type: 'foo.bar', outcome: 'ignored' });
  });

  test.each([
    ['of live mode', { livemode: true }],
    ['of another account', { account: 'acct_9' }],
  ])('%s is stored and changes nothing', async (_whose, fields) => {
    const told = event(UPDATED, subscription(), fields);
    expect((await deliver(told)).status).toBe(200);
    expect((await daemon.cache.event(told.id))?.event.outcome).toBe('ignored');
    expect(await allSubscriptions(daemon.cache)).toEqual([]);
  });

  test('delivered fifty times at once is one event, and every delivery is answered by 200', async () => {
    const told = event(UPDATED, subscription());
    const answers = await Promise.all(Array.from({ length: 50 }, () => deliver(told)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
    expect((await daemon.cache.event(told.id))?.attempts).toHaveLength(1);
    expect((await daemon.cache.subscription(SUBSCRIPTION))?.subscription.version).toBe(1);
  });

  test('that cannot be applied is kept, answered by 500, and applied when it comes again', async () => {
    const id = 'evt_broken';
    const answer = await deliver(event(UPDATED, { ...subscription(), items: null }, { id }));
    expect(answer.status).toBe(500);
    expect(answer.body).toEqual({ error: { code: 'not_applied', message: 'evt_broken is kept, but could not be applied: its object cannot be read: it is not a whole subscription' } });
    expect((await daemon.cache.event(id))?.event.outcome).toBe('failed');
    expect((await deliver(event(UPDATED, subscription(), { id }))).status).toBe(200);
    expect((await daemon.cache.event(id))?.attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'applied']);
  });

  test('from another site is welcome: this route alone asks for no origin', async () => {
    const body = JSON.stringify(event('foo.bar', {}));
    expect((await post(body, { 'stripe-signature': signed(body), origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })).status).toBe(200);
  });

  test('while another program holds the cache is answered by 503, never by 200', async () => {
    const other = new Database(daemon.file.path);
    other.exec('BEGIN IMMEDIATE');
    const told = event('foo.bar', {});
    const answer = await deliver(told);
    other.close();
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ error: { code: 'unreachable', message: expect.stringContaining('is locked') as string, hint: expect.any(String) as string } });
    expect((await deliver(told)).status).toBe(200);
  });
});

describe('what is no genuine event gets 400, in the words of the SDK, and leaves no trace', () => {
  const body = JSON.stringify(event(UPDATED, subscription(), { id: 'evt_forged' }));
  const signature = () => signed(body);
  const parts = () => /^t=(?<t>\d+),v1=(?<v1>\w+)$/.exec(signature())?.groups as { t: string; v1: string };

  test.each<[string, () => string | undefined, string]>([
    ['no header', () => undefined, 'No stripe-signature header value was provided.'],
    ['an empty header', () => '', 'No stripe-signature header value was provided.'],
    ['garbage', () => 'incorrect_webhook_signature', 'Unable to extract timestamp and signatures from header'],
    ['a signature without a time', () => `v1=${parts().v1}`, 'Unable to extract timestamp and signatures from header'],
    ['a time alone', () => `t=${parts().t}`, 'No signatures found with expected scheme'],
    ['only the test scheme', () => `t=${parts().t},v0=${parts().v1}`, 'No signatures found with expected scheme'],
    ['a space after the comma', () => `t=${parts().t}, v1=${parts().v1}`, 'No signatures found with expected scheme'],
    ['another secret', () => signed(body, { secret: 'whsec_other' }), NO_MATCH],
    ['another body', () => signed(`${body} `), NO_MATCH],
    ['a time that is no number', () => `t=abc,v1=${parts().v1}`, NO_MATCH],
    ['upper-case digits', () => `t=${parts().t},v1=${parts().v1.toUpperCase()}`, NO_MATCH],
    ['a changed time', () => `t=${Number(parts().t) + 1},v1=${parts().v1}`, NO_MATCH],
    ['an old signature', () => signed(body, { timestamp: now() - TOLERANCE_SECONDS - 5 }), 'Timestamp outside the tolerance zone'],
    ['a signature from the future', () => signed(body, { timestamp: now() + TOLERANCE_SECONDS + 5 }), 'Timestamp outside the tolerance zone'],
  ])('%s', async (_what, header, message) => {
    const answer = await post(body, { 'stripe-signature': header() });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ error: { code: 'bad_request', message } });
    await expectNothingStored();
  });

  test.each([
    ['nothing', '', 'No webhook payload was provided.'],
    ['no JSON', 'hello', 'the body is signed, but it is not JSON'],
    ['null', 'null', 'the body is signed, but it is no event'],
    ['a list', '[]', 'the body is signed, but it is no event'],
    ['a text', '"evt_1"', 'the body is signed, but it is no event'],
    ['some object', '{"id":"evt_1"}', 'the body is signed, but it is no event'],
    ['an event without an object', JSON.stringify({ ...event('foo.bar', {}), data: {} }), 'the body is signed, but it is no event: its data is not as Stripe writes it'],
    [
      'a thin event',
      '{"id":"evt_1","object":"v2.core.event","type":"v2.core.event_destination.ping"}',
      'You passed a thin event notification to a function that expects a webhook. Use the corresponding EventNotification method instead.',
    ],
  ])('a good signature over %s', async (_what, text, message) => {
    const answer = await post(text, { 'stripe-signature': signed(text) });
    expect(answer.status).toBe(400);
    expect((answer.body as { error: { message: string } }).error.message).toBe(message);
    await expectNothingStored();
  });

  test('a byte order mark before the signed text', async () => {
    expect((await post(`\ufeff${body}`, { 'stripe-signature': signature() })).status).toBe(400);
  });

  test('but a signature some minutes old or ahead is good, and so is one of several', async () => {
    for (const timestamp of [now() - TOLERANCE_SECONDS + 10, now() + TOLERANCE_SECONDS - 10]) {
      expect((await post(body, { 'stripe-signature': signed(body, { timestamp }) })).status).toBe(200);
    }
    expect((await post(body, { 'stripe-signature': `${signature()},v1=${'0'.repeat(64)},v0=1` })).status).toBe(200);
  });
});

describe('bodies that are refused before they are read', () => {
  const MIB = 1024 * 1024;

  test('over 1 MiB: 413, and up to it they are read', async () => {
    const answer = await post('x'.repeat(MIB + 1), { 'stripe-signature': 't=1,v1=1' });
    expect(answer.status).toBe(413);
    expect(answer.body).toEqual({ error: { code: 'too_large', message: 'the body is over 1 MiB' } });
    expect((await post('x'.repeat(MIB), { 'stripe-signature': 't=1,v1=1' })).status).toBe(400);
  });

  test('over 1 MiB without a length', async () => {
    expect(await postInChunks(MIB + 1)).toBe(413);
  });

  test('a genuine event that is long is stored', async () => {
    expect((await deliver(event('foo.bar', { filling: 'x'.repeat(900_000) }))).status).toBe(200);
  });

  test.each(['gzip', 'br', 'deflate'])('%s: 415, and it is not unpacked', async (encoding) => {
    const answer = await post(gzipSync(JSON.stringify(event('foo.bar', {}))), { 'content-encoding': encoding, 'stripe-signature': 't=1,v1=1' });
    expect(answer.status).toBe(415);
    expect(answer.body).toEqual({ error: { code: 'encoded', message: 'the body must not be compressed' } });
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/octet-stream'])('the content type %s does not matter', async (type) => {
    const body = JSON.stringify(event('foo.bar', {}));
    expect((await post(body, { 'content-type': type, 'stripe-signature': signed(body) })).status).toBe(200);
  });

  test('cut off by the caller: that is no failure of ours', async () => {
    const call = httpRequest(`${daemon.url}/webhook`, { method: 'POST', headers: { 'content-length': 100 } });
    call.on('error', () => {});
    call.write('half', () => call.destroy());
    await new Promise((resolve) => call.on('close', resolve));
    await deliver(event('foo.bar', {}));
    expect(daemon.log.join('')).not.toContain('request failed');
  });

  function postInChunks(size: number): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const call = httpRequest(`${daemon.url}/webhook`, { method: 'POST' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      call.on('error', reject);
      for (let left = size; left > 0; left -= 65_536) call.write('x'.repeat(Math.min(left, 65_536)));
      call.end();
    });
  }
});

describe('the signing secrets', () => {
  const told = () => event('foo.bar', {});
  const reopen = async (settings: Parameters<typeof openDaemon>[0]) => {
    await daemon.close();
    daemon = await openDaemon(settings);
  };

  test('all count while they are rotated', async () => {
    await reopen({ webhookSecrets: ['whsec_old', 'whsec_new'] });
    expect((await deliver(told(), { secret: 'whsec_old' })).status).toBe(200);
    expect((await deliver(told(), { secret: 'whsec_new' })).status).toBe(200);
    expect((await deliver(told())).status).toBe(400);
    const body = JSON.stringify(told());
    const old = await post(body, { 'stripe-signature': signed(body, { secret: 'whsec_old', timestamp: now() - TOLERANCE_SECONDS - 5 }) });
    expect((old.body as { error: unknown }).error).toMatchObject({ message: 'Timestamp outside the tolerance zone' });
  });

  test('wrong ones are seen in the log, without what was sent', async () => {
    await deliver(event('foo.bar', { secret: 'of the customer' }), { secret: 'whsec_other' });
    const warnings = daemon.log.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ level }) => level === 40);
    expect(warnings).toMatchObject([{ msg: 'webhook refused', refusal: 'No signatures found matching the expected signature for payload' }]);
    expect(daemon.log.join('')).not.toContain('of the customer');
  });

  test('none: 503 with what to do, even when other settings change', async () => {
    await reopen({ webhookSecrets: undefined });
    const answer = await deliver(told());
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ error: { code: 'not_configured', hint: expect.stringContaining('devchat listen') as string } });
    await saveSettings(daemon.configDir, { challengeId: 'other' });
    expect((await deliver(told())).status).toBe(503);
  });

  test('that are saved while the daemon runs count at once; those of another Stripe never', async () => {
    await reopen({ webhookSecrets: undefined });
    await saveSettings(daemon.configDir, { webhookSecrets: { 'stripe-cli@api.stripe.com': 'whsec_stripe', [`we_1@${new URL(NOWHERE).host}`]: SECRET } });
    expect((await deliver(told())).status).toBe(200);
    expect((await deliver(told(), { secret: 'whsec_stripe' })).status).toBe(400);
  });

  test('that are saved are looked up again when a signature does not fit', async () => {
    await reopen({ webhookSecrets: undefined });
    const save = (secret: string) => saveSettings(daemon.configDir, { webhookSecrets: { [`stripe-cli@${new URL(NOWHERE).host}`]: secret } });
    await save('whsec_first');
    expect((await deliver(told(), { secret: 'whsec_first' })).status).toBe(200);
    await save('whsec_second');
    expect((await deliver(told(), { secret: 'whsec_second' })).status).toBe(200);
    expect((await deliver(told(), { secret: 'whsec_first' })).status).toBe(400);
  });
});

test('while the settings file is broken the known secrets hold, and for others it is our failure, not theirs', async () => {
  await daemon.close();
  daemon = await openDaemon({ webhookSecrets: undefined });
  await saveSettings(daemon.configDir, { webhookSecrets: { [`stripe-cli@${new URL(NOWHERE).host}`]: SECRET } });
  expect((await deliver(event('foo.bar', {}))).status).toBe(200);
  writeFileSync(settingsPath(daemon.configDir), '{"webhookSecrets": {');
  expect((await deliver(event('foo.bar', {}))).status).toBe(200);
  for (let tries = 0; tries < 2; tries += 1) expect((await deliver(event('foo.bar', {}), { secret: 'whsec_new' })).status).toBe(503);
  writeFileSync(settingsPath(daemon.configDir), JSON.stringify({ webhookSecrets: { [`stripe-cli@${new URL(NOWHERE).host}`]: 'whsec_new' } }));
  expect((await deliver(event('foo.bar', {}), { secret: 'whsec_new' })).status).toBe(200);
});

test('nothing of the secrets gets into answers or the log', async () => {
  const answers = [await deliver(event('foo.bar', {})), await deliver(event('foo.bar', {}), { secret: 'whsec_other' }), await post('x')];
  const written = [...daemon.log, ...answers.map(({ text }) => text)].join('');
  expect(written).toContain('foo.bar');
  expect(written).not.toMatch(/whsec_|sk_test_/);
});

test('only POST is answered there', async () => {
  expect((await supertest(daemon.url).get('/webhook')).status).toBe(404);
});

test(`an event about ${CUSTOMER} that nobody here knows is stored`, async () => {
  expect((await deliver(event(UPDATED, subscription({ customer: 'cus_foreign' })))).status).toBe(200);
  expect((await allSubscriptions(daemon.cache)).map(({ email }) => email)).toEqual([null]);
});
