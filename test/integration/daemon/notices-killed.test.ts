/** Notices and real daemons: one that is killed between commit and sending, and what `devchat status` tells of a target that fails. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ended } from '../../support/ended-subscription.ts';
import { SECRET, signed } from '../../support/daemon.ts';
import { NOTICE_SECRET, openReceiver } from '../../support/notice-receiver.ts';
import type { Running } from '../../support/processes.ts';
import { waitFor } from '../../support/wait-for.ts';
import { test, type Home } from '../cli/house.ts';

/** The longest lease, of a command, and some more. */
const LEASE_LIMIT_MILLISECONDS = 45_000;
const STORY_LIMIT_MILLISECONDS = 90_000;

const linesOf = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []);
const idIn = (line: string | undefined) => (JSON.parse(line ?? '{}') as { id?: string }).id;

async function urlOf(daemon: Running): Promise<string> {
  return (await daemon.printed(/listens on (\S+)/))[1] ?? '';
}

async function deliver(url: string, told: object): Promise<number> {
  const body = JSON.stringify(told);
  const headers = { 'content-type': 'application/json', 'stripe-signature': signed(body) };
  return (await fetch(`${url}/webhook`, { method: 'POST', headers, body })).status;
}

async function statusOf(home: Home, env: Record<string, string>): Promise<{ notices: unknown; text: string }> {
  const json = JSON.parse((await home.run(['status', '--json'], env)).stdout) as { notices: unknown };
  return { notices: json.notices, text: (await home.run(['status'], env)).stdout };
}

test('a daemon killed while both targets hold a notice: both get it from the next one, with the same id', async ({ home, env }) => {
  const receiver = await openReceiver();
  const told = join(home.folder, 'told');
  const targets = { DEVCHAT_NOTICE_URL: receiver.address, DEVCHAT_NOTICE_SECRET: NOTICE_SECRET, STRIPE_WEBHOOK_SECRET: SECRET };
  receiver.answer = 'never';
  const first = home.start(['serve', '--port', '0'], { ...env, ...targets, DEVCHAT_NOTICE_COMMAND: `cat >> '${told}'; exec sleep 5` });
  expect(await deliver(await urlOf(first), ended('sub_1'))).toBe(200);
  await waitFor('both to have it in hand', () => receiver.heard.length === 1 && linesOf(told).length === 1);
  await first.kill();
  receiver.answer = 204;
  const second = home.start(['serve', '--port', '0'], { ...env, ...targets, DEVCHAT_NOTICE_COMMAND: `cat >> '${told}'` });
  await second.printed(/listens on/);
  await waitFor('both to hear it again', () => receiver.heard.length === 2 && linesOf(told).length === 2, LEASE_LIMIT_MILLISECONDS, 200);
  const ids = [...receiver.heard.map(({ id }) => id), ...linesOf(told).map(idIn)];
  expect(ids).toEqual(Array.from({ length: 4 }, () => ids[0]));
  expect(new Set(receiver.heard.map(({ body }) => body)).size).toBe(1);
  await waitFor('nothing to wait', () => home.withCache(async (cache) => (await cache.noticeTargets()).length === 0));
  await second.stop();
  await receiver.close();
}, STORY_LIMIT_MILLISECONDS);

test('status: a row for each target that is set, since when it fails and why; none where nothing is set', async ({ home, env }) => {
  expect(await statusOf(home, env)).toEqual({ notices: [], text: expect.not.stringContaining('notices') as string });
  const set = { ...env, STRIPE_WEBHOOK_SECRET: SECRET, DEVCHAT_NOTICE_COMMAND: 'echo one >&2; echo "no such file" >&2; exit 1' };
  expect(await statusOf(home, set)).toEqual({
    notices: [{ target: 'command', isSet: true, waiting: 0, failingSince: null, lastError: null }],
    text: expect.stringMatching(/^notices {7}nothing waits for the command$/m) as string,
  });
  const daemon = home.start(['serve', '--port', '0'], set);
  const url = await urlOf(daemon);
  for (const id of ['sub_1', 'sub_2']) await deliver(url, ended(id));
  await waitFor('both to fail', () => daemon.output().match(/notice not sent/g)?.length === 2);
  expect(await statusOf(home, set)).toEqual({
    notices: [{ target: 'command', isSet: true, waiting: 2, failingSince: expect.stringMatching(/^\d{4}-.*Z$/) as string, lastError: 'exit 1, no such file' }],
    text: expect.stringMatching(/^notices {7}2 wait for the command, failing since \d{4}-\d\d-\d\d \d\d:\d\d UTC: exit 1, no such file$/m) as string,
  });
  expect((await statusOf(home, env)).text).toContain('2 wait for the command, which is not set, failing since');
  await daemon.stop();
});

test('what `events replay` writes goes out too, from the daemon that runs', async ({ home, env }) => {
  const receiver = await openReceiver();
  const set = { ...env, DEVCHAT_NOTICE_URL: receiver.address, DEVCHAT_NOTICE_SECRET: NOTICE_SECRET };
  const event = ended('sub_1');
  const broken = { ...event, data: { object: { ...event.data.object, items: null } } } as unknown as typeof event;
  await home.withCache((cache) => cache.recordEvent({ event: broken, payload: JSON.stringify(event), source: 'webhook', receivedAt: Date.now() }));
  const daemon = home.start(['serve', '--port', '0'], set);
  await daemon.printed(/listens on/);
  expect(receiver.heard).toEqual([]);
  expect(await home.run(['events', 'replay', event.id], set)).toMatchObject({ code: 0 });
  await waitFor('the notice', () => receiver.heard.length === 1);
  await daemon.stop();
  await receiver.close();
});
