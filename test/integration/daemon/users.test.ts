/** Signing up, in and out, over real HTTP and with a sandbox for Stripe. */
import supertest from 'supertest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CHALLENGE_ID, openDaemon, openStripe, type DaemonUnderTest, type StripeUnderTest } from '../../support/daemon.ts';
import { tell } from '../../support/caches.ts';
import { startLocalServer } from '../../support/local-server.ts';
import { event, subscription } from '../../support/stripe-objects.ts';

const PASSWORD = 'correct horse battery staple';

let stripe: StripeUnderTest;
let daemon: DaemonUnderTest;
let email: string;
let people = 0;

beforeAll(async () => {
  stripe = await openStripe();
});

afterAll(() => stripe.close());

beforeEach(async () => {
  daemon = await openDaemon({ stripeApiBase: stripe.url });
  people += 1;
  email = `person-${people}@example.com`;
});

afterEach(async () => {
  stripe.network = 'fine';
  await daemon.close();
});

const signUp = (fields: object = { email, password: PASSWORD }) => supertest(daemon.url).post('/users').send(fields);
const signIn = (password = PASSWORD, address = email) => supertest(daemon.url).post('/login').send({ email: address, password });
const cookieOf = (answer: supertest.Response) => (answer.headers['set-cookie'] as unknown as string[] | undefined)?.[0] ?? '';
const me = (cookie: string) => supertest(daemon.url).get('/users/me').set('cookie', cookie);
const customersOf = async (address: string) => (await stripe.stripe.customers.list({ email: address, limit: 100 })).data;

describe('signing up', () => {
  test('makes the customer, with the challenge id, and signs in', async () => {
    const answer = await signUp({ email: ` ${email.toUpperCase()} `, password: PASSWORD });
    const [customer] = await customersOf(email);
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({ id: customer?.id, email });
    expect(customer?.metadata.challenge_id).toBe(CHALLENGE_ID);
    const seen = await me(cookieOf(answer));
    expect(seen).toMatchObject({
      status: 200,
      body: { user: { id: customer?.id, email, subscription: null, standing: { verdict: 'off', reason: 'no subscription' }, nextSession: null } },
    });
    expect(seen.headers['cache-control']).toBe('no-store');
  });

  test('by a form is the same', async () => {
    const answer = await supertest(daemon.url).post('/users').type('form').set('origin', daemon.url).send({ email, password: PASSWORD });
    expect(answer.status).toBe(201);
  });

  test('with an e-mail that is taken: 409', async () => {
    await signUp();
    const answer = await signUp({ email: email.toUpperCase(), password: 'another password' });
    expect(answer.status).toBe(409);
    expect(answer.body).toEqual({ error: { code: 'conflict', message: `${email} has signed up already`, hint: 'sign in, or use another e-mail address' } });
    expect(cookieOf(answer)).toBe('');
    expect((await signIn()).status).toBe(200);
  });

  test.each<[object | string, Record<string, string>]>([
    [{}, { email: 'is missing', password: 'is missing' }],
    [{ email: 'ada', password: 'short' }, { email: 'is not an e-mail address', password: 'needs 8 characters or more' }],
    [{ email: `${'a'.repeat(250)}@example.com`, password: 'x'.repeat(1025) }, { email: 'is too long', password: 'is too long' }],
    [{ email: ['a@example.com'], password: { length: 9 } }, { email: 'is missing', password: 'is missing' }],
    [[], { form: 'Invalid input: expected object, received array' }],
  ])('with %j: 422 naming each field', async (form, fields) => {
    const answer = await signUp(form as object);
    expect(answer.status).toBe(422);
    expect((answer.body as { error: unknown }).error).toMatchObject({ code: 'unprocessable', fields });
  });

  test('in twenty requests at once makes one customer', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => signUp()));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
    expect(await customersOf(email)).toHaveLength(1);
  });

  test('at once with different passwords: one gets the account, and no other password opens it', async () => {
    const passwords = ['the first password', 'the second password', 'the third password'];
    const signedUp = await Promise.all(passwords.map((password) => signUp({ email, password })));
    expect(signedUp.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
    const signedIn = await Promise.all(passwords.map((password) => signIn(password)));
    expect(signedIn.map(({ status }) => status === 200)).toEqual(signedUp.map(({ status }) => status === 201));
  });

  test('again and again: 429 with what to do, for everybody from there', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => signUp({})));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([422]));
    expect(await signUp()).toMatchObject({ status: 429, body: { error: { code: 'too_many_tries', message: 'too many sign-ups', hint: 'try again in an hour' } } });
    expect((await signUp().set('x-forwarded-for', '203.0.113.9')).status).toBe(201);
  });

  test('while Stripe is down: 503, and later it works', async () => {
    stripe.network = 'down';
    const answer = await signUp();
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ error: { code: 'unreachable', hint: expect.any(String) as string } });
    expect(cookieOf(answer)).toBe('');
    expect((await signIn()).status).toBe(401);
    stripe.network = 'fine';
    expect((await signUp()).status).toBe(201);
  });

  test("again after Stripe's answer was lost finds the customer that was made", async () => {
    stripe.network = 'lost answers';
    expect((await signUp()).status).toBe(503);
    stripe.network = 'fine';
    const answer = await signUp();
    expect(answer.status).toBe(201);
    expect((await customersOf(email)).map(({ id }) => id)).toEqual([(answer.body as { id: string }).id]);
  });
});

