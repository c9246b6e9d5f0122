/** `cache copy`: what is named wrongly is said, and nothing is made of it. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { openAdas } from './adas.ts';
import { test } from './house.ts';

test('copies into a new file', async ({ home }) => {
  await openAdas(home);
  const { code, stderr } = await home.run(['cache', 'copy', '--to', 'there.sqlite']);
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('Next: set DEVCHAT_CACHE=') as string });
  expect(existsSync(join(home.folder, 'there.sqlite'))).toBe(true);
});

test('a cache that does not exist: 1, and neither end is made', async ({ home }) => {
  const { code, stdout, stderr } = await home.run(['cache', 'copy', '--cache', 'nosuch/cache.sqlite', '--to', 'there.sqlite']);
  expect({ code, stdout, stderr }).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^error there is no cache \S*nosuch\/cache\.sqlite\n/) as string });
  expect(['nosuch', 'there.sqlite'].filter((name) => existsSync(join(home.folder, name)))).toEqual([]);
});

describe('an address of something else is no file: 2, and nothing is made', () => {
  const ADDRESS = 'mysql://ada:secret@host/db';
  test.for([
    ['cache', 'copy', '--to', ADDRESS],
    ['cache', 'copy', '--cache', ADDRESS, '--to', 'there.sqlite'],
    ['events', 'list', '--cache', ADDRESS],
  ])('%s', async (args, { home }) => {
    await openAdas(home);
    const before = readdirSync(home.folder);
    const { code, stdout, stderr } = await home.run(args);
    expect({ code, stdout, stderr }).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('is an address of something else') as string });
    expect(stderr).not.toContain('secret');
    expect(readdirSync(home.folder)).toEqual(before);
  });

  test('in the setting as well', async ({ home }) => {
    const { code, stderr } = await home.run(['subscriptions', 'list'], { DEVCHAT_CACHE: ADDRESS });
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('DEVCHAT_CACHE (from environment) is an address of something else') as string });
  });
});
