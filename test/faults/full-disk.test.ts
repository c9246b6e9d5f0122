/** R27: no room on the disk, while events come and while a setting is saved. The limit on a file's size stands for it: writes fail in the same way. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import { saveSettings, settingsPath } from '../../core/settings.ts';
import { freshCacheFile } from '../support/caches.ts';
import { freshFolder, ROOT } from '../support/folders.ts';
import { event } from '../support/stripe-objects.ts';
import { post } from './declined-customer.ts';
import type { DaemonProgram } from './programs/daemon.ts';
import { startProgram } from './programs.ts';
import { tried } from './tried.ts';
import type { Wrong } from './wrong.ts';

const FILLING = 'x'.repeat(20_000);
const ROUNDS = 10;
/** Room that is left when the disk begins to be full. */
const ROOM_BYTES = [0, 1_000, 5_000, 20_000, 50_000, 100_000, 200_000, 300_000, 400_000, 500_000] as const;
const TRIES_WHILE_FULL = 3;

interface FullDisk {
  acknowledged: string[];
  refused: Stripe.Event[];
  statuses: Set<number | null>;
  lost: string[];
}

/** Fills the disk again and again under a daemon; what was refused is sent again when there is room. */
async function fillAgainAndAgain(wrong?: Wrong): Promise<FullDisk> {
  const file = freshCacheFile();
  const daemon = startProgram<DaemonProgram>('daemon', { path: file.path, ...(wrong ? { wrong } : {}) });
  const [, url = '', pid = ''] = await daemon.printed(/listens on (\S+) as (\d+)/);
  const limit = (bytes: number | 'unlimited') => execFileSync('prlimit', ['--pid', pid, `--fsize=${bytes}:unlimited`]);
  const found: FullDisk = { acknowledged: [], refused: [], statuses: new Set(), lost: [] };
  const tell = async (told: Stripe.Event): Promise<boolean> => {
    const status = await post(url, told);
    if (status === 200) found.acknowledged.push(told.id);
    else found.statuses.add(status);
    return status === 200;
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    limit(largestIn(file.folder) + ROOM_BYTES[round]!);
    const refused: Stripe.Event[] = [];
    for (let tries = 0; refused.length < TRIES_WHILE_FULL && tries < 100; tries += 1) {
      const told = event('foo.bar', { filling: FILLING });
      if (!(await tell(told))) refused.push(told);
    }
    expect((await fetch(`${url}/healthz`)).status, 'it is alive').toBe(200);
    limit('unlimited');
    for (const told of refused) expect(await tell(told), 'there is room again').toBe(true);
    found.refused.push(...refused);
  }
  await daemon.kill();
  const database = new Database(file.path);
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  const there = new Set(database.prepare('SELECT id FROM events').pluck().all());
  database.close();
  found.lost = found.acknowledged.filter((id) => !there.has(id));
  await file.remove();
  return found;
}

function largestIn(folder: string): number {
  return Math.max(...readdirSync(folder).map((name) => statSync(join(folder, name)).size));
}

test('R27: a full disk: 503, alive, nothing acknowledged is lost, and it goes on when there is room', async () => {
  const { acknowledged, refused, statuses, lost } = await fillAgainAndAgain();
  expect(lost).toEqual([]);
  expect([...statuses]).toEqual([503]);
  expect(refused).toHaveLength(ROUNDS * TRIES_WHILE_FULL);
  tried('R27', { cases: ROUNDS, kills: 1, events: acknowledged.length + refused.length, lost: 0 });
});

test('R27: a daemon that answers before the commit is caught', async () => {
  const wrong = fillAgainAndAgain('answers before the commit');
  await expect(wrong.then(({ lost }) => lost)).resolves.not.toEqual([]);
  tried('R27', { wrong: 1 });
});

test('R27: a setting that finds no room leaves the settings as they were', async () => {
  const home = freshFolder();
  const configDir = join(home.path, 'config');
  await saveSettings(configDir, { challengeId: 'kept', stripeApiBase: 'http://127.0.0.1:9' });
  const before = readFileSync(settingsPath(configDir), 'utf8');
  for (const bytes of [0, 10, Buffer.byteLength(before) - 1]) {
    const command = [`--fsize=${bytes}`, process.execPath, join(ROOT, 'bin', 'devchat.js'), 'config', 'set', 'challengeId', 'new-'.repeat(20)];
    const { status, stderr } = spawnSync('prlimit', command, { cwd: home.path, encoding: 'utf8', env: { PATH: process.env.PATH, HOME: home.path, DEVCHAT_CONFIG_DIR: configDir } });
    expect(stderr).toMatch(/^error cannot save the settings in .*config\.json: (EFBIG.*|the disk is full)\n {6}make the folder writable/);
    expect(status).not.toBe(0);
    expect(readFileSync(settingsPath(configDir), 'utf8')).toBe(before);
    expect(readdirSync(configDir), 'no half-written file is left').toEqual(['config.json']);
  }
  home.remove();
  tried('R27', { cases: 3 });
});
