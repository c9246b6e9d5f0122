/** The browser's stories: one worker, a Chromium of this machine, against real processes. */
import { defineConfig } from '@playwright/test';
import { launchOptions } from './support/chromium.ts';

const MINUTE_MS = 60_000;

export default defineConfig({
  testDir: 'specs',
  outputDir: 'results/browser',
  globalSetup: './support/global-setup.ts',
  workers: 1,
  forbidOnly: true,
  timeout: MINUTE_MS,
  globalTimeout: 10 * MINUTE_MS,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: { actionTimeout: 10_000, trace: 'retain-on-failure', launchOptions: launchOptions() },
});
