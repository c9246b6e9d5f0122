import { readFileSync, statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runGet } from '../../../cli/commands/config/get.ts';
import { runList } from '../../../cli/commands/config/list.ts';
import { runSet } from '../../../cli/commands/config/set.ts';
import { runUnset } from '../../../cli/commands/config/unset.ts';
import type { SettingName } from '../../../core/config.ts';
import { saveSettings, settingsPath } from '../../../core/settings.ts';
import { freshFolder, type FreshFolder } from '../../support/folders.ts';
import { recordingContext } from './recording-io.ts';

const KEY = 'sk_test_abcdefgh1234';
const NOTICE_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

let fresh: FreshFolder;

beforeEach(() => {
  fresh = freshFolder();
});

afterEach(() => fresh.remove());

const at = (env: Record<string, string> = {}) => recordingContext({ folder: fresh.path, env });
const saved = (): unknown => JSON.parse(readFileSync(settingsPath(fresh.path), 'utf8'));

test('set saves for the owner alone, unset forgets', async () => {
  await runSet('port', '5000', at().context);
  await runSet('challengeId', 'mine', at().context);
  expect(saved()).toEqual({ port: '5000', challengeId: 'mine' });
  expect(statSync(settingsPath(fresh.path)).mode & 0o777).toBe(0o600);
  await runUnset('port', at().context);
  expect(saved()).toEqual({ challengeId: 'mine' });
});

test('set mends a saved setting that stops every other command', async () => {
  await saveSettings(fresh.path, { port: 'http' });
  expect(() => at().context.config()).toThrow('PORT');
  await runSet('port', '0', at().context);
  expect(at().context.config().port).toBe(0);
});

test('another key leaves the address of the old one behind', async () => {
  await saveSettings(fresh.path, { stripeSecretKey: 'sk_test_sandbox', stripeApiBase: 'http://127.0.0.1:9' });
  await runSet('stripeSecretKey', KEY, at().context);
  expect(saved()).toEqual({ stripeSecretKey: KEY });
});

test('set says where the environment wins', async () => {
  const { context, talk } = at({ CHALLENGE_ID: 'theirs' });
  await runSet('challengeId', 'mine', context);
  expect(talk.at(-1)).toBe('warning CHALLENGE_ID is set in the environment, and wins over it');
});

test.each<[SettingName, string, string, string]>([
  ['port', '65536', 'usage', 'this port is above 65535'],
  ['baseUrl', 'pair.example.com', 'usage', 'this baseUrl is not an http(s) address'],
  ['challengeId', '', 'usage', 'this challengeId is empty'],
  ['stripeSecretKey', 'pk_test_1', 'key-refused', 'this stripeSecretKey is not a Stripe secret key (sk_test_… or rk_test_…)'],
  ['policy', 'nonsense', 'usage', 'this policy is not statuses and their verdicts, such as past_due=3d,paused=off'],
  ['policy', '', 'usage', 'this policy is not statuses and their verdicts, such as past_due=3d,paused=off'],
  ['policy', 'past_due=0d', 'usage', 'this policy past_due is not on, hold, off, or days of grace from 1d to 60d'],
  ['policy', 'past_due=3d,past_due=off', 'usage', 'this policy names past_due twice'],
  ['timeZone', 'Mars/Base', 'usage', 'this timeZone is not a time zone such as Europe/Berlin'],
  ['timeZone', '', 'usage', 'this timeZone is not a time zone such as Europe/Berlin'],
  ['noticeCommand', ' ', 'usage', 'this noticeCommand is empty'],
  ['noticeUrl', 'example.com', 'usage', 'this noticeUrl is not an http(s) address'],
  ['noticeUrl', 'https://example.com', 'usage', 'what is posted to noticeUrl is signed, and there is no noticeSecret yet'],
  ['noticeSecret', 'whsec_1', 'usage', 'this noticeSecret is not a signing secret of Standard Webhooks (whsec_ and 24 bytes or more in base64)'],
  ['webhookSecrets', 'whsec_1', 'usage', 'signing secrets are saved with where they come from'],
])('set %s %s is refused, and nothing is saved', async (name, value, kind, message) => {
  await expect(runSet(name, value, at().context)).rejects.toMatchObject({ kind, message });
  expect(saved).toThrow(/ENOENT/);
});

