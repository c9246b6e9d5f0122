/** Whoever has only the page about notices: its program runs, its example has the fields of a real notice, and the README's settings work. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tell } from '../../support/caches.ts';
import { openDaemon, type DaemonUnderTest } from '../../support/daemon.ts';
import { ended } from '../../support/ended-subscription.ts';
import { freshFolder, ROOT, writeFiles, type FreshFolder } from '../../support/folders.ts';
import { NOTICE_SECRET, openReceiver } from '../../support/notice-receiver.ts';
import { CUSTOMER, DAY, event, invoice, subscription } from '../../support/stripe-objects.ts';
import { waitFor } from '../../support/wait-for.ts';

const PAGE = readFileSync(join(ROOT, 'docs', 'notices.md'), 'utf8');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

let folder: FreshFolder;
let daemon: DaemonUnderTest | undefined;
let program: ChildProcess | undefined;

beforeEach(() => {
  folder = freshFolder();
  daemon = program = undefined;
});

afterEach(async () => {
  await daemon?.close();
  program?.kill('SIGKILL');
  folder.remove();
});

function block(language: string, page = PAGE): string {
  return new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'ms').exec(page)?.[1] ?? '';
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}

test('its program takes a notice, and refuses one that somebody else signed', async () => {
  const port = await freePort();
  const file = join(folder.path, 'receiver.mts');
  writeFiles(folder.path, { 'receiver.mts': block('ts').replace('8080', String(port)) });
  symlinkSync(join(ROOT, 'node_modules'), join(folder.path, 'node_modules'));
  const output: string[] = [];
  program = spawn(process.execPath, [join(ROOT, 'node_modules', 'tsx', 'dist', 'cli.mjs'), file], { env: { ...process.env, DEVCHAT_NOTICE_SECRET: NOTICE_SECRET } });
  program.stdout?.on('data', (text: Buffer) => output.push(String(text)));
  const noticeUrl = `http://127.0.0.1:${port}/`;
  await waitFor('the program', async () => (await fetch(noticeUrl, { method: 'POST', body: '{}' })).status === 400);
  daemon = await openDaemon({ noticeUrl, noticeSecret: NOTICE_SECRET });
  await tell(daemon.cache, ended('sub_1'));
  await waitFor('what it prints', () => /^msg_\w+ subscription\.ended cus_of_sub_1: the subscription ended on .*\n$/.test(output.join('')));
  await daemon.close();
  daemon = await openDaemon({ noticeUrl, noticeSecret: `whsec_${'B'.repeat(32)}` });
  await tell(daemon.cache, ended('sub_1'));
  await waitFor('the refusal', async () => (await daemon?.cache.noticeTargets())?.[0]?.lastError?.endsWith('answered 400'));
});

test('its example has the fields of a real notice, and its table names them all', async () => {
  const receiver = await openReceiver();
  daemon = await openDaemon({ noticeUrl: receiver.address, noticeSecret: NOTICE_SECRET });
  const now = Math.floor(Date.now() / 1000);
  const period = { start: now - DAY, end: now + 29 * DAY };
  await tell(daemon.cache, event('customer.subscription.created', subscription({ period }), { created: now - DAY }));
  await daemon.cache.bookSession({ customer: CUSTOMER, startsAt: now + 10 * DAY }, Date.now());
  await tell(daemon.cache, event('customer.subscription.updated', subscription({ status: 'past_due', period }), { created: now, previous: { status: 'active' } }));
  await tell(daemon.cache, event('invoice.payment_failed', invoice({ created: now, attempted: true }), { created: now }));
  await waitFor('the notice', () => receiver.heard.length === 1);
  await receiver.close();
  const { id, ...example } = JSON.parse(block('json')) as Record<string, unknown>;
  expect(id).toMatch(/^msg_\w{32}$/);
  const real = JSON.parse(receiver.heard[0]?.body ?? '') as { data: { session: { id: string } } };
  for (const notice of [example, real]) expect(notice).toMatchObject({ data: { session: { id: expect.stringMatching(/^ses_[a-z0-9]{10}$/) as string } } });
  expect(fieldsOf(example)).toEqual(fieldsOf(real));
  for (const field of Object.keys(real.data)) expect(PAGE).toMatch(new RegExp(`^\\|.*\`${field}\`.*\\|$`, 'm'));
});

/** "data.payment.amount" and so on. */
function fieldsOf(value: object, path = ''): string[] {
  return Object.entries(value).flatMap(([name, inner]) => (typeof inner === 'object' && inner !== null ? fieldsOf(inner as object, `${path}${name}.`) : [`${path}${name}`])).toSorted();
}

test('the settings of the README: the command appends, the secret is one that the settings take', async () => {
  const settings = execFileSync('sh', ['-c', `${README.match(/^export DEVCHAT_NOTICE_(COMMAND|SECRET).*$/gm)?.join('\n')}\nprintf '%s\\n%s' "$DEVCHAT_NOTICE_COMMAND" "$DEVCHAT_NOTICE_SECRET"`], { encoding: 'utf8' });
  const [noticeCommand = '', noticeSecret = ''] = settings.split('\n');
  expect(noticeSecret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  daemon = await openDaemon({ noticeCommand: `cd '${folder.path}'; ${noticeCommand}` });
  await tell(daemon.cache, ended('sub_1'));
  await waitFor('success', async () => (await daemon?.cache.noticeTargets())?.length === 0);
  expect(JSON.parse(readFileSync(join(folder.path, 'notices.jsonl'), 'utf8'))).toMatchObject({ type: 'subscription.ended' });
});
