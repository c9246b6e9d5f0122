/** How each end is told to the shell, and to people: docs/exit-codes.md. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { openCache } from '../../../core/cache/open-cache.ts';
import { writeFiles } from '../../support/folders.ts';
import { CHALLENGE_ID, KEY, standInForStripe, test } from './house.ts';

/** Nothing listens on port 9 (discard). */
const NOBODY = 'http://127.0.0.1:9';

const NEED_A_KEY = ['status', 'provision', 'serve --port 0', 'listen'];

describe('0', () => {
  test.for(['subscriptions list', 'events list'])('%s: an empty list, with no data on standard output', async (words, { home }) => {
    expect(await home.run(words.split(' '))).toMatchObject({ code: 0, stdout: '', stderr: expect.stringMatching(/^No \w+ is \w+ yet\.\n$/) as string });
  });
});

describe('1: the one thing named does not exist', () => {
  test('sandbox deliveries --event', async ({ home, env }) => {
    expect(await home.run(['sandbox', 'deliveries', '--event', 'evt_nope'], env)).toMatchObject({ code: 1, stdout: '', stderr: "error the sandbox refused: No such event: 'evt_nope'\n" });
  });

  test.for(['subscriptions show sub_1', 'subscriptions show nobody@example.com', 'events show evt_1', 'events replay evt_1'])('%s', async (words, { home }) => {
    const { code, stdout, stderr } = await home.run(words.split(' '));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^error no .* is (cached|journaled)\n {6}devchat \w+ list shows \w+/);
  });
});

describe('3: not configured', () => {
  test.for(NEED_A_KEY)('%s without a key', async (words, { home }) => {
    const { code, stdout, stderr } = await home.run(words.split(' '));
    expect(code).toBe(3);
    expect(stdout + stderr).toContain('no Stripe key is set');
    expect(stderr).toContain('run devchat up for the local sandbox, or devchat init, or set STRIPE_SECRET_KEY');
  });

  test.for(['provision --diff', 'serve --port 0'])('%s without a challenge id', async (words, { home, sandbox }) => {
    const { code, stderr } = await home.run(words.split(' '), { STRIPE_SECRET_KEY: KEY, STRIPE_API_BASE: sandbox.url });
    expect({ code, stderr }).toEqual({ code: 3, stderr: 'error no challenge id is set\n      set CHALLENGE_ID, or run devchat init\n' });
  });
});

describe('4: the key', () => {
  test.for(['sk_test_', 'pk_test_abcdefghijkl', 'nonsense'])('malformed: %s', async (key, { home }) => {
    const { code, stderr } = await home.run(['provision', '--diff'], { STRIPE_SECRET_KEY: key, CHALLENGE_ID });
    expect(code).toBe(4);
    expect(stderr).toContain('STRIPE_SECRET_KEY (from environment) is not a Stripe secret key');
  });

  test.for([...NEED_A_KEY, 'init --challenge-id x', 'up --port 0'])('live without --live: %s asks nobody', async (words, { home }) => {
    const stripe = await standInForStripe((_, response) => response.end('{}'));
    const { code, stdout, stderr } = await home.run(words.split(' '), { STRIPE_SECRET_KEY: 'sk_live_abcdefghijkl', CHALLENGE_ID, STRIPE_API_BASE: stripe.url, DEVCHAT_BASE_URL: 'https://pair.example.com' });
    await stripe.close();
    expect({ code, requests: stripe.requests }).toEqual({ code: 4, requests: [] });
    expect(stdout + stderr).toContain('the Stripe key is a live key, and live mode was not asked for');
  });

  test('a cache of live mode refuses a test key before Stripe is asked, and provisioning makes no cache', async ({ home }) => {
    const stripe = await standInForStripe((_, response) => response.end('{"object": "list", "data": []}'));
    const provision = () => home.run(['provision', '--diff'], { STRIPE_SECRET_KEY: KEY, CHALLENGE_ID, STRIPE_API_BASE: stripe.url });
    expect((await provision()).code).toBe(0);
    expect(existsSync(home.cacheFile)).toBe(false);
    stripe.requests.length = 0;
    await (await openCache(home.cacheFile, { livemode: true })).close();
    const { code, stderr } = await provision();
    await stripe.close();
    expect({ code, requests: stripe.requests }).toEqual({ code: 4, requests: [] });
    expect(stderr).toContain('belongs to live mode, and the key is a test key');
  });

  test('live with --live is not sent to another address than Stripe’s', async ({ home }) => {
    const stripe = await standInForStripe((_, response) => response.end('{}'));
    const { code, stderr } = await home.run(['provision', '--live', '--yes'], { STRIPE_SECRET_KEY: 'sk_live_abcdefghijkl', CHALLENGE_ID, STRIPE_API_BASE: stripe.url });
    await stripe.close();
    expect({ code, requests: stripe.requests }).toEqual({ code: 4, requests: [] });
    expect(stderr).toContain(`a live key is not sent to ${stripe.url}`);
  });

  test.for(['status', 'provision --diff', 'init --base-url http://127.0.0.1:4242'])('refused by Stripe: %s', async (words, { home, env }) => {
    const { code, stdout, stderr } = await home.run(words.split(' '), { ...env, STRIPE_SECRET_KEY: 'sk_test_x' });
    expect(code).toBe(4);
    expect(stdout + stderr).toContain('Stripe: Invalid API Key provided');
    expect(stderr).toContain('check STRIPE_SECRET_KEY, or run devchat init');
  });
});

