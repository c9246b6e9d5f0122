/** What changes where a person sits at a terminal: questions, colour, and how wide lines may be. `script` gives one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { ROOT } from '../../support/folders.ts';
import { onPath } from '../../support/programs.ts';
import { CUSTOMER, event, START, subscription } from '../../support/stripe-objects.ts';
import { waitFor } from '../../support/wait-for.ts';
import { CHALLENGE_ID, KEY, test, type Home } from './house.ts';

const [SCRIPT = ''] = onPath(['script']);
const ESCAPE = '\u001b';
const CTRL_C = '\u0003';
const QUESTION = 'Stripe secret key';
const LONG_ID = 'evt_1KlIoy5XW96wSt9Gxix9kfgf';

interface Terminal {
  screen(): string;
  shows(text: string): Promise<unknown>;
  type(keys: string): void;
  code: Promise<number | null>;
}

/** `devchat <line>` at a terminal of 80 columns. */
function atTerminal(line: string, home: Home, env: Record<string, string> = {}): Terminal {
  const command = `stty cols 80 rows 40; exec '${process.execPath}' '${join(ROOT, 'bin', 'devchat.js')}' ${line}`;
  const settings = { DEVCHAT_CONFIG_DIR: join(home.folder, 'config', 'devchat'), DEVCHAT_DATA_DIR: join(home.folder, 'data', 'devchat') };
  const script = spawn(SCRIPT, ['-qec', command, '/dev/null'], { cwd: home.folder, env: { PATH: process.env.PATH, HOME: home.folder, TERM: 'xterm-256color', SHELL: '/bin/sh', ...settings, ...env } });
  let screen = '';
  script.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
  });
  return {
    screen: () => screen,
    shows: (text) => waitFor(`${text} on the screen`, () => screen.includes(text)),
    type: (keys) => script.stdin.write(keys),
    code: once(script, 'close').then(([code]) => code as number | null),
  };
}

/** The lines without colour. */
function linesOf(screen: string): string[] {
  return screen.replaceAll(new RegExp(`${ESCAPE}\\[[0-9;]*m`, 'g'), '').split('\r\n').filter(Boolean);
}

async function journalOne(home: Home): Promise<void> {
  const created = event('customer.subscription.updated', subscription(), { id: LONG_ID });
  await home.withCache((cache) => cache.recordEvent({ event: created, payload: JSON.stringify(created), source: 'webhook', receivedAt: 0 }));
}

