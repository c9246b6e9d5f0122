/** Unit and integration tests; the browser's stories are Playwright's (test/playwright.config.ts). */
import { configDefaults, defineConfig } from 'vitest/config';

const SHARED = { setupFiles: ['test/support/quiet-console.ts', 'test/shapes/record.ts'], testTimeout: 20_000, hookTimeout: 30_000 };

/** Those about the cache run against each engine, but for these: they are about the file itself. */
const CACHE = 'test/unit/core/cache/*.test.ts';
const OF_FILES = ['commits', 'file', 'migrations', 'plans', 'rebuild', 'tables-page'].map((name) => `test/unit/core/cache/${name}.test.ts`);
const OF_POSTGRES = ['test/unit/core/cache/postgres*.test.ts', 'test/integration/postgres/**/*.test.ts'];
const ON_POSTGRES = { globalSetup: ['test/support/postgres-setup.ts'], env: { ENGINE_OF_THE_TESTS: 'PostgreSQL' } };

export default defineConfig({
  test: {
    allowOnly: false,
    // Much of the time is waiting for processes: two files at once, on two cores as well.
    maxWorkers: 2,
    projects: [
      { test: { ...SHARED, name: 'unit', include: ['test/unit/**/*.test.{ts,tsx}'], exclude: [...configDefaults.exclude, ...OF_POSTGRES] } },
      { test: { ...SHARED, name: 'integration', include: ['test/integration/**/*.test.ts'], exclude: [...configDefaults.exclude, ...OF_POSTGRES] } },
      { test: { ...SHARED, ...ON_POSTGRES, name: 'PostgreSQL', include: [CACHE, ...OF_POSTGRES], exclude: [...configDefaults.exclude, ...OF_FILES] } },
    ],
  },
});
