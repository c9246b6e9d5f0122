/** How many tests passed, failed or were skipped, read from the JSON reports of Vitest and Playwright. */
import type { JSONReport, JSONReportSuite } from '@playwright/test/reporter';
import type { JsonTestResults } from 'vitest/reporters';

interface Counts {
  passed: number;
  failed: number;
  skipped: string[];
}

/** Counts of a report of Vitest's `json` reporter. */
export function readVitestReport(report: unknown): Counts {
  const { numPassedTests, numFailedTests, testResults } = report as JsonTestResults;
  const tests = testResults.flatMap((file) => file.assertionResults);
  const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed');
  return { passed: numPassedTests, failed: numFailedTests, skipped: skipped.map((test) => test.fullName) };
}

/** Counts of a report of Playwright's `json` reporter. */
export function readPlaywrightReport(report: unknown): Counts {
  const { stats, suites } = report as JSONReport;
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: suites.flatMap(skippedStories) };
}

function skippedStories(suite: JSONReportSuite): string[] {
  const own = suite.specs.flatMap(({ title, tests }) =>
    tests.filter((test) => test.status === 'skipped').map((test) => `${title}${reasonOf(test.annotations)}`),
  );
  return [...own, ...(suite.suites ?? []).flatMap(skippedStories)];
}

function reasonOf(annotations: readonly { type: string; description?: string }[]): string {
  const reason = annotations.find(({ type }) => type === 'skip')?.description;
  return reason === undefined ? '' : ` (${reason})`;
}
