/** Finds the official Stripe CLI and learns what it can do. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DevchatError } from '../../core/errors.ts';

const PLATFORM_PACKAGE = `@stripe/cli-${process.platform}-${process.arch}`;
const PACKAGE_FOLDER = fileURLToPath(new URL('../../../', import.meta.url));
export const INSTALL_COMMAND = `npm install --no-save --prefix .tools ${PLATFORM_PACKAGE}@1.52.0`;

/** The path of the `stripe` program: on PATH, else under .tools/ here or beside devchat. Undefined where there is none. */
export function findStripeCli(env: NodeJS.ProcessEnv, folder: string): string | undefined {
  const onPath = (env.PATH ?? '').split(delimiter).filter(Boolean).map((each) => join(each, 'stripe'));
  const installed = [folder, PACKAGE_FOLDER].map((each) => join(each, '.tools', 'node_modules', PLATFORM_PACKAGE, 'bin', 'stripe'));
  return [...onPath, ...installed].find(isProgram);
}

/** The path of the `stripe` program. Throws `not-configured` with the command that installs it. */
export function requireStripeCli(env: NodeJS.ProcessEnv, folder: string): string {
  const program = findStripeCli(env, folder);
  if (!program) throw new DevchatError('not-configured', 'the official Stripe CLI is not installed', `run: ${INSTALL_COMMAND}`);
  return program;
}

/** The flag that asks for every event: versions before 1.52 know none and forward all. */
export function allEventsFlags(program: string): string[] {
  const help = spawnSync(program, ['listen', '--help'], { encoding: 'utf8' });
  return help.stdout.includes('--all-snapshot') ? ['--all-snapshot'] : [];
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
