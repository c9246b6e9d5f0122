/** `devchat sandbox` as it is started, switched and looked at, and what it says to what it cannot use. */
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createServer as createWebServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { startSandboxAt } from '../../../cli/sandbox/start.ts';
import { asOrdinaryUser } from '../../support/ordinary-user.ts';
import { writeFiles } from '../../support/folders.ts';
import type { Running } from '../../support/processes.ts';
import { KEY, test, type Home } from './house.ts';

async function addressOf(running: Running): Promise<string> {
  const [, url = ''] = await running.printed(/sandbox listens on (http:\/\/127\.0\.0\.1:\d+)/);
  return url;
}
const start = (home: Home, ...flags: string[]): Running => home.start(['sandbox', '--port', '0', '--data', 'state', ...flags]);
const stateFile = (home: Home): string => join(home.folder, 'state', 'sandbox.sqlite');

describe('switches', () => {
  test('are flags, are told at the start, and are shown and set while it runs', async ({ home }) => {
    const running = start(home, '--dunning-end', 'unpaid', '--shuffle-events', '42');
    const env = { STRIPE_API_BASE: await addressOf(running) };
    await running.printed(/switched: dunning_end unpaid\n[^]*switched: shuffle_events 42\n/);
    const shown = await home.run(['sandbox', 'switches'], env);
    expect(shown.stdout).toMatch(/^dunning_end +unpaid +cancel, unpaid, leave$/m);
    const changed = await home.run(['sandbox', 'switches', 'dunning-end=leave', 'shuffle_events=', '--json'], env);
    expect(JSON.parse(changed.stdout)).toMatchObject({ schemaVersion: 1, switches: { dunning_end: 'leave', shuffle_events: 'off', billing_mode: 'flexible' } });
    await fetch(`${env.STRIPE_API_BASE}/_sandbox/faults`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"on": "POST /v1/prices", "answer": "cut", "times": 3}' });
    const { stdout } = await home.run(['sandbox', 'status'], env);
    expect(stdout).toMatch(/^switch +dunning_end leave$/m);
    expect(stdout).toMatch(/^fault +cut on POST \/v1\/prices, calls 1 to 3, 0 seen$/m);
  });

  test.for<[string, string]>([
    ['dunning_end=never', 'The switch dunning_end takes cancel, unpaid, leave.'],
    ['duning_end=unpaid', 'The sandbox has no switch duning_end. It has: dunning_end,'],
    ['dunning_end', 'It is name=value, such as dunning_end=unpaid'],
  ])('%s is refused, and the good one beside it is not set', async ([words, message], { home, env }) => {
    const { code, stdout, stderr } = await home.run(['sandbox', 'switches', 'billing_mode=classic', words], env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    const { stdout: shown } = await home.run(['sandbox', 'switches', '--json'], env);
    expect(JSON.parse(shown)).toMatchObject({ switches: { billing_mode: 'flexible' } });
  });

  test.for<[string[], string]>([
    [['--dunning-end', 'never'], "argument 'never' is invalid. It takes cancel, unpaid, leave"],
    [['--delivery-timeout', '0'], 'It takes a whole number of seconds from 1 to 120'],
    [['--shuffle', '1'], "unknown option '--shuffle'"],
  ])('%j: nothing is started', async ([flags, message], { home }) => {
    const { code, stdout, stderr } = await home.run(['sandbox', '--port', '0', '--data', 'state', ...flags]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(existsSync(join(home.folder, 'state'))).toBe(false);
  });
});

test('deliveries: what became of each event', async ({ home, env }) => {
  expect(await home.run(['sandbox', 'deliveries'], env)).toMatchObject({ code: 0, stdout: '', stderr: 'No event was delivered yet.\n' });
  const form = { method: 'POST', headers: { Authorization: `Bearer ${KEY}` } };
  await fetch(`${env.STRIPE_API_BASE}/v1/webhook_endpoints`, { ...form, body: new URLSearchParams({ url: 'http://127.0.0.1:9/', 'enabled_events[]': '*' }) });
  await fetch(`${env.STRIPE_API_BASE}/v1/customers`, form);
  await expect.poll(async () => (await home.run(['sandbox', 'deliveries'], env)).stdout, { timeout: 15_000 }).toMatch(/evt_\w+ +pending +\d+ +customer\.created +connect ECONNREFUSED 127\.0\.0\.1:9/);
  expect(JSON.parse((await home.run(['sandbox', 'deliveries', '--json', '--limit', '1'], env)).stdout)).toMatchObject({ schemaVersion: 1, deliveries: [{ type: 'customer.created' }] });
  expect(await home.run(['sandbox', 'deliveries', '--status', 'lost'], env)).toMatchObject({ code: 2 });
});

describe('a duration', () => {
  test.for<string[]>([['-3d'], ['0d'], ['3 days'], ['3', 'days'], ['99999d'], ['1.5d'], ['']])('%j does not move the time', async (words, { home, env }) => {
    const { code, stdout, stderr } = await home.run(['sandbox', 'advance', ...words], env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/such as 3d|1s or more, and ten years at the most|too many arguments|unknown option '-3d'/);
    expect(await (await fetch(`${env.STRIPE_API_BASE}/_sandbox`)).json()).toMatchObject({ offsetSeconds: 0 });
  });
});

describe('which sandbox is meant', () => {
  const holds = async (url: string): Promise<unknown> => ((await (await fetch(`${url}/_sandbox`)).json()) as { objects: object }).objects;
  const createCustomer = (url: string) => fetch(`${url}/v1/customers`, { method: 'POST', headers: { Authorization: `Bearer ${KEY}` } });

  test('the one at --port, and not the one set up', async ({ home, env, sandbox }) => {
    const other = await addressOf(start(home));
    const { port } = new URL(other);
    await Promise.all([createCustomer(sandbox.url), createCustomer(other)]);
    const settings = { ...env, STRIPE_SECRET_KEY: KEY };
    const reset = await home.run(['sandbox', 'reset', '--port', port], settings);
    expect(reset).toMatchObject({ code: 0, stdout: '', stderr: `The sandbox at ${other} is empty.\n` });
    expect(await holds(other)).not.toHaveProperty('customer');
    expect(await holds(sandbox.url)).toHaveProperty('customer', 1);
    expect((await home.run(['sandbox', 'status', '--port', port], settings)).stdout).toContain(other);
    expect((await home.run(['sandbox', 'switches', '--port', port, 'dunning_end=leave'], settings)).stdout).toMatch(/^NAME.*\ndunning_end +leave +cancel, unpaid, leave\n$/);
    expect(await home.run(['sandbox', 'deliveries', '--port', port], settings)).toMatchObject({ code: 0 });
    expect(JSON.parse((await home.run(['sandbox', 'advance', '3d', '--port', port, '--json'], settings)).stdout)).toMatchObject({ schemaVersion: 1, offsetSeconds: 259_200, switches: { dunning_end: 'leave' } });
    expect(JSON.parse((await home.run(['sandbox', 'status', '--json'], settings)).stdout)).toMatchObject({ offsetSeconds: 0, switches: {} });
  });

  test('a reset of devchat’s own sandbox tells of the cache and of what comes next', async ({ home, env }) => {
    expect((await home.run(['sandbox', 'reset'], env)).stderr).toContain('Next: devchat provision');
    const { stdout, stderr } = await home.run(['sandbox', 'reset', '--json'], env);
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, offsetSeconds: 0, events: 1 });
    expect(stderr).toBe('');
  });

  test.for(['reset', 'advance 1d', 'status', 'switches', 'deliveries'])('%s: what only the start takes is refused, before anything is done', async (words, { home, env, sandbox }) => {
    await createCustomer(sandbox.url);
    const { code, stderr } = await home.run(['sandbox', ...words.split(' '), '--data', 'state'], env);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("unknown option '--data'") as string });
    expect(await holds(sandbox.url)).toHaveProperty('customer', 1);
  });

  test('an address with a path is refused, saying so', async ({ home, sandbox }) => {
    const { code, stderr } = await home.run(['sandbox', 'status'], { STRIPE_API_BASE: `${sandbox.url}/v1` });
    expect(code).toBe(2);
    expect(stderr).toContain('STRIPE_API_BASE (from environment) has a path: it is the address alone, such as http://127.0.0.1:12111');
  });
});

