import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig, problemWith, SANDBOX as OWN_SANDBOX, type ConfigSources } from '../../../core/config.ts';
import type { DevchatError } from '../../../core/errors.ts';
import { saveSettings, type SavedSettings } from '../../../core/settings.ts';
import { freshFolder, writeFiles, type FreshFolder } from '../../support/folders.ts';

const CONFIG_FILE = 'devchat.config.json';
const CANARY = 'canary1234567890';
const SANDBOX = 'http://127.0.0.1:12111';

let fresh: FreshFolder;

beforeEach(() => {
  fresh = freshFolder();
});

afterEach(() => fresh.remove());

interface Given {
  flags?: ConfigSources['flags'];
  env?: Record<string, string>;
  file?: unknown;
  saved?: SavedSettings;
}

async function load({ flags = {}, env = {}, file, saved }: Given = {}) {
  const configDir = join(fresh.path, 'config');
  if (saved) await saveSettings(configDir, saved);
  if (file !== undefined) writeFiles(fresh.path, { [CONFIG_FILE]: typeof file === 'string' ? file : JSON.stringify(file) });
  return loadConfig({ flags, env: { DEVCHAT_CONFIG_DIR: configDir, DEVCHAT_DATA_DIR: join(fresh.path, 'data'), ...env }, folder: fresh.path });
}

async function refusal(given: Given): Promise<DevchatError> {
  const error: unknown = await load(given).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'DevchatError' });
  const { message, hint = '' } = error as DevchatError;
  expect(`${message} ${hint}`, 'a secret is shown').not.toContain(CANARY);
  return error as DevchatError;
}

describe('which setting holds', () => {
  test('nothing set: the defaults, and nothing that would need a default', async () => {
    const { config, origins } = await load();
    expect(config).toEqual({
      cache: join(fresh.path, 'data', 'cache.sqlite'),
      host: '127.0.0.1',
      port: 4242,
      configDir: join(fresh.path, 'config'),
      dataDir: join(fresh.path, 'data'),
    });
    expect(origins).toEqual({ cache: 'default', host: 'default', port: 'default' });
  });

  const saved: SavedSettings = { challengeId: 'saved' };
  const file = { challengeId: 'file' };
  const env = { CHALLENGE_ID: 'environment' };
  const flags = { challengeId: 'flag' };

  test.each<[Given, string, string]>([
    [{ saved }, 'saved', 'saved'],
    [{ saved, file }, 'file', 'config file'],
    [{ saved, file, env }, 'environment', 'environment'],
    [{ saved, file, env, flags }, 'flag', 'flag'],
    [{ saved, file, env: { CHALLENGE_ID: '' } }, 'file', 'config file'],
    [{ saved, flags: { challengeId: undefined } }, 'saved', 'saved'],
  ])('%j', async (given, value, origin) => {
    const { config, origins } = await load(given);
    expect([config.challengeId, origins.challengeId]).toEqual([value, origin]);
  });

  test('every setting has its name in the environment', async () => {
    const { config } = await load({
      env: {
        STRIPE_SECRET_KEY: ' rk_test_1 ',
        STRIPE_API_BASE: `${SANDBOX}/`,
        STRIPE_WEBHOOK_SECRET: 'whsec_1, whsec_2,',
        CHALLENGE_ID: 'mine',
        DEVCHAT_BASE_URL: 'https://dev.example.com/',
        DEVCHAT_CACHE: 'cache.sqlite',
        HOST: '0.0.0.0',
        PORT: '0',
      },
    });
    expect(config).toMatchObject({
      stripeSecretKey: 'rk_test_1',
      stripeApiBase: SANDBOX,
      webhookSecrets: ['whsec_1', 'whsec_2'],
      challengeId: 'mine',
      baseUrl: 'https://dev.example.com',
      cache: 'cache.sqlite',
      host: '0.0.0.0',
      port: 0,
    });
  });

  test('saved signing secrets are not among them: they are looked up when they are needed', async () => {
    const { config } = await load({ saved: { webhookSecrets: { 'we_1@api.stripe.com': 'whsec_1' } } });
    expect(config.webhookSecrets).toBeUndefined();
  });
});

