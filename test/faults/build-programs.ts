/** Before the fault tests: bundles their programs, since each is started some hundred times. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { ROOT } from '../support/folders.ts';
import { BUILT_PROGRAMS } from './programs.ts';

const SOURCES = join(ROOT, 'test', 'faults', 'programs');

export default async function buildPrograms(): Promise<void> {
  const input = readdirSync(SOURCES).map((name) => join(SOURCES, name));
  await build({ root: ROOT, configFile: false, logLevel: 'warn', build: { ssr: true, target: 'node20', outDir: BUILT_PROGRAMS, emptyOutDir: true, rolldownOptions: { input } } });
}