describe('signing up again after Stripe answered', () => {
  /** The ids under which Stripe was asked for a customer, in two sign-ups. */
  async function askedIds(status: number): Promise<string[]> {
    const answer = JSON.stringify({ error: { type: 'api_error', message: 'no' } });
    const refusing = await startLocalServer((_request, response) => response.writeHead(status, { 'content-type': 'application/json', 'stripe-should-retry': 'false' }).end(answer));
    await daemon.close();
    daemon = await openDaemon({ stripeApiBase: refusing.url });
    for (let tries = 0; tries < 2; tries += 1) await signUp();
    await refusing.close();
    return [...new Set(refusing.requests.filter(({ method }) => method === 'POST').map(({ headers }) => String(headers['idempotency-key'])))];
  }

  test('that our key is refused: nobody outside learns more than that payments are not available', async () => {
    const refusal = JSON.stringify({ error: { type: 'invalid_request_error', message: 'Invalid API Key provided: sk_test_****1234' } });
    const refusing = await startLocalServer((_request, response) => response.writeHead(401, { 'content-type': 'application/json' }).end(refusal));
    await daemon.close();
    daemon = await openDaemon({ stripeApiBase: refusing.url });
    const answer = await signUp();
    expect(answer.status).toBe(503);
    expect(answer.body).toEqual({ error: { code: 'unavailable', message: 'payments are not available at the moment', hint: 'try again later' } });
    expect(daemon.log.join('')).toContain('Invalid API Key provided');
    await refusing.close();
  });

  test.each([409, 429, 500, 503])('%i: the customer may be there, and is asked for under the same id', async (status) => {
    expect(await askedIds(status)).toHaveLength(1);
  });

  test.each([400, 401, 402, 403, 404])('%i: nothing was made, and it is asked for anew', async (status) => {
    expect(await askedIds(status)).toHaveLength(2);
  });
});

describe('signing in', () => {
  test('with the right password', async () => {
    const { id } = (await signUp()).body as { id: string };
    const answer = await signIn(PASSWORD, email.toUpperCase());
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ id, email });
    expect((await me(cookieOf(answer))).status).toBe(200);
  });

  test('with a wrong password or an unknown e-mail gets the same answer', async () => {
    await signUp();
    const wrong = await signIn('wrong password');
    const unknown = await signIn(PASSWORD, 'nobody@example.com');
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(unknown.text).toBe(wrong.text);
    expect(wrong.body).toEqual({ error: { code: 'wrong_password', message: 'e-mail or password is wrong' } });
    expect([cookieOf(wrong), cookieOf(unknown)]).toEqual(['', '']);
  });

  test('wrongly again and again: 429 with what to do, for everybody from there; successes and empty forms do not count', async () => {
    await signUp();
    for (let tries = 0; tries < 3; tries += 1) expect((await signIn()).status).toBe(200);
    for (let tries = 0; tries < 10; tries += 1) expect((await supertest(daemon.url).post('/login').send({})).status).toBe(422);
    const answers = await Promise.all(Array.from({ length: 10 }, () => signIn('wrong password')));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 401));
    const refused = await signIn();
    expect(refused.status).toBe(429);
    expect(refused.body).toEqual({ error: { code: 'too_many_tries', message: 'too many wrong passwords', hint: 'try again in a quarter of an hour' } });
  });

  test('wrongly, behind a proxy on this machine, is counted for each visitor', async () => {
    await signUp();
    const from = (visitor: string, password: string) => signIn(password).set('x-forwarded-for', visitor);
    for (let tries = 0; tries < 11; tries += 1) await from('203.0.113.7', 'wrong password');
    expect((await from('203.0.113.7', PASSWORD)).status).toBe(429);
    expect((await from('203.0.113.8', PASSWORD)).status).toBe(200);
  });
});

