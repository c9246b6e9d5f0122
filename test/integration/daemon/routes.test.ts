/** What every route has in common: health, pages, errors that say what to do, and a clean stop. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type Stripe from 'stripe';
import supertest from 'supertest';
import { DEFAULT_RULES } from '../../../core/billing/policy.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { realClock } from '../../../core/clock.ts';
import { startDaemon, type Daemon } from '../../../daemon/main.ts';
import { createStripe } from '../../../core/stripe.ts';
import { CHALLENGE_ID, KEY, openDaemon, signed, type DaemonUnderTest } from '../../support/daemon.ts';
import { startLocalServer } from '../../support/local-server.ts';
import { overlaid } from '../../support/overlaid.ts';
import { event } from '../../support/stripe-objects.ts';
import { waitFor } from '../../support/wait-for.ts';

const BROWSER = 'text/html,*/*;q=0.8';

let daemon: DaemonUnderTest;

beforeEach(async () => {
  daemon = await openDaemon();
});

afterEach(() => daemon.close());

const get = (path: string, accept = 'application/json') => supertest(daemon.url).get(path).set('accept', accept);

describe('health', () => {
  test('alive and ready, without Stripe', async () => {
    expect((await get('/healthz')).body).toEqual({ status: 'alive' });
    expect((await get('/readyz')).body).toEqual({ status: 'ready' });
  });

  test('ready is asked of the cache, alive is not', async () => {
    await daemon.cache.close();
    expect((await get('/healthz')).status).toBe(200);
    expect((await get('/readyz')).status).toBeGreaterThanOrEqual(500);
  });
});

describe('errors', () => {
  test('a path that is not there: 404, as JSON and as a page', async () => {
    expect(await get('/nothing')).toMatchObject({ status: 404, body: { error: { code: 'not_found', message: 'there is nothing at GET /nothing' } } });
    const page = await get('/nothing', BROWSER);
    expect(page).toMatchObject({ status: 404, type: 'text/html' });
    expect(page.text).toContain('There is nothing at GET /nothing.');
  });

  test('what a caller sent is never markup on the page', async () => {
    const { text } = await get('/%3Cscript%3Ealert(1)%3C/script%3E"\'', BROWSER);
    expect(text).toContain('GET /');
    expect(text).not.toContain('<script');
  });

  test.each(['/assets/none.js', '/assets/../app.ts', '/%E0%A4%A', '/assets/%00'])('%s is the caller’s mistake, not ours', async (path) => {
    const { status } = await get(path);
    expect([400, 403, 404]).toContain(status);
    expect(daemon.log.join('')).not.toContain('request failed');
  });

  test.each<[string, string, string, number]>([
    ['no JSON', 'application/json', '{"email":', 400],
    ['too long', 'application/json', JSON.stringify({ email: 'x'.repeat(20_000) }), 413],
    ['in an unknown alphabet', 'application/json; charset=klingon', '{}', 415],
    ['a form with too many fields', 'application/x-www-form-urlencoded', Array.from({ length: 2000 }, (_, index) => `a${index}=`).join('&'), 413],
  ])('a body that is %s', async (_what, type, body, status) => {
    const answer = await supertest(daemon.url).post('/users').set('origin', daemon.url).set('content-type', type).send(body);
    expect(answer.status).toBe(status);
    expect((answer.body as { error: unknown }).error).toMatchObject({ message: expect.any(String) as string });
    expect(daemon.log.join('')).not.toContain('request failed');
  });

  test('a body that is packed strangely', async () => {
    const answer = await supertest(daemon.url).post('/users').set('content-type', 'application/json').set('content-encoding', 'zip').send('{}');
    expect(answer.status).toBe(415);
  });

  test('our own failure: 500 without a word of it, and all of it in the log', async () => {
    await daemon.close();
    daemon = await openDaemon({ through: (cache) => overlaid(cache, () => ({ userByLogin: () => Promise.reject(new TypeError('nothing where something was')) })) });
    const answer = await get('/users/me').set('cookie', 'devchat_login=x');
    expect(answer).toMatchObject({ status: 500, body: { error: { code: 'failed', message: 'something went wrong here; it has been logged' } } });
    expect(daemon.log.join('')).toContain('nothing where something was');
  });
});

