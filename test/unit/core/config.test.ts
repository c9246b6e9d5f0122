import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isGiven, loadConfig, problemWith, SANDBOX as OWN_SANDBOX, SETTINGS, type ConfigSources } from '../../../core/config.ts';
import type { DevchatError } from '../../../core/errors.ts';
import { saveSettings, type SavedSettings } from '../../../core/settings.ts';
import { freshFolder, writeFiles, type FreshFolder } from '../../support/folders.ts';

const CONFIG_FILE = 'devchat.config.json';
const CANARY = 'canary1234567890';
const SANDBOX = 'http://127.0.0.1:12111';
const NOTICE_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const HOLD_ALL = { past_due: 'hold', unpaid: 'hold', incomplete: 'hold', paused: 'hold', unknown: 'hold' };

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
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      policy: HOLD_ALL,
      configDir: join(fresh.path, 'config'),
      dataDir: join(fresh.path, 'data'),
    });
    expect(origins).toEqual({ cache: 'default', host: 'default', port: 'default', timeZone: 'default', policy: 'default' });
  });

  test.each([undefined, 'Etc/Unknown'])('a machine whose time zone is %s counts in UTC', async (timeZone) => {
    const options = vi.spyOn(Intl.DateTimeFormat.prototype, 'resolvedOptions').mockReturnValue({ timeZone } as Intl.ResolvedDateTimeFormatOptions);
    const { config } = await load().finally(() => options.mockRestore());
    expect(config.timeZone).toBe('UTC');
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
        DEVCHAT_TIME_ZONE: 'Europe/Berlin',
        DEVCHAT_POLICY: 'past_due=3d, paused=off',
        DEVCHAT_NOTICE_COMMAND: 'mail -s devchat me@example.com',
        DEVCHAT_NOTICE_URL: 'https://example.com/notices?room=1',
        DEVCHAT_NOTICE_SECRET: NOTICE_SECRET,
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
      timeZone: 'Europe/Berlin',
      policy: { ...HOLD_ALL, past_due: { graceDays: 3 }, paused: 'off' },
      noticeCommand: 'mail -s devchat me@example.com',
      noticeUrl: 'https://example.com/notices?room=1',
      noticeSecret: NOTICE_SECRET,
    });
    expect(Object.keys(config).sort()).toEqual([...Object.keys(SETTINGS), 'configDir', 'dataDir'].sort());
  });

  test('the config file may hold what follows as an object, and where notices go', async () => {
    const file = { timeZone: 'Asia/Tokyo', policy: { past_due: '60d', unpaid: 'off' }, noticeUrl: 'http://127.0.0.1:9/', noticeSecret: NOTICE_SECRET };
    const { config, origins } = await load({ file });
    expect(config).toMatchObject({ ...file, policy: { ...HOLD_ALL, past_due: { graceDays: 60 }, unpaid: 'off' } });
    expect(origins).toMatchObject({ timeZone: 'config file', policy: 'config file', noticeUrl: 'config file', noticeSecret: 'config file' });
  });

  test('what the config file declares for provisioning is no setting, whatever it is', async () => {
    const { config, origins } = await load({ file: { $schema: './docs/devchat.config.schema.json', portal: 7, product: { prices: 'none' }, webhook: [], port: 5000 } });
    expect(config.port).toBe(5000);
    expect(Object.keys({ ...config, ...origins })).not.toEqual(expect.arrayContaining(['portal']));
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
      file: '{\n  "challengeId": "",\n  "hosts": 1,\n\n  "host": 7\n}',
    });
    expect(error.kind).toBe('usage');
    expect(error.message.split('; ').sort()).toEqual([
      'DEVCHAT_BASE_URL (from environment) is not an http(s) address',
      'PORT (from flag) is above 65535',
      'STRIPE_SECRET_KEY (from environment) is not a Stripe secret key (sk_test_… or rk_test_…)',
      'STRIPE_WEBHOOK_SECRET (from environment) is not a signing secret (whsec_…)',
      'devchat.config.json:2 challengeId is empty',
      'devchat.config.json:3 hosts is unknown',
      'devchat.config.json:5 host is not a text',
    ]);
    expect(error.hint).toBe('set it right in the environment or a flag, or with devchat config set or init; mend it there; did you mean host?');
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

  test.each([
    ['past_due=4w', 'past_due is not on, hold, off, or days of grace from 1d to 60d'],
    ['past_due=0d', 'past_due is not on, hold, off, or days of grace from 1d to 60d'],
    ['past_due=61d', 'past_due is not on, hold, off, or days of grace from 1d to 60d'],
    ['unpaid=3d', 'unpaid is not on, hold, off'],
    ['unpaid=ON,paused=', 'unpaid is not on, hold, off; DEVCHAT_POLICY (from environment) paused is not on, hold, off'],
    ['past_due=3d,past_due=off', 'names past_due twice'],
    ['active=off', 'names active: it may name past_due, unpaid, incomplete, paused, unknown'],
    ['nonsense', 'is not statuses and their verdicts, such as past_due=3d,paused=off'],
    ['past_due=3d,', 'is not statuses and their verdicts, such as past_due=3d,paused=off'],
  ])('the policy %s', async (DEVCHAT_POLICY, what) => {
    expect((await refusal({ env: { DEVCHAT_POLICY } })).message).toBe(`DEVCHAT_POLICY (from environment) ${what}`);
  });

  test.each([[null], [['past_due']], [7], ['']])('the policy %j in the config file', async (policy) => {
    expect((await refusal({ file: { policy } })).message).toBe('devchat.config.json:1 policy is not statuses and their verdicts, such as past_due=3d,paused=off');
  });

  test('an address for notices without what signs them', async () => {
    const { message } = await refusal({ env: { DEVCHAT_NOTICE_URL: `https://example.com/${CANARY}` } });
    expect(message).toBe('DEVCHAT_NOTICE_URL (from environment) needs DEVCHAT_NOTICE_SECRET beside it, which signs what is posted there');
  });

  test('an address for notices with a password in it', async () => {
    const { message } = await refusal({ env: { DEVCHAT_NOTICE_URL: `https://me:${CANARY}@example.com`, DEVCHAT_NOTICE_SECRET: NOTICE_SECRET } });
    expect(message).toBe('DEVCHAT_NOTICE_URL (from environment) holds a name or a password');
  });

  test.each([`whsec_${CANARY}`, NOTICE_SECRET.slice(6), `${NOTICE_SECRET}A`, `${NOTICE_SECRET}A=`])('what signs notices has to be %#', async (DEVCHAT_NOTICE_SECRET) => {
    const { message } = await refusal({ env: { DEVCHAT_NOTICE_SECRET } });
    expect(message).toBe('DEVCHAT_NOTICE_SECRET (from environment) is not a signing secret of Standard Webhooks (whsec_ and 24 bytes or more in base64)');
  });

  test('more secrets than anybody rotates', async () => {
    const many = Array.from({ length: 17 }, (_, index) => `whsec_${index}`).join(',');
    expect((await refusal({ env: { STRIPE_WEBHOOK_SECRET: many } })).kind).toBe('usage');
  });

  test('a config file that is not JSON', async () => {
    const error = await refusal({ file: `{"stripeSecretKey": sk_test_${CANARY}}` });
    expect(error).toMatchObject({ kind: 'usage', hint: 'mend the file' });
    expect(error.message).toBe('devchat.config.json:1:21 is not JSON: what stands there is neither a text in quotes nor a value');
  });

  test('a config file with a name that nothing is near to', async () => {
    const { message, hint } = await refusal({ file: { port: 1, colour: 'red' } });
    expect(message).toBe('devchat.config.json:1 colour is unknown');
    expect(hint).toBe(`it may hold: ${Object.keys(SETTINGS).join(', ')}, $schema, portal, product, webhook`);
  });

  test('a config file with a list', async () => {
    expect(await refusal({ file: [] })).toMatchObject({ kind: 'usage', message: 'devchat.config.json:1 is not an object', hint: 'begin it with { and end it with }' });
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
  expect(problemWith('policy', 'past_due=0d')).toBe('past_due is not on, hold, off, or days of grace from 1d to 60d');
});

test.each<[string, Given, boolean]>([
  ['nowhere', {}, false],
  ['in the environment', { env: { DEVCHAT_NOTICE_SECRET: 'wrong as it is' } }, true],
  ['in the config file', { file: { noticeSecret: NOTICE_SECRET } }, true],
  ['among what is saved', { saved: { noticeSecret: NOTICE_SECRET } }, true],
])('a setting is given: %s', async (_where, { env = {}, file, saved }, given) => {
  const configDir = join(fresh.path, 'config');
  if (saved) await saveSettings(configDir, saved);
  if (file) writeFiles(fresh.path, { [CONFIG_FILE]: JSON.stringify(file) });
  expect(isGiven('noticeSecret', { env: { DEVCHAT_CONFIG_DIR: configDir, ...env }, folder: fresh.path })).toBe(given);
});