describe('the cookie', () => {
  test('is out of reach for scripts and other sites', async () => {
    const cookie = cookieOf(await signUp());
    expect(cookie).toMatch(/^devchat_login=[\w-]{43}; Max-Age=2592000; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
  });

  test('travels over https alone where the daemon is reached by it', async () => {
    await daemon.close();
    daemon = await openDaemon({ stripeApiBase: stripe.url, baseUrl: 'https://dev.example.com' });
    expect(cookieOf(await signUp())).toContain('; Secure');
  });

  test('is not what the cache knows', async () => {
    const token = /devchat_login=([\w-]+)/.exec(cookieOf(await signUp()))?.[1] ?? '';
    expect(await daemon.cache.userByLogin(token, 0)).toBeUndefined();
  });

  test('is worth nothing after signing out', async () => {
    const cookie = cookieOf(await signUp());
    const answer = await supertest(daemon.url).post('/logout').set('cookie', cookie);
    expect(answer.status).toBe(204);
    expect(cookieOf(answer)).toMatch(/^devchat_login=; /);
    expect((await me(cookie)).status).toBe(401);
  });

  test.each(['', 'devchat_login=', 'devchat_login=forged', 'other=1; devchat_login=%00'])('%j: nobody is signed in', async (cookie) => {
    const answer = await me(cookie);
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({ error: { code: 'not_signed_in', message: 'nobody is signed in', hint: 'sign in at /login' } });
  });

  test('signing out without being signed in is no mistake', async () => {
    expect((await supertest(daemon.url).post('/logout')).status).toBe(204);
  });
});

describe('what a user sees', () => {
  test('their own subscription, from the cache, even while Stripe is down', async () => {
    const answer = await signUp();
    const { id } = answer.body as { id: string };
    await tell(daemon.cache, event('customer.subscription.updated', subscription({ customer: id, status: 'past_due' })));
    stripe.network = 'down';
    expect((await me(cookieOf(answer))).body).toMatchObject({ user: { id, subscription: { status: 'past_due', email }, standing: { verdict: 'hold' } } });
  });

  test("never another's, and by ?user_id= the same 404 for a foreign and for an unknown id", async () => {
    const [mine, foreign] = [await signUp(), await signUp({ email: `other-${email}`, password: PASSWORD })];
    const ask = (query: string) => me(cookieOf(mine)).query(query);
    const answers = [await ask(`user_id=${(foreign.body as { id: string }).id}`), await ask('user_id=cus_unknown'), await ask(`user_id=${(mine.body as { id: string }).id}&user_id=cus_unknown`)];
    for (const answer of answers) {
      expect(answer.status).toBe(404);
      expect(answer.body).toEqual({ error: { code: 'not_found', message: 'there is no such user' } });
    }
    expect((await ask(`user_id=${(mine.body as { id: string }).id}`)).status).toBe(200);
  });

  test.each(['cs_bogus', 'x', '', 'cs_1&session_id=cs_2', '../../customers'])('a Checkout Session that is not theirs (%s) is passed over', async (id) => {
    const answer = await me(cookieOf(await signUp())).query(`session_id=${id}`);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ user: { subscription: null } });
  });
});

test('passwords and tokens never get into the log', async () => {
  const cookie = cookieOf(await signUp());
  stripe.network = 'down';
  await signUp({ email: `other-${email}`, password: PASSWORD });
  const written = daemon.log.join('');
  expect(written).toContain('request failed');
  expect(written).not.toContain(PASSWORD);
  expect(written).not.toContain(/=([\w-]+)/.exec(cookie)?.[1]);
  expect(written).not.toMatch(/sk_test_/);
});
