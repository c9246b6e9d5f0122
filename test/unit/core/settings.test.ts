import { chmodSync, closeSync, fstatSync, lstatSync, mkdirSync, openSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSettings, savedSecrets, saveSettings, secretName, settingsChangedAt, settingsPath } from '../../../core/settings.ts';
import { freshFolder, type FreshFolder } from '../../support/folders.ts';
import { asOrdinaryUser } from '../../support/ordinary-user.ts';

let fresh: FreshFolder;
let folder: string;
let path: string;

beforeEach(() => {
  fresh = freshFolder();
  folder = join(fresh.path, 'config', 'devchat');
  path = settingsPath(folder);
});

afterEach(() => fresh.remove());

const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);

describe('saving', () => {
  test('keeps what is there beside what is new, and undefined takes away', async () => {
    await saveSettings(folder, { stripeSecretKey: 'sk_test_1', challengeId: 'one' });
    await saveSettings(folder, { challengeId: undefined, baseUrl: 'https://example.com' });
    expect(readSettings(folder)).toEqual({ stripeSecretKey: 'sk_test_1', baseUrl: 'https://example.com' });
  });

  test('several at once lose nothing of each other', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const add = (name: string) => saveSettings(folder, ({ webhookSecrets }) => ({ webhookSecrets: { ...webhookSecrets, [name]: `whsec_${name}` } }));
    await Promise.all([...names.map(add), saveSettings(folder, { challengeId: 'one' }), saveSettings(folder, { baseUrl: 'http://a' })]);
    expect(readSettings(folder)).toEqual({ challengeId: 'one', baseUrl: 'http://a', webhookSecrets: { a: 'whsec_a', b: 'whsec_b', c: 'whsec_c', d: 'whsec_d' } });
  });

  test.each([0o000, 0o022, 0o077])('with umask %o the file is for its owner only, and so is the folder', async (mask) => {
    const before = process.umask(mask);
    try {
      await saveSettings(folder, { stripeSecretKey: 'sk_test_1' });
    } finally {
      process.umask(before);
    }
    expect([modeOf(path), modeOf(folder)]).toEqual(['600', '700']);
    expect(readdirSync(folder)).toEqual(['config.json']);
  });

  test('never through a symbolic link', async () => {
    mkdirSync(folder, { recursive: true });
    const target = join(fresh.path, 'target.json');
    writeFileSync(target, '{"mine":true}');
    symlinkSync(target, path);
    await expect(saveSettings(folder, { stripeSecretKey: 'sk_test_1' })).rejects.toMatchObject({ kind: 'failed', message: expect.stringContaining('symbolic link') as string });
    expect(readFileSync(target, 'utf8')).toBe('{"mine":true}');
  });

  test('into a place that cannot be a folder says so, and where else to save', async () => {
    writeFileSync(join(fresh.path, 'config'), 'a file');
    await expect(saveSettings(folder, { challengeId: 'one' })).rejects.toMatchObject(refusal('usage', path));
  });

  test('into a folder that may not be written says so, and leaves what was there', async () => {
    await saveSettings(folder, { challengeId: 'one' });
    const saving = asOrdinaryUser(folder, 0o500, () => saveSettings(folder, { challengeId: 'two' }));
    await expect(saving).rejects.toMatchObject(refusal('failed', path));
    expect(readSettings(folder)).toEqual({ challengeId: 'one' });
    expect(readdirSync(folder)).toEqual(['config.json']);
  });

  test('over a file that is not JSON is refused; nothing of it is lost or shown', async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, '{"stripeSecretKey": sk_test_canary}', { mode: 0o600 });
    const error: unknown = await saveSettings(folder, { challengeId: 'one' }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'usage', message: `the settings file ${path} is not JSON` });
    expect(readFileSync(path, 'utf8')).toContain('canary');
  });

  test('replaces the file in one step: a reader never sees half of it', async () => {
    const long = 'x'.repeat(200_000);
    await saveSettings(folder, { challengeId: long, baseUrl: 'http://a' });
    const before = openSync(path, 'r');
    let readings = 0;
    const saving = Promise.all(['b', 'c', 'd'].map((name) => saveSettings(folder, { baseUrl: `http://${name}` })));
    const reading = (async () => {
      for (; readings < 50; readings += 1) {
        expect(readSettings(folder).challengeId).toHaveLength(long.length);
        await new Promise(setImmediate);
      }
    })();
    await Promise.all([saving, reading]);
    expect(lstatSync(path).ino).not.toBe(fstatSync(before).ino);
    closeSync(before);
  });
});

describe('reading', () => {
  test('where there is nothing: no settings', () => {
    expect(readSettings(folder)).toEqual({});
    expect(settingsChangedAt(folder)).toBe(0);
  });

  test('a file that others could read is tightened', () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, '{"challengeId":"one"}');
    chmodSync(path, 0o644);
    expect(readSettings(folder)).toEqual({ challengeId: 'one' });
    expect(modeOf(path)).toBe('600');
  });

  test.each(['{"stripeSecretKey": sk_test_canary', '', 'null', '[]', '"sk_test_canary"'])('%j is refused, and nothing of it is shown', (text) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, text, { mode: 0o600 });
    const error = thrownBy(() => readSettings(folder));
    expect(error).toMatchObject({ kind: 'usage' });
    expect(String(error)).toContain(path);
    expect(String(error)).not.toContain('canary');
  });

  test('what is no file says so', () => {
    mkdirSync(path, { recursive: true });
    expect(() => readSettings(folder)).toThrow(expect.objectContaining({ kind: 'usage', message: expect.stringContaining(path) as string }));
  });
});

describe('signing secrets', () => {
  const SANDBOX = 'http://127.0.0.1:12111';
  const settings = {
    webhookSecrets: {
      [secretName('we_1', undefined)]: 'whsec_stripe',
      [secretName('stripe-cli', SANDBOX)]: 'whsec_cli',
      [secretName('we_2', SANDBOX)]: 'whsec_sandbox',
      [secretName('we_2', 'http://127.0.0.1:2111')]: 'whsec_other_port',
    },
  };

  test('count only for the Stripe that they came from', () => {
    expect(savedSecrets(settings, undefined)).toEqual(['whsec_stripe']);
    expect(savedSecrets(settings, SANDBOX)).toEqual(['whsec_cli', 'whsec_sandbox']);
    expect(savedSecrets(settings, 'http://127.0.0.1:9999')).toEqual([]);
    expect(savedSecrets({}, SANDBOX)).toEqual([]);
  });

  test('are named by their source and host', () => {
    expect(secretName('we_1', undefined)).toBe('we_1@api.stripe.com');
    expect(secretName('stripe-cli', SANDBOX)).toBe('stripe-cli@127.0.0.1:12111');
  });
});

function refusal(kind: string, named: string) {
  return { kind, message: expect.stringContaining(named) as string, hint: expect.stringContaining('DEVCHAT_CONFIG_DIR') as string };
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