describe.skipIf(SCRIPT === '')('at a terminal (script)', () => {
  test('init asks, shows no key, and saves', async ({ home, sandbox }) => {
    const init = atTerminal(`init --api-base ${sandbox.url}`, home);
    await init.shows(QUESTION);
    init.type(`${KEY}\r`);
    await init.shows('Challenge id');
    init.type(`${CHALLENGE_ID}\r`);
    await init.shows('Address where');
    init.type('\r');
    expect(await init.code).toBe(0);
    expect(home.settings()).toEqual({ stripeSecretKey: KEY, challengeId: CHALLENGE_ID, stripeApiBase: sandbox.url });
    expect(init.screen()).not.toContain(KEY);
  });

  test('Ctrl-C at a question ends with 130, and nothing is saved', async ({ home }) => {
    const init = atTerminal('init', home);
    await init.shows(QUESTION);
    init.type(CTRL_C);
    expect(await init.code).toBe(130);
    expect(home.settings).toThrow(/ENOENT/);
  });

  test('CI=1: nobody is asked', async ({ home }) => {
    const init = atTerminal('init', home, { CI: '1' });
    expect(await init.code).toBe(2);
    expect(init.screen()).toContain('there is no terminal to ask at');
  });

  test('Ctrl-C ends a long replay between two steps, and it is said how to go on', async ({ home }) => {
    const many = Array.from({ length: 20_000 }, (_, number) => event('foo.bar', {}, { id: `evt_foo_${number}` }));
    await home.withCache((cache) => Promise.all(many.map((each) => cache.recordEvent({ event: each, payload: JSON.stringify(each), source: 'webhook', receivedAt: 0 }))));
    const replay = atTerminal('events replay --type foo.*', home);
    await replay.shows('of 20,000 events, ');
    replay.type(CTRL_C);
    expect(await replay.code).toBe(130);
    const [, done = ''] = /([\d,]+) events replayed: /.exec(replay.screen()) ?? [];
    expect(replay.screen()).toMatch(/Interrupted\. What was replayed stays: the same command with --after\s+evt_foo_\d+\s+goes on from here\./);
    const [, last = ''] = /--after\s+(evt_foo_\d+)/.exec(replay.screen()) ?? [];
    const rest = await home.run(['events', 'replay', '--type', 'foo.*', '--after', last]);
    expect(rest).toMatchObject({ code: 0, stdout: expect.stringContaining('ignored') as string });
    const numberOf = (text: string) => Number(text.replaceAll(',', ''));
    expect(numberOf(done) + numberOf(/^[\d,]+/.exec(rest.stdout)?.[0] ?? '')).toBe(many.length);
  });

  test('nothing is wider than the terminal, and ids stay whole', async ({ home }) => {
    await journalOne(home);
    const { id } = await home.withCache((cache) => cache.bookSession({ customer: CUSTOMER, startsAt: START + 60 }, START * 1000));
    for (const line of ['events list', `events show ${LONG_ID} | head -8`, 'subs show sub_1', 'sessions list --all', `sessions show ${id}`, 'config list --show-origin', 'sessions book a@b.example 2026-11-27', 'status', 'events show evt_nobody', 'serve --port 0', '--help']) {
      const { code, screen } = atTerminal(line, home);
      await code;
      expect(linesOf(screen()).filter((text) => text.length > 80), line).toEqual([]);
    }
    const list = atTerminal('events list', home);
    await list.code;
    expect(list.screen()).toContain(LONG_ID);
  });

  test('neither is what is said of a replay', async ({ home }) => {
    const broken = event('customer.subscription.updated', { ...subscription(), items: undefined }, { id: 'evt_1KlIoy5XW96wSt9Gxix9kfgg' });
    await home.withCache((cache) => cache.recordEvent({ event: broken, payload: JSON.stringify(broken), source: 'webhook', receivedAt: 0 }));
    for (const line of ['events replay --type *', 'events replay --help', 'events list --help', 'events tail --help', 'subs watch --help']) {
      const { code, screen } = atTerminal(line, home);
      await code;
      expect(linesOf(screen()).filter((text) => text.length > 80), line).toEqual([]);
    }
  });

  test('the sandbox’s tables fit, too', async ({ home, env }) => {
    const form = { method: 'POST', headers: { Authorization: `Bearer ${KEY}` } };
    await fetch(`${env.STRIPE_API_BASE}/v1/webhook_endpoints`, { ...form, body: new URLSearchParams({ url: 'http://127.0.0.1:9/', 'enabled_events[]': '*' }) });
    await fetch(`${env.STRIPE_API_BASE}/v1/billing_portal/configurations`, { ...form, body: new URLSearchParams({ 'features[invoice_history][enabled]': 'true' }) });
    await expect.poll(async () => (await home.run(['sandbox', 'deliveries'], env)).stdout, { timeout: 15_000 }).toContain('ECONNREFUSED');
    for (const line of ['sandbox deliveries', 'sandbox switches', 'sandbox --help']) {
      const { code, screen } = atTerminal(line, home, env);
      expect(await code).toBe(0);
      expect(linesOf(screen()).filter((text) => text.length > 80), line).toEqual([]);
    }
  });

  test.for<[string, Record<string, string>, boolean]>([
    ['by itself', {}, true],
    ['NO_COLOR', { NO_COLOR: '1' }, false],
    ['TERM=dumb', { TERM: 'dumb' }, false],
    ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, false],
  ])('colour: %s', async ([_name, env, coloured], { home }) => {
    await journalOne(home);
    for (const line of ['events list', 'events show evt_nobody']) {
      const { code, screen } = atTerminal(line, home, env);
      await code;
      expect(screen().includes(ESCAPE)).toBe(coloured);
    }
  });
});

test.for<[string, Record<string, string>, boolean]>([
  ['by itself', {}, false],
  ['FORCE_COLOR', { FORCE_COLOR: '1' }, true],
  ['FORCE_COLOR and NO_COLOR', { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
])('colour in a pipe: %s', async ([_name, env, coloured], { home }) => {
  await journalOne(home);
  const { stdout } = await home.run(['events', 'list'], env);
  const { stderr } = await home.run(['events', 'show', 'evt_nobody'], env);
  expect([stdout.includes(ESCAPE), stderr.includes(ESCAPE)]).toEqual([coloured, coloured]);
  expect(stdout).toContain('customer.subscription.updated');
});
