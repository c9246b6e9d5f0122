/** `npm test` itself: what counts as passed, failed and skipped. */
import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { freshFolder, ROOT, writeFiles } from '../../support/folders.ts';
import { readPlaywrightReport, readVitestReport } from '../../support/reports.ts';
import { check, preparation, suite } from '../../support/steps.ts';

const folder = freshFolder();
const report = relative(ROOT, join(folder.path, 'report.json'));

afterEach(() => rmSync(join(folder.path, 'report.json'), { force: true }));
afterAll(() => folder.remove());

test('a check passes or fails as a whole and keeps what the command printed', async () => {
  expect(await check('echo fine')).toEqual({ passed: 1, failed: 0, skipped: [], details: 'fine\n' });
  expect(await check('echo wrong >&2; exit 3')).toEqual({ passed: 0, failed: 1, skipped: [], details: 'wrong\n' });
});

test("the caller's Stripe key does not reach the tests", async () => {
  process.env.STRIPE_SECRET_KEY = 'sk_live_of_the_owner';
  try {
    expect(await check('test -z "$STRIPE_SECRET_KEY"')).toMatchObject({ passed: 1 });
  } finally {
    delete process.env.STRIPE_SECRET_KEY;
  }
});

test('a suite counts its tests', async () => {
  expect(await runSuite({ passed: 3, failed: 0, skipped: ['one'] })).toMatchObject({ passed: 3, failed: 0, skipped: ['one'] });
  expect(await runSuite({ passed: 3, failed: 2, skipped: [] }, 'exit 1')).toMatchObject({ passed: 3, failed: 2 });
});

test('a suite that runs no test, writes no report or fails outside of its tests has failed', async () => {
  expect(await runSuite({ passed: 0, failed: 0, skipped: [] })).toMatchObject({ failed: 1 });
  expect(await runSuite({ passed: 3, failed: 0, skipped: [] }, 'exit 1')).toMatchObject({ passed: 3, failed: 1 });
  expect(await suite({ command: 'true', folder: '.', report, read: readVitestReport })).toMatchObject({ failed: 1 });
});

test('a program that cannot be had skips stories, and fails under CI', () => {
  const before = process.env.CI;
  try {
    delete process.env.CI;
    expect(preparation('a browser', () => undefined)).toMatchObject({ failed: 0, skipped: [expect.stringContaining('a browser')] });
    process.env.CI = 'true';
    expect(preparation('a browser', () => undefined)).toMatchObject({ failed: 1, skipped: [] });
  } finally {
    if (before === undefined) delete process.env.CI;
    else process.env.CI = before;
  }
});

test("Vitest's and Playwright's reports name what was skipped", () => {
  const assertionResults = [
    { status: 'passed', fullName: 'a' },
    { status: 'failed', fullName: 'b' },
    { status: 'pending', fullName: 'c' },
  ];
  expect(readVitestReport({ numPassedTests: 1, numFailedTests: 1, testResults: [{ assertionResults }] })).toEqual({ passed: 1, failed: 1, skipped: ['c'] });

  const skipped = { title: 'a story', tests: [{ status: 'skipped', annotations: [{ type: 'skip', description: 'needs a Chromium' }] }] };
  const suites = [{ specs: [], suites: [{ specs: [skipped] }] }];
  const stats = { expected: 2, unexpected: 1, flaky: 0, skipped: 1 };
  expect(readPlaywrightReport({ stats, suites })).toEqual({ passed: 2, failed: 1, skipped: ['a story (needs a Chromium)'] });
});

/** Runs a suite whose "report" is these counts as they are. */
function runSuite(counts: { passed: number; failed: number; skipped: string[] }, ending = 'true') {
  writeFiles(folder.path, { 'counts.json': JSON.stringify(counts) });
  const command = `cp counts.json report.json; ${ending}`;
  return suite({ command, folder: relative(ROOT, folder.path), report, read: (read) => read as typeof counts });
}
