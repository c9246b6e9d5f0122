/** The house cannot drift: each import that a room may not make is refused, each that it may make is not. */
import { execFile } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshFolder, ROOT, writeFiles } from '../support/folders.ts';

const REFUSED = [
  ['bin/a.ts', `import '../dist/core/errors.js'`, 'bin imports only dist/cli/main.js'],
  ['cli/a.ts', `import '../client/src/page.ts'`, 'cli imports only core'],
  ['cli/b.ts', `import '../daemon/main.ts'`, 'cli imports only core'],
  ['cli/c.ts', `await import('../sandbox/main.ts')`, 'cli imports only core'],
  ['cli/commands/up.ts', `import '../../daemon/main.ts'`, 'cli imports only core'],
  ['cli/sandbox/start.ts', `import '../../daemon/main.ts'`, 'cli/sandbox/start imports only cli, core, sandbox/main.ts'],
  ['core/a.ts', `import '../cli/main.ts'`, 'core imports only itself'],
  ['core/b.ts', `import type {} from '../daemon/contract.ts'`, 'core imports only itself'],
  ['core/c.ts', `export {} from '../sandbox/main.ts'`, 'core imports only itself'],
  ['core/d.ts', `import '../client/src/page.ts'`, 'core imports only itself'],
  ['daemon/a.ts', `import '../cli/main.ts'`, 'daemon imports only core'],
  ['daemon/b.ts', `import '../sandbox/main.ts'`, 'daemon imports only core'],
  ['daemon/c.ts', `import '../client/src/page.ts'`, 'daemon imports only core'],
  ['client/src/a.ts', `import { answer } from '../../daemon/contract.ts'; answer`, 'client may only import type'],
  ['client/src/b.ts', `import type {} from '../../core/errors.ts'`, 'client imports only daemon/contract.ts'],
  ['client/src/c.ts', `import type {} from '../../daemon/app.ts'`, 'client imports only daemon/contract.ts'],
  ['client/src/d.ts', `import 'node:fs'`, 'client runs in a browser'],
  ['sandbox/a.ts', `import '../core/errors.ts'`, 'sandbox imports only itself'],
  ['sandbox/b.ts', `import type {} from '../daemon/contract.ts'`, 'sandbox imports only itself'],
  ['sandbox/c.ts', `import '../cli/main.ts'`, 'sandbox imports only itself'],
  ['sandbox/d.ts', `import '../client/src/page.ts'`, 'sandbox imports only itself'],
  ['core/e.ts', `import '../test/support/anything.ts'`, 'core imports only itself'],

  ['core/f.ts', `import 'commander'`, 'commander only in cli'],
  ['daemon/d.ts', `import 'inquirer'`, 'inquirer only in cli'],
  ['sandbox/e.ts', `import 'chalk'`, 'chalk only in cli'],
  ['core/g.ts', `import type {} from 'express'`, 'express only in daemon, sandbox'],
  ['cli/d.ts', `import 'express'`, 'express only in daemon, sandbox'],
  ['core/h.ts', `import 'better-sqlite3'`, 'better-sqlite3 only in core/cache, sandbox/store, sandbox/store-file'],
  ['sandbox/f.ts', `import 'better-sqlite3'`, 'better-sqlite3 only in core/cache, sandbox/store, sandbox/store-file'],
  ['sandbox/g.ts', `import Stripe from 'stripe'; Stripe`, 'sandbox may only import type'],
  ['sandbox/h.ts', `import 'zod'`, 'zod only in core, cli, daemon'],
  ['daemon/e.ts', `import 'react'`, 'react only in client'],
  ['client/src/e.ts', `import type {} from 'stripe'`, 'stripe only in core, cli, daemon, sandbox'],
  ['core/i.ts', `import 'fast-check'`, 'every package has a room'],

  ['core/cycle.ts', `import './second-half.ts'`, 'no cycles'],
] as const;

const ALLOWED = [
  ['bin/devchat.ts', `import '../dist/cli/main.js'`],
  ['cli/main.ts', `import 'commander'; import 'inquirer'; import 'chalk'; import '../core/errors.ts'`],
  ['cli/commands/serve.ts', `import '../main.ts'; await import('../../daemon/main.ts')`],
  ['cli/commands/sandbox.ts', `import './serve.ts'`],
  ['core/errors.ts', `import 'stripe'; import 'zod'; import 'node:fs'`],
  ['core/cache/sqlite.ts', `import '../errors.ts'; import 'better-sqlite3'`],
  ['daemon/contract.ts', `import type {} from '../core/errors.ts'; export const answer = 42`],
  ['daemon/app.ts', `import 'express'; import './contract.ts'`],
  ['daemon/main.ts', `import './app.ts'; import '../core/errors.ts'`],
  ['client/src/page.ts', `import 'react'; import type { answer } from '../../daemon/contract.ts'`],
  ['sandbox/store.ts', `import 'better-sqlite3'`],
  ['sandbox/main.ts', `import type Stripe from 'stripe'; import './store.ts'; import 'express'; import 'ws'`],
  ['test/support/anything.ts', `import 'fast-check'; import '../../core/errors.ts'; import '../../sandbox/main.ts'`],
] as const;

const SCENERY = {
  'core/second-half.ts': `import type {} from './cycle.ts'`,
  'dist/cli/main.js': '',
  'dist/core/errors.js': '',
};

interface Violation {
  from: string;
  rule: { name: string };
}

const house = freshFolder();
let violations: Violation[] = [];

beforeAll(async () => {
  const snippets = [...REFUSED, ...ALLOWED].map(([file, text]) => [file, text] as const);
  writeFiles(house.path, { ...Object.fromEntries(snippets), ...SCENERY });
  symlinkSync(join(ROOT, 'node_modules'), join(house.path, 'node_modules'));
  violations = await cruise(house.path);
}, 30_000);

afterAll(() => house.remove());

test.each(REFUSED)('%s: %s is refused', (file, _text, rule) => {
  expect(rulesBrokenBy(file)).toContainEqual(expect.stringMatching(rule));
});

test.each(ALLOWED)('%s: %s is allowed', (file) => {
  expect(rulesBrokenBy(file)).toEqual([]);
});

async function cruise(folder: string): Promise<Violation[]> {
  const program = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const table = join(ROOT, '.dependency-cruiser.js');
  const options = ['.', '--config', table, '--output-type', 'json'];
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...options], { cwd: folder });
  return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
}

function rulesBrokenBy(file: string): string[] {
  return violations.filter((violation) => violation.from === file).map((violation) => violation.rule.name);
}
