/** Every command of docs/events.md, run as it stands there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ROOT } from '../../support/folders.ts';
import { ADA, KEPT, openAdas } from './adas.ts';
import { test } from './house.ts';

const COMMANDS = [...readFileSync(join(ROOT, 'docs', 'events.md'), 'utf8').matchAll(/^devchat (.*)$/gm)].map(([, line = '']) => line);
/** They go on until somebody stops them. */
const FOLLOWS = /^(events tail|subscriptions watch)/;

test('docs/events.md has the commands', () => {
  expect(COMMANDS.length).toBeGreaterThan(10);
});

test.for(COMMANDS)('devchat %s', async (line, { home }) => {
  await openAdas(home);
  if (!FOLLOWS.test(line)) {
    const { code, stdout, stderr } = await home.run(line.split(' '), KEPT);
    expect({ code, isSaid: (stdout + stderr).length > 0 }, stderr).toEqual({ code: 0, isSaid: true });
    return;
  }
  const running = home.start(line.split(' '), KEPT);
  await running.printed(line.startsWith('events') ? /evt_past_due/ : new RegExp(ADA));
  expect((await running.stop()).code).toBe(130);
});
