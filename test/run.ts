/** `npm test`: every check and every test, one line a step; the last line says how many passed and failed. */
import { checkShapes } from './shapes/check.ts';
import { bringChromium } from './support/chromium.ts';
import { readPlaywrightReport, readVitestReport } from './support/reports.ts';
import { bringPostgres } from './support/postgres-server.ts';
import { check, preparation, suite, type Outcome } from './support/steps.ts';
import { bringStripeCli } from './support/stripe-cli.ts';

const VITEST_REPORT = 'test/results/vitest.json';
const PLAYWRIGHT_REPORT = 'test/results/playwright.json';

const STEPS: Record<string, () => Promise<Outcome> | Outcome> = {
  types: () => check('npm run --silent check:types'),
  lint: () => check('npm run --silent check:lint'),
  rooms: () => check('npm run --silent check:rooms'),
  'dead code': () => check('npm run --silent check:dead'),
  build: () => check('npm run --silent build'),
  Chromium: () => preparation('Chromium', bringChromium),
  'Stripe CLI': () => preparation('the Stripe CLI', bringStripeCli),
  PostgreSQL: () => preparation('PostgreSQL', bringPostgres),
  'unit and integration': () =>
    suite({
      command: `npx vitest run --reporter=dot --reporter=json --outputFile.json=${VITEST_REPORT}`,
      folder: '.',
      report: VITEST_REPORT,
      read: readVitestReport,
    }),
  shapes: () => checkShapes(),
  'browser stories': () =>
    suite({
      command: 'npx playwright test --reporter=line,json',
      folder: 'test',
      report: PLAYWRIGHT_REPORT,
      env: { PLAYWRIGHT_JSON_OUTPUT_FILE: 'results/playwright.json' },
      read: readPlaywrightReport,
    }),
};

await main();

async function main(): Promise<void> {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, step] of Object.entries(STEPS)) {
    const started = performance.now();
    const outcome = await step();
    print(name, outcome, (performance.now() - started) / 1000);
    total.passed += outcome.passed;
    total.failed += outcome.failed;
    total.skipped += outcome.skipped.length;
  }
  const skipped = total.skipped === 0 ? '' : `, ${total.skipped} skipped`;
  console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

function print(name: string, { passed, failed, skipped, details, says = '' }: Outcome, seconds: number): void {
  const counts = passed + failed > 1 ? `  ${passed} passed, ${failed} failed` : '';
  console.log(`${signOf(passed, failed)} ${name.padEnd(22)}${seconds.toFixed(1).padStart(6)} s${counts}`);
  if (says !== '') console.log(`    ${says}`);
  for (const story of skipped) console.log(`    skipped: ${story}`);
  if (failed > 0) console.log(`\n${details.trim()}\n`);
}

function signOf(passed: number, failed: number): string {
  if (failed > 0) return '✗';
  return passed > 0 ? '✓' : '-';
}
