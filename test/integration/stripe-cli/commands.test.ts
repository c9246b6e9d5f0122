/** The table of docs/sandbox-stripe-cli.md, held against the real Stripe CLI: each row is run, and says what was found. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshFolder } from '../../support/folders.ts';
import { openSandbox, type SandboxUnderTest } from '../sandbox/running-sandbox.ts';
import { COMMANDS } from './commands.ts';
import { LISTENING } from './listening.ts';
import { rowsOfPage } from './page.ts';
import { hasStripeCli, stripePrograms } from './stripe-program.ts';
import { isKnown, triggerOf, tryCommand, type Verdict } from './trial.ts';

const AT_A_TIME = 2;
const LIMIT_MS = 180_000;
const rows = rowsOfPage();
const commands = rows.map(({ command }) => command);

describe.skipIf(!hasStripeCli)('the table of the Stripe CLI', () => {
  const verdicts = new Map<string, Verdict>();
  let sandbox: SandboxUnderTest;

  beforeAll(async () => {
    sandbox = await openSandbox();
    const waiting = commands.filter(isKnown);
    const lane = async (): Promise<void> => {
      for (let command = waiting.shift(); command !== undefined; command = waiting.shift()) {
        verdicts.set(command, await tryCommand(command, sandbox));
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, lane));
  }, LIMIT_MS);
  afterAll(() => sandbox.close());

  test.each(rows.map(({ command, passes }) => [command, passes ? 'yes' : 'no'] as const))('%s | %s', (command, said) => {
    const { passes, why } = verdicts.get(command) ?? { passes: undefined, why: 'the test does not know how to run it' };
    expect(passes, why).toBe(said === 'yes');
  });

  test('has a row for everything that `stripe trigger` knows', async () => {
    const folder = freshFolder();
    const help = stripePrograms(sandbox.url, folder.path).run('trigger', '--help');
    await help.ended;
    folder.remove();
    const [, names = ''] = /Supported events:\n(.*?)\n\n/s.exec(help.output()) ?? [];
    expect(commands.map(triggerOf).filter((name) => name !== undefined).toSorted()).toEqual(names.trim().split(/\s+/).toSorted());
  });

  test('has a row for every other command that is tried, and no command twice', () => {
    const others = commands.filter((command) => triggerOf(command) === undefined);
    expect(others.toSorted()).toEqual([...Object.keys(COMMANDS), ...Object.keys(LISTENING)].toSorted());
    expect(new Set(commands).size).toBe(commands.length);
  });
});
