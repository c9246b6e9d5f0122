/** Real devchat processes: what every other test of the command line stands on. */
import { afterAll, expect, test } from 'vitest';
import { freshFolder } from '../../support/folders.ts';
import { runDevchat, startDevchat } from '../../support/processes.ts';

const folder = freshFolder();
const surroundings = { folder: folder.path };

afterAll(() => folder.remove());

test('a command runs to its end and leaves its code and its output', async () => {
  const { code, stdout, stderr } = await runDevchat(['--version'], surroundings);
  expect({ code, stdout: stdout.trim(), stderr }).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string, stderr: '' });
});

test('a command that goes on is awaited by what it prints, and stops cleanly', async () => {
  const sandbox = startDevchat(['sandbox', '--port', '0', '--data', folder.path], surroundings);
  const [address] = await sandbox.printed(/http:\/\/127\.0\.0\.1:\d+/);
  expect((await fetch(`${address}/_sandbox`)).status).toBe(200);
  expect(await sandbox.stop()).toMatchObject({ code: 0 });
});

test('a command that ends before it prints the awaited shows what it printed instead', async () => {
  const serve = startDevchat(['serve', '--no-such-flag'], surroundings);
  await expect(serve.printed(/listens/)).rejects.toThrow(/did not print listens; it printed:\n.*no-such-flag/s);
});
