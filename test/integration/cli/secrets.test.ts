/** No command shows a key or a signing secret, wherever it comes from and whatever goes wrong. */
import { dirname } from 'node:path';
import { expect } from 'vitest';
import { COMMANDS } from '../../../cli/commands.ts';
import { writeFiles } from '../../support/folders.ts';
import { CHALLENGE_ID, test } from './house.ts';

const CANARY = 'canary0123456789abcdef';
const SECRETS = { stripeSecretKey: `sk_test_${CANARY}`, webhookSecrets: { 'we_1@api.stripe.com': `whsec_${CANARY}` } };

/** Arguments with which a command runs; those that go on are called wrongly, so that they end. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  'subscriptions show': 'sub_1',
  'events show': 'evt_1',
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

test.for(['{"stripeSecretKey": "sk_test_CANARY",', '["sk_test_CANARY"]', '{"stripeSecretKey": {"sk_test_CANARY": 1}}', '{"webhookSecrets": ["CANARY"]}'])('a bad file that holds them: %s', async (text, { home }) => {
  const held = text.replace('CANARY', CANARY);
  for (const file of ['devchat.config.json', 'config/devchat/config.json']) {
    writeFiles(home.folder, { [file]: held, ...(file.startsWith('config/') ? { 'devchat.config.json': '{}' } : {}) });
    const { stdout, stderr } = await home.run(['subscriptions', 'list']);
    expect(stdout + stderr).not.toContain(CANARY);
  }
});
