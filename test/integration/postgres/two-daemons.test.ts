/** Two daemons, each a process of its own, on one PostgreSQL database, as behind one address. */
import { get } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type Stripe from 'stripe';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startSandbox, type RunningSandbox } from '../../../sandbox/main.ts';
import type { DaemonProgram } from '../../faults/programs/daemon.ts';
import type { Wrong } from '../../faults/wrong.ts';
import { failed, UPDATED } from '../../support/bookings.ts';
import { allSubscriptions } from '../../support/caches.ts';
import { CHALLENGE_ID, KEY, SECRET, signed } from '../../support/daemon.ts';
import { freshDatabase } from '../../support/databases.ts';
import { ROOT } from '../../support/folders.ts';
import { runDevchat, startDevchat, type Running } from '../../support/processes.ts';
import { chance } from '../../support/seeded.ts';
import { event, HOUR, START, subscription } from '../../support/stripe-objects.ts';
import { waitFor } from '../../support/wait-for.ts';

const WRONG_PROGRAM = join(ROOT, 'test', 'faults', 'programs', 'daemon.ts');
const TYPESCRIPT = pathToFileURL(join(ROOT, 'node_modules', 'tsx', 'dist', 'loader.mjs')).href;

interface Process {
  url: string;
  running: Running;
}

let sandbox: RunningSandbox;
let database: ReturnType<typeof freshDatabase>;
let daemons: Process[];
let env: Record<string, string>;

beforeEach(async () => {
  sandbox = await startSandbox({ port: 0 });
  database = freshDatabase();
  await database.make();
  env = { DEVCHAT_CACHE: database.path, STRIPE_API_BASE: sandbox.url, STRIPE_SECRET_KEY: KEY, STRIPE_WEBHOOK_SECRET: SECRET, CHALLENGE_ID, PORT: '0' };
  daemons = await Promise.all([1, 2].map(start));
});

afterEach(async () => {
  await Promise.allSettled(daemons.map(({ running }) => running.stop()));
  await database.remove();
  await sandbox.close();
});

async function start(): Promise<Process> {
  const running = startDevchat(['serve'], { folder: database.folder, env });
  const [url] = await running.printed(/http:\/\/127\.0\.0\.1:\d+/);
  return { url, running };
}

/** A daemon that is wrong in one way, from its source. */
async function startWrong(wrong: Wrong): Promise<Process> {
  const told: DaemonProgram = { path: database.path, wrong };
  const running = startDevchat([JSON.stringify(told)], { folder: database.folder, env: { NODE_OPTIONS: `--import=${TYPESCRIPT}` }, program: WRONG_PROGRAM });
  const [url] = await running.printed(/http:\/\/127\.0\.0\.1:\d+/);
  daemons.push({ url, running });
  return { url, running };
}

/** The status; 0 where nobody answered. */
async function post(url: string, told: Stripe.Event): Promise<number> {
  const body = JSON.stringify(told);
  return fetch(`${url}/webhook`, { method: 'POST', body, headers: { 'stripe-signature': signed(body) } }).then(({ status }) => status, () => 0);
}

const devchat = (...args: string[]) => runDevchat(args, { folder: database.folder, env });
const attempts = async (id: string) => (await (await database.open()).event(id))?.attempts.length;

test('the same event fifty times, half to each: all are acknowledged, and it is applied once', async () => {
  const told = event(UPDATED, subscription());
  const statuses = await Promise.all(Array.from({ length: 50 }, (_, index) => post(daemons[index % 2]!.url, told)));
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(await attempts(told.id)).toBe(1);
});

