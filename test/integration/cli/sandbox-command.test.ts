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
  await expect.poll(async () => (await home.run(['sandbox', 'deliveries'], env)).stdout, { timeout: 15_000 }).toMatch(/customer\.created +pending +connect ECONNREFUSED 127\.0\.0\.1:9 +\d+ +evt_/);
  expect(JSON.parse((await home.run(['sandbox', 'deliveries', '--json', '--limit', '1'], env)).stdout)).toMatchObject({ schemaVersion: 1, deliveries: [{ type: 'customer.created' }] });
  expect(await home.run(['sandbox', 'deliveries', '--status', 'lost'], env)).toMatchObject({ code: 2 });
});

describe('a duration', () => {
  test.for<string[]>([['-3d'], ['0d'], ['3 days'], ['3', 'days'], ['99999d'], ['1.5d'], ['']])('%j does not move the time', async (words, { home, env }) => {
    const { code, stdout, stderr } = await home.run(['sandbox', 'advance', ...words], env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/such as 3d|1s or more, and ten years at the most|too many arguments/);
    expect(await (await fetch(`${env.STRIPE_API_BASE}/_sandbox`)).json()).toMatchObject({ offsetSeconds: 0 });
  });
});

describe('the folder of --data', () => {
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
