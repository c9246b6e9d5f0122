/** Starts the programs of the fault tests as processes of their own. */
import { dirname, join } from 'node:path';
import { ROOT } from '../support/folders.ts';
import { startDevchat, type Running } from '../support/processes.ts';

/** They are TypeScript as it stands. */
const NODE_OPTIONS = `--import=${import.meta.resolve('tsx')}`;

/** `name` of a file in programs/; `told` is given as JSON, `path` is the cache file's. */
export function startProgram<T extends { path: string }>(name: string, told: T): Running {
  return startDevchat([JSON.stringify(told)], { folder: dirname(told.path), program: join(ROOT, 'test', 'faults', 'programs', `${name}.ts`), env: { NODE_OPTIONS } });
}
