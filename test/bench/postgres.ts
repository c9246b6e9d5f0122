/** How fast events become durable in PostgreSQL beside the file, and how long `devchat cache copy` takes there and back. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import pg from 'pg';
import { openCache } from '../../core/cache/open-cache.ts';
import { freshFolder, ROOT } from '../support/folders.ts';
import { journalOf } from '../support/large-journal.ts';
import { startPostgres } from '../support/postgres-server.ts';
import { event, START, subscription } from '../support/stripe-objects.ts';
import { markdownTable, median } from './table.ts';

const LOADS = [
  { atOnce: 1, events: 300 },
  { atOnce: 64, events: 3_200 },
] as const;
const ROUNDS = 5;
const SUBSCRIPTIONS = 1_000;
const COPIED_EVENTS = 100_000;

/** Both engines take the same number of events in each round; the server is one of its own on this machine. */
export async function benchPostgres(): Promise<string> {
  const server = await startPostgres();
  const fresh = freshFolder();
  try {
    for (const name of ['events', 'copy']) await createDatabase(server.url('postgres'), name);
    const events = await eventTable({ 'the file': join(fresh.path, 'cache.sqlite'), PostgreSQL: server.url('events') });
    return `## Events a second, without HTTP\n\n${events}\n\n## devchat cache copy\n\n${await copyTable(fresh.path, server.url('copy'))}`;
  } finally {
    await server.stop();
    fresh.remove();
  }
}

async function createDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
}

async function eventTable(engines: Record<string, string>): Promise<string> {
  const rows: string[][] = [];
  for (const { atOnce, events } of LOADS) {
    const rates: Record<string, number[]> = Object.fromEntries(Object.keys(engines).map((name) => [name, []]));
    for (let round = 0; round < ROUNDS; round += 1) for (const [name, location] of Object.entries(engines)) rates[name]!.push(await rate(location, atOnce, events));
    rows.push([String(atOnce), ...Object.values(rates).map((measured) => median(measured).toFixed(0))]);
  }
  return markdownTable(['at once', ...Object.keys(engines)], rows);
}

let told = 0;

async function rate(location: string, atOnce: number, events: number): Promise<number> {
  const cache = await openCache(location, { livemode: false });
  const began = performance.now();
  for (let done = 0; done < events; done += atOnce) await Promise.all(Array.from({ length: atOnce }, () => cache.recordEvent(nextEvent())));
  const seconds = (performance.now() - began) / 1000;
  await cache.close();
  return events / seconds;
}

function nextEvent() {
  told += 1;
  const number = told % SUBSCRIPTIONS;
  const renewed = event('customer.subscription.updated', subscription({ id: `sub_${number}`, customer: `cus_${number}` }), { created: START + told });
  return { event: renewed, payload: JSON.stringify(renewed), source: 'webhook', receivedAt: told } as const;
}

async function copyTable(folder: string, url: string): Promise<string> {
  const from = await journalOf(COPIED_EVENTS, join(folder, 'large'));
  const ways = { 'to PostgreSQL': [from, url], 'back to a file': [url, join(folder, 'back.sqlite')] } as const;
  const rows = Object.entries(ways).map(([way, [source, target]]) => [way, COPIED_EVENTS.toLocaleString('en-US'), copySeconds(source, target, folder).toFixed(1)]);
  return markdownTable(['way', 'events', 'seconds'], rows);
}

function copySeconds(from: string, to: string, folder: string): number {
  const began = performance.now();
  const env = { PATH: process.env.PATH, HOME: folder, DEVCHAT_CONFIG_DIR: folder, DEVCHAT_DATA_DIR: folder, DEVCHAT_CACHE: from };
  const copied = JSON.parse(execFileSync(process.execPath, [join(ROOT, 'bin', 'devchat.js'), 'cache', 'copy', '--to', to, '--json'], { env, encoding: 'utf8' })) as { copied: Array<{ table: string; rows: number }> };
  const rows = copied.copied.find(({ table }) => table === 'events')?.rows;
  if (rows !== COPIED_EVENTS) throw new Error(`${rows} events were copied instead of ${COPIED_EVENTS}`);
  return (performance.now() - began) / 1000;
}
