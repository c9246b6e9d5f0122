/** No command shows a key or a signing secret, wherever it comes from and whatever goes wrong. */
import { dirname } from 'node:path';
import { describe, expect } from 'vitest';
import { COMMANDS } from '../../../cli/commands.ts';
import { SANDBOX } from '../../../core/config.ts';
import { createStripe } from '../../../core/stripe.ts';
import { writeFiles } from '../../support/folders.ts';
import type { Running } from '../../support/processes.ts';
import { CHALLENGE_ID, test, type Home } from './house.ts';

const CANARY = 'canary0123456789abcdef';
const SECRETS = { stripeSecretKey: `sk_test_${CANARY}`, webhookSecrets: { 'we_1@api.stripe.com': `whsec_${CANARY}` } };

/** Arguments with which a command runs; those that go on are called wrongly, so that they end. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  'subscriptions show': 'sub_1',
  'subscriptions watch': 'sub_1',
  'events show': 'evt_1',
  'events tail': '--since soon',
  'events replay': 'evt_1',
  'sandbox advance': '1h',
  'config get': 'challengeId',
  'config set': 'port 5000',
  'config unset': 'port',
  up: '--port 0',
  serve: '--host 192.0.2.1',
  sandbox: '--data /dev/null',
  listen: '--port 4999',
};

const EVERY_COMMAND = COMMANDS.map(({ path }) => path.join(' ')).map((name) => `${name} ${ARGUMENTS[name] ?? ''}`.trim());

test.for(EVERY_COMMAND)('devchat %s', { timeout: 60_000 }, async (words, { home }) => {
  const nobody = { STRIPE_API_BASE: 'http://127.0.0.1:9', CHALLENGE_ID };
  const inEnvironment = { ...nobody, STRIPE_SECRET_KEY: SECRETS.stripeSecretKey, STRIPE_WEBHOOK_SECRET: SECRETS.webhookSecrets['we_1@api.stripe.com'] };
  const malformed = { ...nobody, STRIPE_SECRET_KEY: `sk-test-${CANARY}`, STRIPE_WEBHOOK_SECRET: CANARY };
  for (const env of [inEnvironment, malformed]) await expectNoSecret(words, env);
  writeFiles(dirname(home.settingsFile), { 'config.json': JSON.stringify(SECRETS) });
  await expectNoSecret(`${words} --json`, nobody);

  async function expectNoSecret(line: string, env: Record<string, string>): Promise<void> {
    const { stdout, stderr } = await home.run(line.split(' '), env);
    expect(stdout + stderr).not.toBe('');
    expect(stdout + stderr).not.toContain(CANARY);
  }
});

describe('a daemon that people and Stripe use', { timeout: 60_000 }, () => {
  test('with a sandbox of its own', async ({ home }) => {
    const up = home.start(['up', '--port', '0', '--sandbox-port', '0']);
    expectNone(await useEverything(up, home, {}), [SANDBOX.stripeSecretKey]);
  });

  test('with an own key', async ({ home, sandbox }) => {
    const env = { STRIPE_SECRET_KEY: SECRETS.stripeSecretKey, STRIPE_API_BASE: sandbox.url, CHALLENGE_ID, PATH: '/nowhere' };
    const devchat = home.withoutStripeCli();
    expectNone(await useEverything(devchat.start(['up', '--port', '0'], env), devchat, env), [CANARY]);
  });

  /** Makes an endpoint, signs up, goes to the portal, forges an event and reads it all; resolves with all that was printed and logged, and the portal's address. */
  async function useEverything(up: Running, home: Home, env: Record<string, string>): Promise<{ printed: string; portal: string }> {
    const [, dashboard = ''] = await up.printed(/dashboard +(http:\S+)/);
    const post = (path: string, body: object, headers = {}) => fetch(`${dashboard}${path}`, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', accept: 'application/json', ...headers } });
    const provisioned = await home.run(['provision', 'webhook', '--json'], { ...env, DEVCHAT_BASE_URL: dashboard });
    const signUp = await post('/users', { email: 'ada@example.com', password: 'correct horse' });
    const [cookie = ''] = signUp.headers.getSetCookie();
    const { url: portal } = (await (await post('/users/portal', {}, { cookie })).json()) as { url: string };
    expect((await post('/webhook', {}, { 'stripe-signature': 't=1,v1=forged' })).status).toBe(400);
    expect(JSON.stringify(home.settings().webhookSecrets)).toContain('whsec_');
    await startTrial((await signUp.json() as { id: string }).id, env.STRIPE_API_BASE ?? home.settings().stripeApiBase ?? '');
    await up.printed(/"msg":"webhook"/);
    const reads = await Promise.all(['status', 'config list', 'events list', 'subscriptions list'].map((words) => home.run([...words.split(' '), '--json'], env)));
    const printed = [provisioned, ...reads, await up.stop()].map(({ stdout, stderr }) => stdout + stderr).join('');
    return { printed, portal };
  }

  /** Stripe tells the daemon of it. */
  async function startTrial(customer: string, apiBase: string): Promise<void> {
    const stripe = createStripe({ stripeSecretKey: SECRETS.stripeSecretKey, stripeApiBase: apiBase }, { live: false });
    const [price] = (await stripe.prices.list()).data;
    await stripe.subscriptions.create({ customer, items: [{ price: price?.id ?? '' }], trial_period_days: 3 });
  }

  function expectNone({ printed, portal }: { printed: string; portal: string }, secrets: string[]): void {
    expect(portal).toMatch(/\/p\/session\//);
    for (const secret of [...secrets, 'whsec_', portal, '/p/session/']) expect(printed).not.toContain(secret);
  }
});

test.for(['{"stripeSecretKey": "sk_test_CANARY",', '["sk_test_CANARY"]', '{"stripeSecretKey": {"sk_test_CANARY": 1}}', '{"webhookSecrets": ["CANARY"]}'])('a bad file that holds them: %s', async (text, { home }) => {
  const held = text.replace('CANARY', CANARY);
  for (const file of ['devchat.config.json', 'config/devchat/config.json']) {
    writeFiles(home.folder, { [file]: held, ...(file.startsWith('config/') ? { 'devchat.config.json': '{}' } : {}) });
    const { stdout, stderr } = await home.run(['subscriptions', 'list']);
    expect(stdout + stderr).not.toContain(CANARY);
  }
});
