/**
 * `npm run test:faults [-- R24]`: builds, tries every fault, prints what was tried; the last line says how many passed and failed.
 * A name runs only the files that have it in theirs. `-- --write` also puts the table into docs/fault-tests.md.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, type } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { ROOT } from '../support/folders.ts';
import { readVitestReport } from '../support/reports.ts';
import { check, suite } from '../support/steps.ts';
import { summarize } from './summary.ts';
import { TRIED_FILE } from './tried.ts';

const REPORT = 'test/results/faults.json';
const PAGE = join(ROOT, 'docs', 'fault-tests.md');
/** From here on the page is written by `--write`. */
const HEADING = '## What was tried';

await main(process.argv.slice(2));

async function main(given: readonly string[]): Promise<void> {
  const names = given.filter((word) => word !== '--write');
  const began = performance.now();
  rmSync(TRIED_FILE, { force: true });
  const built = await check('npm run --silent build');
  if (built.failed > 0) return end(0, 1, built.details);
  const command = `npx vitest run --config test/faults/vitest.config.ts --reporter=verbose --reporter=json --outputFile.json=${REPORT} ${names.join(' ')}`;
  const outcome = await suite({ command, folder: '.', report: REPORT, read: readVitestReport });
  const { table, sums, lost, missing } = summarize(existsSync(TRIED_FILE) ? readFileSync(TRIED_FILE, 'utf8').trim().split('\n') : []);
  const page = `On ${machine()}, in ${Math.ceil((performance.now() - began) / 60_000)} minutes:\n\n${table}\n\n\`${sums}\``;
  if (given.includes('--write')) writeFileSync(PAGE, `${readFileSync(PAGE, 'utf8').split(HEADING)[0]}${HEADING}\n\n${page}\n`);
  console.log(`${page}\n`);
  const failures = [...(names.length > 0 ? [] : missing), ...(lost > 0 ? ['events were lost'] : [])];
  end(outcome.passed, outcome.failed + failures.length, [...(outcome.failed > 0 ? [outcome.details] : []), ...failures].join('\n'), sums);
}

function end(passed: number, failed: number, details: string, sums = ''): void {
  if (details !== '') console.log(`${details}\n`);
  if (sums !== '') console.log(sums);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

function machine(): string {
  const sqlite = new Database(':memory:').prepare('SELECT sqlite_version()').pluck().get() as string;
  return `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${type()} ${release()}, Node ${process.versions.node}, SQLite ${sqlite}`;
}