describe('the folder of --data', () => {
  test('that nothing can be made in is named', async ({ home }) => {
    const { code, stderr } = await home.run(['sandbox', '--port', '0', '--data', '/proc/none/state']);
    expect(code).toBe(2);
    expect(stderr).toContain('the sandbox cannot keep its state in /proc/none/state: ENOENT');
  });

  test('is made with all that is above it; without the flag it is devchat’s own, as --help says', async ({ home }) => {
    await addressOf(home.start(['sandbox', '--port', '0', '--data', 'a/b/c']));
    expect(existsSync(join(home.folder, 'a/b/c/sandbox.sqlite'))).toBe(true);
    const own = join(home.folder, 'data', 'devchat', 'sandbox');
    await addressOf(home.start(['sandbox', '--port', '0']));
    expect(existsSync(join(own, 'sandbox.sqlite'))).toBe(true);
    expect((await home.run(['sandbox', '--help'])).stdout.replace(/\s+/g, ' ')).toContain('where it keeps its state; else ~/data/devchat/sandbox');
  });

  test('that is a file is named, and stays', async ({ home }) => {
    writeFiles(home.folder, { state: 'my notes' });
    const { code, stderr } = await home.run(['sandbox', '--port', '0', '--data', 'state']);
    expect(code).toBe(2);
    expect(stderr).toContain('the sandbox cannot keep its state in state: EEXIST');
    expect(stderr).toContain('name a folder that can be written with --data');
    expect(readFileSync(join(home.folder, 'state'), 'utf8')).toBe('my notes');
  });

  test('that cannot be written is named', async ({ home }) => {
    mkdirSync(join(home.folder, 'state'));
    const { code, stderr } = await asOrdinaryUser(join(home.folder, 'state'), 0o500, () => home.run(['sandbox', '--port', '0', '--data', 'state']));
    expect(code).toBe(2);
    expect(stderr).toContain('EACCES: permission denied');
    expect(readdirSync(join(home.folder, 'state'))).toEqual([]);
  });
});

