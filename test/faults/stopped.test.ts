/** R47: SIGTERM while events are under way. R48: two daemons on one file, and on one port. */
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as pauseFor } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import { freshCacheFile, type CacheFile } from '../support/caches.ts';
import { KEY, NOWHERE, SECRET, signed } from '../support/daemon.ts';
import { runDevchat, startDevchat, type Finished, type Running } from '../support/processes.ts';
import { event, subscription } from '../support/stripe-objects.ts';
import { waitFor } from '../support/wait-for.ts';
import { post } from './declined-customer.ts';
import type { DaemonProgram } from './programs/daemon.ts';
import { startProgram } from './programs.ts';
import { tried } from './tried.ts';

const IN_FLIGHT = 5;
const STOP_LIMIT_MILLISECONDS = 10_000;
const UPDATED = 'customer.subscription.updated';

const environmentOf = (file: CacheFile) => ({ STRIPE_SECRET_KEY: KEY, STRIPE_API_BASE: NOWHERE, CHALLENGE_ID: 'stopped', STRIPE_WEBHOOK_SECRET: SECRET, DEVCHAT_CACHE: file.path });

interface InFlight {
  daemon: Running;
  file: CacheFile;
  told: Stripe.Event[];
  /** What became of them. */
  answers: Promise<Array<number | null>>;
  /** Lets their writes go on. */
  release(): void;
}

/** A daemon with five webhooks in hand, which wait for the file, and a connection that is kept alive. */
async function fiveInFlight(start: (file: CacheFile) => Running): Promise<InFlight> {
  const file = freshCacheFile();
  await (await file.open()).close();
  const daemon = start(file);
  const url = (await daemon.printed(/listens on (\S+)/))[1] ?? '';
  const holder = new Database(file.path);
  holder.exec('BEGIN IMMEDIATE');
  const told = Array.from({ length: IN_FLIGHT }, () => event(UPDATED, subscription()));
  const sent = told.map((each) => sendOff(url, each));
  await Promise.all(sent.map(({ gone }) => gone));
  await keepAlive(url);
  return { daemon, file, told, answers: Promise.all(sent.map(({ status }) => status)), release: () => void holder.close() };
}

/** `gone` when all of it is on its way, `status` when the answer is there, or the connection has ended without one. */
function sendOff(url: string, told: Stripe.Event): { gone: Promise<unknown>; status: Promise<number | null> } {
  const body = JSON.stringify(told);
  const call = request(`${url}/webhook`, { method: 'POST', agent: new Agent(), headers: { 'content-type': 'application/json', 'stripe-signature': signed(body) } });
  const status = new Promise<number | null>((resolve) => {
    call.on('response', (response) => resolve(response.resume().statusCode ?? null)).on('error', () => resolve(null));
  });
  return { gone: once(call.end(body), 'finish'), status };
}

/** One answered request, and the connection stays open; the webhooks have been read before it. */
async function keepAlive(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) }).on('error', () => undefined);
  socket.write('GET /readyz HTTP/1.1\r\nhost: devchat\r\nconnection: keep-alive\r\n\r\n');
  await once(socket, 'data');
}

async function timedStop(daemon: Running): Promise<Finished & { took: number }> {
  const began = performance.now();
  return { ...(await daemon.stop()), took: performance.now() - began };
}

async function lostOf({ file, told, answers }: InFlight): Promise<string[]> {
  const statuses = await answers;
  const cache = await file.open();
  const found = await Promise.all(told.map(({ id }) => cache.event(id)));
  return told.filter((_, index) => statuses[index] === 200 && !found[index]).map(({ id }) => id);
}

const serve = (file: CacheFile): Running => startDevchat(['serve', '--port', '0'], { folder: file.folder, env: environmentOf(file) });

test.for([50, 500, 1_500])('R47: stopped with five webhooks in flight, which can go on after %d ms: they are answered, and it ends with 0', async (milliseconds) => {
  const inFlight = await fiveInFlight(serve);
  const stopped = timedStop(inFlight.daemon);
  await pauseFor(milliseconds);
  inFlight.release();
  expect(await inFlight.answers).toEqual([200, 200, 200, 200, 200]);
  const { code, took } = await stopped;
  expect(code).toBe(0);
  expect(took).toBeLessThan(STOP_LIMIT_MILLISECONDS);
  expect(await lostOf(inFlight)).toEqual([]);
  await inFlight.file.remove();
  tried('R47', { cases: 1, events: IN_FLIGHT, lost: 0 });
});

