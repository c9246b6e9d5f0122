/** Starts the programs of the fault tests as processes of their own. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../support/folders.ts';
import { startDevchat, type Running } from '../support/processes.ts';

export const BUILT_PROGRAMS = join(ROOT, 'test', 'results', 'programs');

/** `name` of a file in programs/; `told` is given as JSON, `path` is the cache file's. */
export function startProgram<T extends { path: string }>(name: string, told: T): Running {
  mkdirSync(dirname(told.path), { recursive: true });
  return startDevchat([JSON.stringify(told)], { folder: dirname(told.path), program: join(BUILT_PROGRAMS, `${name}.js`) });
}