describe('the state file', () => {
  test('that is broken is named and set aside, and the sandbox begins afresh', async ({ home }) => {
    writeFiles(home.folder, { 'state/sandbox.sqlite': 'no database', 'state/sandbox.sqlite-shm': 'nor this' });
    const running = start(home);
    const url = await addressOf(running);
    const [, aside = ''] = await running.printed(/its state file state\/sandbox\.sqlite was broken \(it is no SQLite database\)\. It is (state\/sandbox\.sqlite\.broken-\S+Z) now; the sandbox begins afresh\./);
    expect(readFileSync(join(home.folder, aside), 'utf8')).toBe('no database');
    expect(readFileSync(join(home.folder, `${aside}-shm`), 'utf8')).toBe('nor this');
    expect(await (await fetch(`${url}/_sandbox`)).json()).toMatchObject({ offsetSeconds: 0 });
  });

  test.for<[string, string, string]>([
    ['another program’s', 'CREATE TABLE theirs (x)', "it is another program's database"],
    ['a newer layout', 'CREATE TABLE objects (x); PRAGMA application_id = 1684239202; PRAGMA user_version = 9', 'it has layout 9, this version knows layout '],
  ])('%s is refused and left as it is', async ([, statements, reason], { home }) => {
    mkdirSync(join(home.folder, 'state'));
    const other = new Database(stateFile(home));
    other.exec(statements);
    other.close();
    const before = readFileSync(stateFile(home));
    const { code, stdout, stderr } = await home.run(['sandbox', '--port', '0', '--data', 'state']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.replace(/\s+/g, ' ')).toContain(`The sandbox's state file state/sandbox.sqlite cannot be used (${reason}`);
    expect(stderr.replace(/\s+/g, ' ')).toContain('It was left as it is: move it away');
    expect(readFileSync(stateFile(home)).equals(before)).toBe(true);
    expect(readdirSync(join(home.folder, 'state'))).toEqual(['sandbox.sqlite']);
  });

  test('that another sandbox holds is refused, and that one goes on', async ({ home }) => {
    const url = await addressOf(start(home));
    const { code, stderr } = await home.run(['sandbox', '--port', '0', '--data', 'state']);
    expect(code).toBe(1);
    expect(stderr).toContain('is in use by another sandbox');
    expect((await fetch(`${url}/_sandbox`)).status).toBe(200);
  });
});

test('a port that is taken is named, and nothing is written', async ({ home }) => {
  const holder = createServer();
  await once(holder.listen(0, '127.0.0.1'), 'listening');
  const { port } = holder.address() as AddressInfo;
  const { code, stderr } = await home.run(['sandbox', '--port', String(port), '--data', 'state']);
  holder.close();
  expect(code).toBe(1);
  expect(stderr).toContain(`port ${port} on 127.0.0.1 is taken`);
  expect(existsSync(join(home.folder, 'state'))).toBe(false);
});

test('a place that it may not listen at is no fault of the folder', async () => {
  const elsewhere = startSandboxAt({ port: 0, host: '192.0.2.1', dataFolder: 'state' });
  await expect(elsewhere).rejects.toMatchObject({ kind: 'usage', message: expect.stringContaining('the sandbox cannot listen on port 0: listen EADDRNOTAVAIL') as string });
});

test.for<[string, number, number, string]>([
  ['<html>', 200, 5, 'is no sandbox'],
  ['{"error": {"message": "no such moment"}}', 500, 1, 'the sandbox failed: no such moment'],
])('an answer of %s with %d ends with %d', async ([body, status, code, message], { home }) => {
  const other = createWebServer((_, response) => response.writeHead(status).end(body));
  await once(other.listen(0, '127.0.0.1'), 'listening');
  const env = { STRIPE_API_BASE: `http://127.0.0.1:${(other.address() as AddressInfo).port}` };
  for (const words of [['status'], ['reset']]) {
    const finished = await home.run(['sandbox', ...words], env);
    expect({ code: finished.code, stdout: finished.stdout }).toEqual({ code, stdout: '' });
    expect(finished.stderr).toContain(message);
  }
  other.close();
});

test('a live key is refused and never told', async ({ env }) => {
  const key = 'sk_live_51HvNeverToBeSeen0123';
  const response = await fetch(`${env.STRIPE_API_BASE}/v1/customers`, { headers: { Authorization: `Bearer ${key}` } });
  const text = await response.text();
  expect(response.status).toBe(401);
  expect(text).toContain('it takes test mode keys only');
  expect(text).not.toContain('NeverToBeSeen');
});

test('a key that is too short is told which are good', async ({ env }) => {
  const response = await fetch(`${env.STRIPE_API_BASE}/v1/customers`, { headers: { Authorization: 'Bearer sk_test_1' } });
  expect(response.status).toBe(401);
  expect(await response.text()).toContain('it takes any sk_test_… or rk_test_… key of 12 characters or more.');
});