describe('5: unreachable', () => {
  test.for(['status', 'provision --diff', 'up --port 0'])('nobody at the API: %s ends within seconds', async (words, { home }) => {
    const started = Date.now();
    const { code, stderr } = await home.run(words.split(' '), { STRIPE_API_BASE: NOBODY, STRIPE_SECRET_KEY: KEY, CHALLENGE_ID });
    expect(code).toBe(5);
    expect(stderr).toContain('check the network and STRIPE_API_BASE');
    expect(Date.now() - started).toBeLessThan(15_000);
  });

  test('nobody at the sandbox', async ({ home }) => {
    expect(await home.run(['sandbox', 'reset', '--port', '9'])).toMatchObject({ code: 5, stderr: 'error no sandbox answers at http://127.0.0.1:9\n      start one with devchat up or devchat sandbox, or name the port of another with --port\n' });
    expect(await home.run(['sandbox', 'status'], { STRIPE_API_BASE: NOBODY, STRIPE_SECRET_KEY: KEY })).toMatchObject({ code: 5, stderr: expect.stringContaining('no sandbox answers') as string });
  });

  test('somebody else at the sandbox’s address', async ({ home }) => {
    const other = await standInForStripe((_, response) => response.end('hello'));
    const { code, stderr } = await home.run(['sandbox', 'reset'], { STRIPE_API_BASE: other.url });
    await other.close();
    expect({ code, stderr }).toMatchObject({ code: 5, stderr: expect.stringContaining(`what answers at ${other.url} is no sandbox`) as string });
  });

  test('a cache that another process writes to for too long', async ({ home }) => {
    await home.withCache((cache) => cache.check());
    const holder = new Database(home.cacheFile);
    holder.exec('BEGIN EXCLUSIVE');
    const { code, stderr } = await home.run(['sessions', 'cancel', 'ses_1', '--json']).finally(() => holder.close());
    expect(code).toBe(5);
    expect((JSON.parse(stderr) as { error: unknown }).error).toMatchObject({ code: 'unreachable', message: expect.stringContaining('is locked') as string });
  });

  test('a file that is no cache stays as it is', async ({ home }) => {
    const notes = 'Notes of the last session. '.repeat(10);
    writeFiles(home.folder, { 'notes.txt': notes });
    const { code, stderr } = await home.run(['subscriptions', 'list', '--cache', 'notes.txt']);
    expect(code).toBe(5);
    expect(stderr).toContain('notes.txt is damaged');
    expect(readFileSync(join(home.folder, 'notes.txt'), 'utf8')).toBe(notes);
  });
});

describe('--detailed-exitcode: every error is 1', () => {
  test.for<[string, Record<string, string>]>([
    ['provision --diff --detailed-exitcode', {}],
    ['provision --diff --detailed-exitcode', { STRIPE_SECRET_KEY: KEY }],
    ['provision --diff --detailed-exitcode', { STRIPE_SECRET_KEY: 'nonsense', CHALLENGE_ID }],
    ['provision --diff --detailed-exitcode', { STRIPE_SECRET_KEY: KEY, CHALLENGE_ID, STRIPE_API_BASE: NOBODY }],
    ['provision --diff --detailed-exitcode', { PORT: 'x' }],
    ['provision --detailed-exitcode --wat', {}],
    ['provision everything --detailed-exitcode', {}],
  ])('%s %j', async ([words, env], { home }) => {
    expect(await home.run(words.split(' '), env)).toMatchObject({ code: 1, stdout: '' });
  });

  test('0 and 2 are left for sameness and difference', async ({ home, env }) => {
    const pending = await home.run(['provision', '--diff', '--detailed-exitcode'], env);
    const made = await home.run(['provision', '--detailed-exitcode'], env);
    const same = await home.run(['provision', '--diff', '--detailed-exitcode'], env);
    expect([pending.code, made.code, same.code]).toEqual([2, 2, 0]);
  });
});
