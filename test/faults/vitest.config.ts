/** The fault tests: `npm run test:faults`, apart from `npm test`, since they try much and take minutes. */
import { defineConfig } from 'vitest/config';
import { ROOT } from '../support/folders.ts';

export default defineConfig({
  root: ROOT,
  test: {
    allowOnly: false,
    maxWorkers: 2,
    include: ['test/faults/**/*.test.ts'],
    globalSetup: ['test/faults/build-programs.ts'],
    setupFiles: ['test/support/quiet-console.ts'],
    testTimeout: 300_000,
    hookTimeout: 30_000,
  },
});
