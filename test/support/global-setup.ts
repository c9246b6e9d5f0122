/** What the stories need before the first of them: a fresh build, a browser, the Stripe CLI. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bringChromium } from './chromium.ts';
import { ROOT } from './folders.ts';
import { bringStripeCli } from './stripe-cli.ts';

const SOURCES = ['cli', 'core', 'daemon', 'sandbox', 'client', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];
const BUILT = ['dist/cli/main.js', 'dist/client/index.html'];

export default function prepare(): void {
  if (process.env.BASE_URL === undefined && !isBuildFresh()) {
    execFileSync('npm', ['run', 'build'], { cwd: ROOT, stdio: 'inherit' });
  }
  bringChromium();
  bringStripeCli();
}

function isBuildFresh(): boolean {
  const built = BUILT.map((file) => join(ROOT, file));
  if (!built.every((file) => existsSync(file))) return false;
  return Math.min(...built.map(changedAt)) >= Math.max(...sourceFiles().map(changedAt));
}

function sourceFiles(): string[] {
  return SOURCES.map((name) => join(ROOT, name)).flatMap((path) =>
    statSync(path).isDirectory() ? readdirSync(path, { recursive: true }).map((name) => join(path, String(name))) : [path],
  );
}

function changedAt(path: string): number {
  return statSync(path).mtimeMs;
}