test('where notices go is set once there is what signs them: shown masked in a list, in full by get', async () => {
  await runSet('noticeSecret', NOTICE_SECRET, at().context);
  await runSet('noticeUrl', 'https://example.com/hooks/1234', at().context);
  const { context, out } = at();
  runGet('noticeSecret', context);
  runGet('noticeUrl', context);
  runList({}, context);
  expect(out.slice(0, 2)).toEqual([NOTICE_SECRET, 'https://example.com/hooks/1234']);
  expect(out.slice(-2).map((line) => line.split(/ {2,}/))).toEqual([['noticeUrl', '****1234'], ['noticeSecret', '****LaSw']]);
});

test('what signs notices may come from the environment', async () => {
  await runSet('noticeUrl', 'https://example.com', at({ DEVCHAT_NOTICE_SECRET: NOTICE_SECRET }).context);
  expect(saved()).toEqual({ noticeUrl: 'https://example.com' });
  expect(() => at().context.config()).toThrow('DEVCHAT_NOTICE_URL (from saved) needs DEVCHAT_NOTICE_SECRET');
});

test('the policy is saved and printed as text', async () => {
  await runSet('policy', 'past_due=3d,paused=off', at().context);
  expect(saved()).toEqual({ policy: 'past_due=3d,paused=off' });
  const { context, out } = at();
  runGet('policy', context);
  expect(out).toEqual(['past_due=3d, unpaid=hold, incomplete=hold, paused=off, unknown=hold']);
});

describe('of a key and two secrets', () => {
  const secrets = { 'we_1@api.stripe.com': 'whsec_1111aaaa', 'we_2@api.stripe.com': 'whsec_2222bbbb', 'we_3@127.0.0.1:9': 'whsec_3333cccc' };

  beforeEach(() => saveSettings(fresh.path, { stripeSecretKey: KEY, webhookSecrets: secrets }));

  test('list shows the last four characters, and where each comes from', () => {
    const { context, out } = at({ PORT: '5000' });
    runList({ showOrigin: true }, context);
    expect(out.map((line) => line.split(/ {2,}/))).toEqual([
      ['NAME', 'ORIGIN', 'VALUE'],
      ['stripeSecretKey', 'saved', '****1234'],
      ['stripeApiBase', '-', '-'],
      ['webhookSecrets', 'saved', '****aaaa,****bbbb'],
      ['challengeId', '-', '-'],
      ['baseUrl', '-', '-'],
      ['cache', 'default', `${fresh.path}/cache.sqlite`],
      ['host', 'default', '127.0.0.1'],
      ['port', 'environment', '5000'],
      ['timeZone', 'default', Intl.DateTimeFormat().resolvedOptions().timeZone],
      ['policy', 'default', 'past_due=hold, unpaid=hold, incomplete=hold, paused=hold, unknown=hold'],
      ['noticeCommand', '-', '-'],
      ['noticeUrl', '-', '-'],
      ['noticeSecret', '-', '-'],
    ]);
  });

  test('list --json', () => {
    const { context, out } = at({ STRIPE_WEBHOOK_SECRET: 'whsec_4444dddd' });
    runList({ json: true }, context);
    const { schemaVersion, settings } = JSON.parse(out[0] ?? '') as { schemaVersion: number; settings: unknown[] };
    expect(schemaVersion).toBe(1);
    expect(settings.slice(0, 3)).toEqual([
      { name: 'stripeSecretKey', environment: 'STRIPE_SECRET_KEY', value: '****1234', origin: 'saved' },
      { name: 'stripeApiBase', environment: 'STRIPE_API_BASE', value: null, origin: null },
      { name: 'webhookSecrets', environment: 'STRIPE_WEBHOOK_SECRET', value: '****dddd', origin: 'environment' },
    ]);
  });

  test('get prints them in full', () => {
    const { context, out } = at();
    runGet('stripeSecretKey', context);
    runGet('webhookSecrets', context);
    expect(out).toEqual([KEY, 'whsec_1111aaaa,whsec_2222bbbb']);
  });

  test('get of what is not set', () => {
    expect(() => runGet('challengeId', at().context)).toThrow('challengeId is not set');
  });
});
