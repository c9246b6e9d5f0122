/** A daemon writes the log beside its file back while it goes on: how that looks from outside, and what is left when it is killed in the midst. */
import { existsSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect } from 'vitest';
import { SECRET, signed } from '../../support/daemon.ts';
import type { Running } from '../../support/processes.ts';
import { event, subscription } from '../../support/stripe-objects.ts';
import { waitFor } from '../../support/wait-for.ts';
import { test, type Home } from './house.ts';

const POSTS = 200;
const KILLS = 10;
const AT_ONCE = 20;
/** All that is posted stays far below the length at which SQLite itself writes the log back. */
const LEAST_BYTES_OF_AN_EVENT = 1_000;

test('what it hears reaches the file soon, and when it stops nothing lies beside it', async ({ home, env }) => {
  const { serving, url } = await serve(home, env);
  const before = statSync(home.cacheFile).size;
  for (let number = 0; number < POSTS; number += 1) expect(await post(url, `evt_${number}`)).toBe(200);
  await waitFor('the file to hold what was heard', () => statSync(home.cacheFile).size > before + (POSTS / 2) * LEAST_BYTES_OF_AN_EVENT);
  expect((await serving.stop()).code).toBe(0);
  expect(existsSync(`${home.cacheFile}-wal`)).toBe(false);
});

test(`killed ${KILLS} times in the midst, the file is whole and holds what was acknowledged`, async ({ home, env }) => {
  const acknowledged: string[] = [];
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const { serving, url } = await serve(home, env);
    const posting = Promise.allSettled(Array.from({ length: AT_ONCE }, (_, line) => postOn(url, `${kill}_${line}`, acknowledged)));
    const enough = acknowledged.length + POSTS / 2 + AT_ONCE * kill;
    await waitFor('events to be acknowledged', () => acknowledged.length > enough);
    await serving.kill();
    await posting;
  }
  const database = new Database(home.cacheFile);
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  const journaled = new Set(database.prepare('SELECT id FROM events').pluck().all());
  database.close();
  expect(acknowledged.filter((id) => !journaled.has(id))).toEqual([]);
});

async function serve(home: Home, env: Record<string, string>): Promise<{ serving: Running; url: string }> {
  const serving = home.start(['serve', '--port', '0'], { ...env, STRIPE_WEBHOOK_SECRET: SECRET });
  const [, url = ''] = await serving.printed(/devchat listens on (\S+)/);
  return { serving, url };
}

/** Posts one after the other until there is no answer. */
async function postOn(url: string, name: string, acknowledged: string[]): Promise<void> {
  for (let number = 0; ; number += 1) {
    const id = `evt_${name}_${number}`;
    if ((await post(url, id)) === 200) acknowledged.push(id);
  }
}

/** The status of the answer; rejects where there is none. */
async function post(url: string, id: string): Promise<number> {
  const body = JSON.stringify(event('customer.subscription.updated', subscription({ id: `sub_${id}` }), { id }));
  return (await fetch(`${url}/webhook`, { method: 'POST', headers: { 'stripe-signature': signed(body) }, body })).status;
}
