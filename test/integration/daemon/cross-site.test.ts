/** Posts that another site's page makes in a visitor's name are refused before anything happens. */
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDaemon, type DaemonUnderTest } from '../../support/daemon.ts';

let daemon: DaemonUnderTest;

beforeAll(async () => {
  daemon = await openDaemon();
});

afterAll(() => daemon.close());

const JSON_BODY = 'application/json';
const FORM = 'application/x-www-form-urlencoded';
const OWN = 'own';

type Headers = Record<string, string>;

/** The status of the answer; in the headers OWN stands for our origin and PORT for our port. */
async function post(path: string, headers: Headers): Promise<number> {
  const { origin, port } = new URL(daemon.url);
  const call = supertest(daemon.url).post(path);
  for (const [name, value] of Object.entries(headers)) call.set(name, value === OWN ? origin : value.replace('PORT', port));
  return (await (headers['content-type'] === FORM ? call.send('a=b') : call)).status;
}

const REFUSED = 403;
const ROUTES = ['/users', '/login', '/logout', '/users/portal', '/offerings/paircode'];

describe.each(ROUTES)('%s', (route) => {
  test.each<[string, Headers]>([
    ['another site, as the browser says', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['another site that claims our origin', { 'sec-fetch-site': 'cross-site', origin: OWN }],
    ['a sister site', { 'sec-fetch-site': 'same-site', origin: 'https://sister.example' }],
    ['another origin, from an old browser', { origin: 'https://evil.example', 'content-type': FORM }],
    ['another port', { origin: 'http://127.0.0.1:1' }],
    ['a page without an origin of its own', { origin: 'null' }],
    ['something that is no origin', { origin: 'evil' }],
    ['a form without an origin', { 'content-type': FORM }],
    ['a form with files without an origin', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['a text without an origin', { 'content-type': 'text/plain' }],
  ])('%s is refused', async (_who, headers) => {
    expect(await post(route, headers)).toBe(REFUSED);
  });

  test.each<[string, Headers]>([
    ['our own page', { 'sec-fetch-site': 'same-origin', origin: OWN, 'content-type': FORM }],
    ['our own page in an old browser', { origin: OWN, 'content-type': FORM }],
    ['our own page under another of our names', { origin: 'http://localhost:PORT', host: 'localhost:PORT' }],
    ['a visitor who typed the address', { 'sec-fetch-site': 'none' }],
    ['a program that sends JSON', { 'content-type': JSON_BODY }],
    ['a program that sends nothing', {}],
  ])('%s is let in', async (_who, headers) => {
    expect(await post(route, headers)).not.toBe(REFUSED);
  });
});

test('reading is open to links from anywhere', async () => {
  const { status } = await supertest(daemon.url).get('/healthz').set('sec-fetch-site', 'cross-site').set('origin', 'https://evil.example');
  expect(status).toBe(200);
});

test('what is refused is said in words', async () => {
  const { body } = (await supertest(daemon.url).post('/users').set('sec-fetch-site', 'cross-site')) as { body: unknown };
  expect(body).toEqual({ error: { code: 'cross_site', message: 'this request came from another site' } });
});
