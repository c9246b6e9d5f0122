/** What a command loads before it does anything: every package costs time at each start. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ROOT } from '../../support/folders.ts';
import { test } from './house.ts';

const AT_EVERY_START = ['chalk', 'commander', 'env-paths', 'zod'];

test.for<[string, string[]]>([
  ['--version', []],
  ['--help', []],
  ['events list', ['better-sqlite3']],
  ['subscriptions list', ['better-sqlite3']],
  ['status', ['better-sqlite3', 'stripe']],
])('%s', async ([words, more], { home }) => {
  const { stderr } = await home.run(words.split(' '), { NODE_OPTIONS: `--import ${reportingLoads()}`, STRIPE_SECRET_KEY: 'sk_test_abcdefghijkl', STRIPE_API_BASE: 'http://127.0.0.1:9' });
  expect(packagesIn(stderr)).toEqual([...AT_EVERY_START, ...more].sort());
});

/** A module that prints the address of every module that is imported. */
function reportingLoads(): string {
  const hooks = `export async function load(url, context, next) { process._rawDebug(url); return next(url, context); }`;
  return asUrl(`import { register } from 'node:module'; register(${JSON.stringify(asUrl(hooks))});`);
}

function asUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

/** Those of our own choice: what they bring along is theirs. */
function packagesIn(printed: string): string[] {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
  const names = [...printed.matchAll(/^file:.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//gm)].map(([, name = '']) => name);
  return Object.keys(dependencies).filter((name) => names.includes(name)).sort();
}