test('a short flow in any order, split between the two, ends in the same state', async () => {
  const { shuffled } = chance(7);
  for (let round = 0; round < 10; round += 1) {
    const ids = { id: `sub_${round}`, customer: `cus_${round}` };
    const flow = [
      event('customer.subscription.created', subscription({ ...ids, status: 'trialing' })),
      event(UPDATED, subscription({ ...ids, status: 'active' }), { created: START + HOUR, previous: { status: 'trialing' } }),
      event('customer.subscription.deleted', subscription({ ...ids, status: 'canceled', ended_at: START + 2 * HOUR }), { created: START + 2 * HOUR }),
    ];
    const statuses = await Promise.all(shuffled(flow).map((each, index) => post(daemons[index % 2]!.url, each)));
    expect(statuses).toEqual([200, 200, 200]);
  }
  const known = await allSubscriptions(await database.open());
  expect(known.map(({ subscription: { status } }) => status)).toEqual(Array.from({ length: 10 }, () => 'canceled'));
});

test('the dashboard at one hears what the other wrote', async () => {
  const [one, other] = daemons as [Process, Process];
  const signedUp = await fetch(`${one.url}/users`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ email: 'ada@example.com', password: 'correct horse' }) });
  const { id: customer } = (await signedUp.json()) as { id: string };
  const cookie = signedUp.headers.get('set-cookie') ?? '';
  let heard = '';
  const listening = get(`${one.url}/users/me/live`, { headers: { cookie } }, (response) => response.on('error', () => undefined).setEncoding('utf8').on('data', (text: string) => (heard += text)));
  await waitFor('the stream', () => heard.includes('"subscription":null'));
  expect(await post(other.url, event(UPDATED, subscription({ customer })))).toBe(200);
  await waitFor('the subscription on the stream', () => heard.includes('"status":"active"'));
  listening.destroy();
});

/** What the first had acknowledged when it was killed while it wrote, and the other afterwards; `lost` is what of it is missing. */
async function killedWhileWriting({ running, url }: Process, other: Process): Promise<{ acknowledged: string[]; lost: string[] }> {
  const acknowledged: string[] = [];
  const send = async (to: string, id: string) => (await post(to, event('foo.bar', {}, { id }))) === 200 && acknowledged.push(id);
  const sending = Array.from({ length: 300 }, (_, index) => send(url, `evt_killed_${index}`));
  await waitFor('the first to be acknowledged', () => acknowledged.length > 0, 10_000, 1);
  await running.kill();
  await Promise.all(sending);
  await Promise.all(Array.from({ length: 20 }, (_, index) => send(other.url, `evt_other_${index}`)));
  const kept = new Set((await (await database.open()).events({ limit: 1_000 })).map(({ id }) => id));
  return { acknowledged, lost: acknowledged.filter((id) => !kept.has(id)) };
}

test('one that is killed while it writes has lost nothing that it acknowledged; the other goes on', async () => {
  const [killed, other] = daemons as [Process, Process];
  const { acknowledged, lost } = await killedWhileWriting(killed, other);
  const isOthers = (id: string): boolean => id.startsWith('evt_other');
  expect(lost).toEqual([]);
  expect(acknowledged.filter((id) => !isOthers(id)).length, 'killed before the last').toBeLessThan(300);
  expect(acknowledged.filter(isOthers)).toHaveLength(20);
});

test('one that acknowledges before the commit is caught', async () => {
  const { lost } = await killedWhileWriting(await startWrong('answers before the commit'), daemons[0]!);
  expect(lost).not.toEqual([]);
});

test('the command line works on it, and shows no password', async () => {
  await post(daemons[0]!.url, event(UPDATED, subscription()));
  await post(daemons[1]!.url, failed({ created: START + HOUR }));
  const runs = [];
  for (const args of [['subscriptions', 'list'], ['events', 'list'], ['sessions', 'list'], ['cache', 'path'], ['config', 'list'], ['status']]) runs.push(await devchat(...args));
  const [subscriptions, events, , path, config, status] = runs.map(({ stdout }) => stdout);
  expect(subscriptions).toContain('sub_1');
  expect(events).toContain('invoice.payment_failed');
  for (const shown of [path, config, status]) expect(shown).toMatch(/postgres:\/\/devchat:\*\*\*@127\.0\.0\.1/);
  const { password } = new URL(database.path);
  for (const { running } of daemons) expect(running.output()).not.toContain(password);
  for (const { stdout, stderr } of runs) expect(`${stdout}${stderr}`).not.toContain(password);
});