describe('a saved address belongs to the saved key', () => {
  const saved = { stripeApiBase: SANDBOX, stripeSecretKey: 'sk_test_sandbox' };

  test('with the saved key both hold', async () => {
    expect((await load({ saved })).config).toMatchObject(saved);
  });

  test.each<[string, Given]>([
    ['the environment', { env: { STRIPE_SECRET_KEY: 'sk_test_mine' } }],
    ['a flag', { flags: { stripeSecretKey: 'sk_test_mine' } }],
    ['the config file', { file: { stripeSecretKey: 'sk_test_mine' } }],
  ])('a key of %s goes to Stripe itself', async (_where, given) => {
    const { config, origins } = await load({ saved, ...given });
    expect(config).toMatchObject({ stripeSecretKey: 'sk_test_mine' });
    expect(config).not.toHaveProperty('stripeApiBase');
    expect(origins).not.toHaveProperty('stripeApiBase');
  });

  test('unless the address is said as well', async () => {
    const { config } = await load({ saved, env: { STRIPE_SECRET_KEY: 'sk_test_mine', STRIPE_API_BASE: 'http://127.0.0.1:9' } });
    expect(config).toMatchObject({ stripeSecretKey: 'sk_test_mine', stripeApiBase: 'http://127.0.0.1:9' });
  });
});

describe('the challenge id of the sandbox', () => {
  const saved = { stripeApiBase: SANDBOX, stripeSecretKey: OWN_SANDBOX.stripeSecretKey };

  test('holds with the key that `up` saved', async () => {
    const { config, origins } = await load({ saved });
    expect([config.challengeId, origins.challengeId]).toEqual(['devchat-local', 'default']);
  });

  test('is nobody’s own: another key has none', async () => {
    expect((await load({ saved, env: { STRIPE_SECRET_KEY: 'sk_test_mine' } })).config).not.toHaveProperty('challengeId');
  });

  test.each<[string, Given]>([
    ['with the sandbox', {}],
    ['with an own key', { env: { STRIPE_SECRET_KEY: 'sk_test_mine' } }],
  ])('gives way to a saved one, %s', async (_with, given) => {
    expect((await load({ saved: { ...saved, challengeId: 'mine' }, ...given })).config.challengeId).toBe('mine');
  });
});

describe('what is wrong', () => {
  test('is told all at once, each with where it came from', async () => {
    const error = await refusal({
      flags: { port: '70000' },
      env: { STRIPE_SECRET_KEY: `pk_test_${CANARY}`, STRIPE_WEBHOOK_SECRET: `whsec_1,${CANARY}`, DEVCHAT_BASE_URL: 'ftp://example.com' },
      file: { challengeId: '', host: 7 },
    });
    expect(error.kind).toBe('usage');
    expect(error.message.split('; ').sort()).toEqual([
      '"challengeId" in devchat.config.json is empty',
      '"host" in devchat.config.json is not a text',
      'DEVCHAT_BASE_URL (from environment) is not an http(s) address',
      'PORT (from flag) is above 65535',
      'STRIPE_SECRET_KEY (from environment) is not a Stripe secret key (sk_test_… or rk_test_…)',
      'STRIPE_WEBHOOK_SECRET (from environment) is not a signing secret (whsec_…)',
    ]);
  });

  test.each([`pk_test_${CANARY}`, CANARY, `sk_test_${CANARY} x`, 'sk_test_'])('a malformed key alone: the key is refused (%#)', async (key) => {
    expect((await refusal({ env: { STRIPE_SECRET_KEY: key } })).kind).toBe('key-refused');
  });

  test.each([
    ['-1', 'is below 0'],
    ['1.5', 'is not a whole number'],
    ['http', 'is not a number'],
  ])('port %s %s', async (PORT, what) => {
    expect((await refusal({ env: { PORT } })).message).toBe(`PORT (from environment) ${what}`);
  });

  test('more secrets than anybody rotates', async () => {
    const many = Array.from({ length: 17 }, (_, index) => `whsec_${index}`).join(',');
    expect((await refusal({ env: { STRIPE_WEBHOOK_SECRET: many } })).kind).toBe('usage');
  });

  test('a config file that is not JSON', async () => {
    const error = await refusal({ file: `{"stripeSecretKey": sk_test_${CANARY}}` });
    expect(error).toMatchObject({ kind: 'usage', hint: 'mend the file' });
    expect(error.message).toContain(join(fresh.path, CONFIG_FILE));
    expect(error.message).not.toContain('sk_test');
  });

  test.each([
    ['an unknown name', { port: 1, prot: 2 }, 'prot'],
    ['a list', [], 'expected object'],
  ])('a config file with %s', async (_what, file, told) => {
    const error = await refusal({ file });
    expect(error).toMatchObject({ kind: 'usage', hint: expect.stringContaining('challengeId') as string });
    expect(error.message).toContain(told);
  });

  test('a saved settings file that is not JSON', async () => {
    writeFiles(fresh.path, { 'config/config.json': `{"stripeSecretKey": sk_test_${CANARY}}` });
    expect((await refusal({})).message).toContain('config.json is not JSON');
  });
});

test('one value can be checked by itself', () => {
  expect(problemWith('port', '70000')).toBe('is above 65535');
  expect(problemWith('port', '4242')).toBeUndefined();
  expect(problemWith('baseUrl', 'example.com')).toBe('is not an http(s) address');
});
