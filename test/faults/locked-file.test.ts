/** R25 and R26: other processes at the same cache file. */
import { setTimeout as pauseFor } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { freshCacheFile, type CacheFile } from '../support/caches.ts';
import { openDaemon, SECRET } from '../support/daemon.ts';
import { runDevchat } from '../support/processes.ts';
import { CUSTOMER, event, START, subscription } from '../support/stripe-objects.ts';
import { post } from './declined-customer.ts';
import type { WriterProgram } from './programs/writer.ts';
import { startProgram } from './programs.ts';
import { tried } from './tried.ts';
import { through } from './wrong.ts';

const UPDATED = 'customer.subscription.updated';
const EVENTS = 20;
/** Health and reads, while a write waits. */
const PROMPT_MILLISECONDS = 500;
const LONGEST_WAIT_MILLISECONDS = 5_000;

interface Held {
  file: CacheFile;
  /** Has a program hold the file for so long, from now on. */
  hold(milliseconds: number): Promise<{ released: Promise<unknown> }>;
}

function holding(file: CacheFile): Held {
  return {
    file,
    hold: async (milliseconds) => {
      const holder = startProgram('holder', { path: file.path });
      await holder.printed(/held/);
      return { released: pauseFor(milliseconds).then(() => holder.stop()) };
    },
  };
}

async function timed<T>(work: Promise<T>): Promise<{ answer: T; took: number }> {
  const began = performance.now();
  return { answer: await work, took: performance.now() - began };
}

test('R25: held for 3 s: webhooks wait and are answered by 200; health and reads are answered meanwhile', async () => {
  const daemon = await openDaemon({ trustUserId: true });
  await daemon.cache.createUser({ id: CUSTOMER, email: 'ada@example.com', passwordHash: null, createdAt: START });
  const { released } = await holding(daemon.file).hold(3_000);
  const waiting = Promise.all(Array.from({ length: EVENTS }, () => post(daemon.url, event(UPDATED, subscription()))));
  const meanwhile: number[] = [];
  for (let time = 0; time < 2_000; time += 100) {
    const [health, ready] = await Promise.all([timed(fetch(`${daemon.url}/healthz`)), timed(fetch(`${daemon.url}/readyz`)), pauseFor(100)]);
    expect([health.answer.status, ready.answer.status]).toEqual([200, 200]);
    meanwhile.push(health.took, ready.took);
  }
  const { answer: statuses, took } = await timed(waiting);
  await released;
  expect(Math.max(...meanwhile)).toBeLessThan(PROMPT_MILLISECONDS);
  expect(statuses).toEqual(statuses.map(() => 200));
  expect(took, 'they waited').toBeGreaterThan(200);
  expect(await daemon.cache.events({ limit: 100 })).toHaveLength(EVENTS);
  await daemon.close();
  tried('R25', { cases: 1, events: EVENTS, lost: 0 });
});

test('R25: held for 30 s: webhooks get 503 after 5 s, never 200; a command that writes ends with 5; afterwards all goes on', async () => {
  const daemon = await openDaemon();
  const { released } = await holding(daemon.file).hold(30_000);
  const events = Array.from({ length: EVENTS }, () => event(UPDATED, subscription()));
  const { answer: statuses, took } = await timed(Promise.all(events.map((each) => post(daemon.url, each))));
  expect(statuses).toEqual(events.map(() => 503));
  expect(took).toBeGreaterThan(LONGEST_WAIT_MILLISECONDS - 100);
  expect(took).toBeLessThan(LONGEST_WAIT_MILLISECONDS + 2_000);
  expect(await daemon.cache.events({ limit: 100 }), 'nothing was stored').toEqual([]);
  const surroundings = { folder: daemon.file.folder, env: { DEVCHAT_CACHE: daemon.file.path, STRIPE_WEBHOOK_SECRET: SECRET } };
  expect(await runDevchat(['subscriptions', 'list'], surroundings), 'reading goes on').toMatchObject({ code: 0 });
  const { code, stderr } = await runDevchat(['events', 'rebuild'], surroundings);
  expect(stderr).toMatch(/error the cache \S*cache\.sqlite is locked \(SQLITE_BUSY\)\n +another process holds it; stop that process, or try again/);
  expect(code).toBe(5);
  await released;
  for (const each of events) expect(await post(daemon.url, each)).toBe(200);
  expect(await daemon.cache.events({ limit: 100 })).toHaveLength(EVENTS);
  await daemon.close();
  tried('R25', { cases: 2, events: 2 * EVENTS, lost: 0 });
});

test('R25: a daemon that answers before the commit is caught', async () => {
  const file = freshCacheFile();
  const daemon = await openDaemon({ beside: { file }, through: through('answers before the commit', file.path) });
  const { released } = await holding(file).hold(500);
  expect(await post(daemon.url, event(UPDATED, subscription()))).toBe(200);
  expect(await daemon.cache.events({ limit: 1 })).toEqual([]);
  await released;
  await daemon.close();
  await file.remove();
  tried('R25', { wrong: 1, events: 1 });
});

const WRITERS = 3;
const EVENTS_OF_EACH = 400;

/** What several writers on one file were refused, and how many they were acknowledged. */
async function writeTogether(deferred: boolean): Promise<{ acknowledged: string[]; refused: string[]; file: CacheFile }> {
  const file = freshCacheFile();
  await (await file.open()).close();
  const writers = Array.from({ length: WRITERS }, (_, index) => startProgram<WriterProgram>('writer', { path: file.path, name: `w${index}`, atOnce: 3, many: EVENTS_OF_EACH, deferred }));
  for (const writer of writers) await writer.printed(/done/);
  const printed = (await Promise.all(writers.map((writer) => writer.stop()))).map(({ stdout }) => stdout).join('');
  return { acknowledged: printed.match(/^evt_\w+$/gm) ?? [], refused: printed.match(/^refused.*$/gm) ?? [], file };
}

test('R26: what is read before it is written is not refused while others write', async () => {
  const { acknowledged, refused, file } = await writeTogether(false);
  expect(refused).toEqual([]);
  expect(acknowledged).toHaveLength(WRITERS * EVENTS_OF_EACH);
  const cache = await file.open();
  expect(await cache.events({ limit: 10_000 })).toHaveLength(WRITERS * EVENTS_OF_EACH);
  await file.remove();
  tried('R26', { cases: WRITERS, events: acknowledged.length, lost: 0 });
});

test('R26: transactions that begin as reads are caught', async () => {
  const { refused, file } = await writeTogether(true);
  expect(refused.join('\n')).toMatch(/SQLITE_BUSY|database is locked/);
  await file.remove();
  tried('R26', { cases: WRITERS, wrong: 1 });
});
