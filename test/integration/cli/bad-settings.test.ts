/** What a settings file, a cache or a port that cannot be used gets: a message that names it, and nothing half-written. */
import { once } from 'node:events';
import { existsSync, readFileSync, symlinkSync, mkdirSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { writeFiles } from '../../support/folders.ts';
import { CHALLENGE_ID, KEY, test } from './house.ts';

describe('devchat.config.json in the working folder', () => {
  test.for<[string, string[]]>([
    ['{"port": 1,', ['devchat.config.json:1:12 is not JSON: a key in quotes is missing\n']],
    ['{"prt": 1}', ['error devchat.config.json:1 prt is unknown\n      did you mean port?\n']],
    ['{"colour": 1}', ['error devchat.config.json:1 colour is unknown\n      it may hold: stripeSecretKey, stripeApiBase']],
    ['[]', ['devchat.config.json:1 is not an object\n']],
    ['{"port": "http"}', ['devchat.config.json:1 port is not a number\n']],
    ['{\n"port": 65536,\n"baseUrl": "pair.example.com"}', ['error devchat.config.json:2 port is above 65535\nerror devchat.config.json:3 baseUrl is not an http(s) address\n      mend it there\n']],
    ['{"host": 7}', ['devchat.config.json:1 host is not a text\n']],
    ['{"webhookSecrets": "whsec_1"}', ['devchat.config.json:1 webhookSecrets is not a list of signing secrets\n']],
  ])('%s', async ([text, words], { home }) => {
    writeFiles(home.folder, { 'devchat.config.json': text });
    const { code, stdout, stderr } = await home.run(['subscriptions', 'list']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const word of words) expect(stderr).toContain(word);
  });

  test('a good one holds', async ({ home, sandbox }) => {
    writeFiles(home.folder, { 'devchat.config.json': JSON.stringify({ stripeApiBase: sandbox.url, stripeSecretKey: KEY, challengeId: CHALLENGE_ID }) });
    const { code, stdout } = await home.run(['status']);
    expect(code).toBe(0);
    expect(stdout).toContain(`challenge id  ${CHALLENGE_ID}`);
  });
});

describe('the saved settings', () => {
  test('that are not JSON are named, and stay', async ({ home }) => {
    writeFiles(dirname(home.settingsFile), { 'config.json': '{"stripeSecretKey": "sk_te' });
    const { code, stderr } = await home.run(['subscriptions', 'list']);
    expect(code).toBe(2);
    expect(stderr).toContain(`the settings file ${home.settingsFile} is not JSON`);
    expect(readFileSync(home.settingsFile, 'utf8')).toBe('{"stripeSecretKey": "sk_te');
  });

  test('are not written through a link: init and up refuse, and up leaves nothing running', async ({ home, env }) => {
    const elsewhere = join(home.folder, 'elsewhere.json');
    writeFiles(home.folder, { 'elsewhere.json': '{}' });
    mkdirSync(dirname(home.settingsFile), { recursive: true });
    symlinkSync(elsewhere, home.settingsFile);
    for (const [words, given] of [['init', env], ['up --port 0 --sandbox-port 0', {}]] as const) {
      const { code, stderr } = await home.run(words.split(' '), given);
      expect(code).toBe(1);
      expect(stderr).toContain(`${home.settingsFile} is a symbolic link; secrets are not written through it`);
    }
    expect(readFileSync(elsewhere, 'utf8')).toBe('{}');
  });
});

describe('a port that is taken', () => {
  test.for(['serve --port', 'sandbox --port', 'up --sandbox-port 0 --port', 'up --port 0 --sandbox-port'])('%s: named, and nothing is saved', async (words, { home, env }) => {
    const occupied = await occupy();
    const { port } = occupied.address() as AddressInfo;
    const { code, stderr } = await home.run([...words.split(' '), String(port)], words.startsWith('serve') ? env : {}).finally(() => occupied.close());
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`error port ${port} on 127\\.0\\.0\\.1 is taken.*\n +stop .*--port`));
    expect(existsSync(home.settingsFile)).toBe(false);
  });

  async function occupy(): Promise<Server> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return server;
  }
});

test('an address that is not this machine’s', async ({ home, env }) => {
  expect(await home.run(['serve', '--host', '192.0.2.1', '--port', '0'], env)).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot listen on 192.0.2.1:0') as string });
});

test('a cache of the other mode may be read, and is refused before anything is written', async ({ home, env }) => {
  await home.withCache((cache) => cache.check());
  const live = { STRIPE_SECRET_KEY: 'sk_live_abcdefghijkl', CHALLENGE_ID };
  expect(await home.run(['subscriptions', 'list'], live)).toMatchObject({ code: 0 });
  const { code, stderr } = await home.run(['serve', '--port', '0', '--live'], live);
  expect(code).toBe(4);
  expect(stderr).toContain('belongs to test mode, and the key is a live key');
  expect(await home.run(['subscriptions', 'list'], env)).toMatchObject({ code: 0 });
});