test('pages and answers come with the headers that keep a browser safe', async () => {
  const { headers } = await get('/nothing', BROWSER);
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'SAMEORIGIN',
    'content-security-policy': expect.stringContaining("default-src 'self'") as string,
  });
  expect(headers).not.toHaveProperty('x-powered-by');
  expect(headers).not.toHaveProperty('strict-transport-security');
});

describe('starting', () => {
  test('on a taken port: says so, and how to choose another', async () => {
    const { hostname, port } = new URL(daemon.url);
    await expect(openDaemon({ port: Number(port) })).rejects.toMatchObject({ kind: 'conflict', message: `port ${port} on ${hostname} is taken`, hint: expect.stringContaining('--port') as string });
  });

  test('with a cache that cannot be read: nothing stays behind to listen', async () => {
    const { port } = new URL(daemon.url);
    await daemon.close();
    daemon = await openDaemon();
    daemon.cache.questions = () => Promise.reject(new Error('it cannot be read'));
    const starting = startOver(daemon, createStripe({ stripeSecretKey: KEY }, { live: false }), Number(port));
    await expect(starting).rejects.toThrow('it cannot be read');
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
  });

  test('on an address that is not this machine’s', async () => {
    await expect(openDaemon({ host: '192.0.2.1' })).rejects.toMatchObject({ kind: 'usage' });
  });
});

describe('stopping', () => {
  test('answers what it has begun, lets idle connections go, and takes no more', async () => {
    const { hostname, port } = new URL(daemon.url);
    const idle = connect(Number(port), hostname);
    await once(idle, 'connect');
    const body = JSON.stringify(event('foo.bar', {}, { id: 'evt_in_flight' }));
    const inFlight = supertest(daemon.url).post('/webhook').set('content-type', 'application/json').set('stripe-signature', signed(body)).send(body);
    const answered = inFlight.then(({ status }) => status);
    await waitFor('the event', async () => daemon.cache.event('evt_in_flight'));
    const began = performance.now();
    const idleClosed = once(idle, 'close');
    await daemon.close();
    await idleClosed;
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(await answered).toBe(200);
    await expect(fetch(`${daemon.url}/healthz`)).rejects.toThrow();
    daemon = await openDaemon();
  });
});

describe('what events alone cannot tell', () => {
  test('is asked of Stripe after the answer, and again at the next start while Stripe is down', async () => {
    const told = event('invoice.payment_failed', { id: 'in_1', object: 'invoice', customer: 'cus_1', subscription: 'sub_1' }, { api_version: '2020-03-02' });
    const body = JSON.stringify(told);
    const answer = await supertest(daemon.url).post('/webhook').set('content-type', 'application/json').set('stripe-signature', signed(body)).send(body);
    expect(answer.status).toBe(200);
    await waitFor('the vain question', () => daemon.log.some((line) => line.includes('Stripe could not be asked')));
    expect(await daemon.cache.questions()).toEqual(['sub_1']);

    const missing = await startLocalServer((_request, response) => response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"type":"invalid_request_error","code":"resource_missing","message":"No such subscription"}}'));
    const settings = { stripeSecretKey: KEY, stripeApiBase: missing.url };
    const next = await startOver(daemon, createStripe(settings, { live: false }), 0);
    await waitFor('the question to be dropped, since Stripe does not know it', async () => (await daemon.cache.questions()).length === 0);
    await next.close();
    await missing.close();
  });
});

/** Another daemon over the same cache. */
function startOver({ cache, configDir, file }: DaemonUnderTest, stripe: Stripe, port: number): Promise<Daemon> {
  const config = { challengeId: CHALLENGE_ID, host: '127.0.0.1', port, cache: '', configDir, dataDir: file.folder, ...DEFAULT_RULES };
  return startDaemon({ config, stripe, cache, clock: realClock, log: { plain: true, write: () => {} } });
}
