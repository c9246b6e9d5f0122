/** Unit and integration tests; the browser's stories are Playwright's (test/playwright.config.ts). */
import { defineConfig } from 'vitest/config';

const SHARED = { setupFiles: ['test/support/quiet-console.ts', 'test/shapes/record.ts'], testTimeout: 20_000, hookTimeout: 30_000 };

export default defineConfig({
  test: {
    allowOnly: false,
    // Much of the time is waiting for processes: two files at once, on two cores as well.
    maxWorkers: 2,
    projects: [
      { test: { ...SHARED, name: 'unit', include: ['test/unit/**/*.test.{ts,tsx}'] } },
      { test: { ...SHARED, name: 'integration', include: ['test/integration/**/*.test.ts'] } },
    ],
  },
});
