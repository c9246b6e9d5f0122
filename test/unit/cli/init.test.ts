import { readFileSync, statSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { runInit } from '../../../cli/commands/init.ts';
import { saveSettings, settingsPath } from '../../../core/settings.ts';
import { startSandbox, type RunningSandbox } from '../../../sandbox/main.ts';
import { freshFolder, type FreshFolder } from '../../support/folders.ts';
import { recordingContext } from './recording-io.ts';

const KEY = 'sk_test_wizard_story';

let sandbox: RunningSandbox;
let fresh: FreshFolder;

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
});

afterAll(() => sandbox.close());

beforeEach(() => {
  fresh = freshFolder();
});

afterEach(() => fresh.remove());

const saved = (): unknown => JSON.parse(readFileSync(settingsPath(fresh.path), 'utf8'));

test('it asks for what no flag gives, again where an answer will not do, and saves for the owner alone', async () => {
  const typed = { stripeSecretKey: ['', 'pk_test_published', KEY], challengeId: ['', 'mine'], baseUrl: ['ftp://example.com', 'https://pair.example.com/'] };
  const { context, asked, talk, out } = recordingContext({ typed, folder: fresh.path });
  await runInit({ apiBase: sandbox.url }, context);

  expect(asked.map(({ name, type }) => [name, type])).toEqual([['stripeSecretKey', 'password'], ['challengeId', 'input'], ['baseUrl', 'input']]);
  expect(saved()).toEqual({ stripeSecretKey: KEY, challengeId: 'mine', baseUrl: 'https://pair.example.com', stripeApiBase: sandbox.url });
  expect(statSync(settingsPath(fresh.path)).mode & 0o777).toBe(0o600);
  expect([...talk, ...out].join('\n')).not.toContain(KEY);
  expect(talk.at(-1)).toContain('Next: devchat provision --diff');
});

test('an empty address is not saved: the daemon knows where it listens', async () => {
  const { context } = recordingContext({ typed: { baseUrl: [''] }, folder: fresh.path });
  await runInit({ key: KEY, challengeId: 'mine', apiBase: sandbox.url }, context);
  expect(saved()).toEqual({ stripeSecretKey: KEY, challengeId: 'mine', stripeApiBase: sandbox.url });
});

test('flags and environment answer without a terminal', async () => {
  const { context, asked } = recordingContext({ folder: fresh.path, env: { STRIPE_SECRET_KEY: KEY, STRIPE_API_BASE: sandbox.url } });
  await runInit({ challengeId: 'mine' }, context);
  expect(asked).toEqual([]);
  expect(saved()).toMatchObject({ stripeSecretKey: KEY, challengeId: 'mine' });
});

test('without a terminal all that is missing is named at once', async () => {
  const { context } = recordingContext({ folder: fresh.path });
  await expect(runInit({}, context)).rejects.toMatchObject({ kind: 'usage', message: 'there is no terminal to ask at, and these are missing: --key, --challenge-id' });
});

test('an own key leaves the sandbox of an earlier `up` behind', async () => {
  await saveSettings(fresh.path, { stripeSecretKey: 'sk_test_devchat_sandbox', stripeApiBase: 'http://127.0.0.1:9', challengeId: 'devchat-local' });
  const { context } = recordingContext({ folder: fresh.path, env: { STRIPE_API_BASE: sandbox.url } });
  await runInit({ key: KEY, challengeId: 'mine' }, context);
  expect(saved()).toMatchObject({ stripeSecretKey: KEY, stripeApiBase: sandbox.url, challengeId: 'mine' });
});

test('a key that Stripe refuses is not saved', async () => {
  const { context } = recordingContext({ folder: fresh.path });
  await expect(runInit({ key: 'sk_test_x', challengeId: 'mine', apiBase: sandbox.url }, context)).rejects.toMatchObject({ type: 'StripeAuthenticationError' });
  expect(saved).toThrow(/ENOENT/);
});