test('R47: stopped while the file stays locked: it ends with 0 within 10 s, and has acknowledged nothing', async () => {
  const inFlight = await fiveInFlight(serve);
  const { code, took } = await timedStop(inFlight.daemon);
  expect({ code, isInTime: took < STOP_LIMIT_MILLISECONDS }).toEqual({ code: 0, isInTime: true });
  expect((await inFlight.answers).filter((status) => status === 200)).toEqual([]);
  inFlight.release();
  await inFlight.file.remove();
  tried('R47', { cases: 1, events: IN_FLIGHT, lost: 0 });
});

test('R47: a second SIGTERM ends it at once', async () => {
  const inFlight = await fiveInFlight(serve);
  const began = performance.now();
  const first = inFlight.daemon.stop();
  await pauseFor(100);
  expect(await inFlight.daemon.stop()).toMatchObject({ code: null });
  expect(performance.now() - began).toBeLessThan(1_000);
  await first;
  inFlight.release();
  expect(await lostOf(inFlight)).toEqual([]);
  await inFlight.file.remove();
  tried('R47', { cases: 1, events: IN_FLIGHT, lost: 0 });
});

test('R47: a daemon that ends at once is caught: it leaves what is in flight without an answer', async () => {
  const inFlight = await fiveInFlight(({ path }) => startProgram<DaemonProgram>('daemon', { path, endsAtOnce: true }));
  const stopped = inFlight.daemon.stop();
  await pauseFor(50);
  inFlight.release();
  expect(await inFlight.answers).toContain(null);
  await stopped;
  await inFlight.file.remove();
  tried('R47', { wrong: 1 });
});

const EVENTS = 200;

/** Two daemons on one file, each of which is told every event at the same time: the events that have not exactly one attempt. */
async function toldToBoth(wrong?: DaemonProgram['wrong']): Promise<string[]> {
  const file = freshCacheFile();
  const daemons = [0, 1].map(() => startProgram<DaemonProgram>('daemon', { path: file.path, ...(wrong ? { wrong } : {}) }));
  const urls = await Promise.all(daemons.map(async (daemon) => (await daemon.printed(/listens on (\S+)/))[1] ?? ''));
  const events = Array.from({ length: EVENTS }, (_, index) => event(UPDATED, subscription({ id: `sub_${index % 10}` })));
  for (let from = 0; from < EVENTS; from += 20) {
    const statuses = await Promise.all(events.slice(from, from + 20).flatMap((each) => urls.map((url) => post(url, each))));
    expect(statuses).toEqual(statuses.map(() => 200));
  }
  await Promise.all(daemons.map((daemon) => daemon.stop()));
  const cache = await file.open();
  const attempts = await Promise.all(events.map(async ({ id }) => ({ id, many: (await cache.event(id))?.attempts.length ?? 0 })));
  await file.remove();
  return attempts.filter(({ many }) => many !== 1).map(({ id, many }) => `${id}: ${many} attempts`);
}

test('R48: two daemons on one file that hear every event: each is applied once', async () => {
  expect(await toldToBoth()).toEqual([]);
  tried('R48', { cases: 1, events: 2 * EVENTS, lost: 0 });
});

test('R48: daemons that remember by themselves what they have seen are caught', async () => {
  expect(await toldToBoth('remembers by itself what it has seen')).not.toEqual([]);
  tried('R48', { wrong: 1, events: 2 * EVENTS });
});

test('R48: a second daemon on the same port is refused with what to do, and the first one goes on', async () => {
  const file = freshCacheFile();
  await (await file.open()).close();
  const first = serve(file);
  const url = (await first.printed(/listens on (\S+)/))[1] ?? '';
  const { port } = new URL(url);
  const second = await runDevchat(['serve', '--port', port], { folder: file.folder, env: environmentOf(file) });
  expect(second.code).toBe(1);
  expect(second.stderr).toContain(`error port ${port} on 127.0.0.1 is taken\n      stop what listens there, or choose another with --port\n`);
  const told = event(UPDATED, subscription());
  expect(await post(url, told)).toBe(200);
  await waitFor('the event', async () => (await (await file.open()).event(told.id)) !== undefined);
  expect((await first.stop()).code).toBe(0);
  await file.remove();
  tried('R48', { cases: 1, events: 1, lost: 0 });
});
