/** The official Stripe CLI: from PATH, else the one that the tests install under .tools/. */
import { join } from 'node:path';
import { ROOT } from './folders.ts';
import { firstThatRuns, onPath, runs } from './programs.ts';

const VERSION = '1.52.0';
const FOLDER = join(ROOT, '.tools');
const PACKAGE = `@stripe/cli-${process.platform}-${process.arch}`;

/** Path of a Stripe CLI that runs; undefined when there is none. */
export function findStripeCli(): string | undefined {
  return firstThatRuns([...onPath(['stripe']), join(FOLDER, 'node_modules', PACKAGE, 'bin', 'stripe')]);
}

/** Finds the Stripe CLI, or installs it under .tools/, out of the way of package.json. */
export function bringStripeCli(): string | undefined {
  return findStripeCli() ?? (install() ? findStripeCli() : undefined);
}

function install(): boolean {
  return runs('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', FOLDER, `${PACKAGE}@${VERSION}`]);
}
