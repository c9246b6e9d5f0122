/** Foreign programs that tests need: which of the places they may lie in has one that runs. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first of `paths` that answers `--version`; undefined when none does. */
export function firstThatRuns(paths: readonly string[]): string | undefined {
  return paths.find((path) => isExecutable(path) && runs(path, ['--version']));
}

/** Where PATH has programs of these names: full paths, in the order of `names`. */
export function onPath(names: readonly string[]): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).filter(isExecutable);
}

/** Runs a command and says whether it succeeded; its output is dropped. */
export function runs(command: string, args: readonly string[], env?: NodeJS.ProcessEnv): boolean {
  return spawnSync(command, args, { stdio: 'ignore', env: { ...process.env, ...env } }).status === 0;
}

/** Installs a package of Debian's; says whether that worked. It takes root, or sudo without a password. */
export function bringDebians(name: string): boolean {
  const install = `apt-get update && apt-get install --yes --no-install-recommends ${name}`;
  return isRoot() ? runs('sh', ['-c', install], { DEBIAN_FRONTEND: 'noninteractive' }) : runs('sudo', ['-n', 'sh', '-c', install]);
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
