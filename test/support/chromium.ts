/** The browser of the stories: an installed Chromium, else Playwright's, else Debian's package. */
import { chromium, type LaunchOptions } from '@playwright/test';
import { bringDebians, firstThatRuns, isRoot, onPath, runs } from './programs.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Nothing leaves the machine, and no GPU is looked for. */
const QUIET = [
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Path of a Chromium that runs: CHROMIUM_PATH alone where it is set, else PATH's, else the one Playwright downloaded. */
export function findChromium(): string | undefined {
  const chosen = process.env.CHROMIUM_PATH;
  return firstThatRuns(chosen ? [chosen] : [...onPath(NAMES), chromium.executablePath()]);
}

/** Finds a Chromium or installs one: Playwright's, and where that cannot be downloaded, Debian's package. */
export function bringChromium(): string | undefined {
  const found = findChromium();
  if (found !== undefined || process.env.CHROMIUM_PATH) return found;
  return installPlaywrights() || bringDebians('chromium') ? findChromium() : undefined;
}

/** How Playwright starts it. Chromium's own sandbox refuses to run as root. */
export function launchOptions(): LaunchOptions {
  const executablePath = findChromium();
  const args = isRoot() ? ['--no-sandbox', ...QUIET] : QUIET;
  return executablePath === undefined ? { args } : { args, executablePath };
}

function installPlaywrights(): boolean {
  return runs('npx', ['playwright', 'install', 'chromium']) && findChromium() !== undefined;
}
