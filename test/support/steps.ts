/** One step of `npm test`: a command or a preparation, and what came of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './folders.ts';

export interface Outcome {
  passed: number;
  failed: number;
  /** What was not tried, each by name. */
  skipped: string[];
  /** What to show when something failed. */
  details: string;
  /** What to show in any case, one line. */
  says?: string;
}

export interface Suite {
  command: string;
  /** Where it runs and where its JSON report is written, from the root of the repository. */
  folder: string;
  report: string;
  env?: Record<string, string>;
  read(report: unknown): Omit<Outcome, 'details'>;
}

/** The caller's own settings and colours; the tests bring theirs. */
const NOT_FOR_TESTS = /^(STRIPE_.*|DEVCHAT_.*|CHALLENGE_ID|HOST|PORT|FORCE_COLOR)$/;

/** A command that passes or fails as a whole. */
export async function check(command: string): Promise<Outcome> {
  const { succeeded, output } = await run(command, ROOT);
  return { passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1, skipped: [], details: output };
}

/** A command that runs many tests and writes a JSON report of them. Running none is a failure. */
export async function suite({ command, folder, report, env, read }: Suite): Promise<Outcome> {
  const reportPath = join(ROOT, report);
  rmSync(reportPath, { force: true });
  const { succeeded, output } = await run(command, join(ROOT, folder), env);
  const counts = readReport(reportPath, read);
  if (counts === undefined) return { passed: 0, failed: 1, skipped: [], details: `${output}\nno report was written` };
  const { passed, skipped } = counts;
  if (passed + counts.failed + skipped.length === 0) return { ...counts, failed: 1, details: `${output}\nno test ran` };
  return { passed, failed: Math.max(counts.failed, succeeded ? 0 : 1), skipped, details: output };
}

/** Finds or installs a program. Without it the tests that need it are skipped, except under CI, where it must be there. */
export function preparation(name: string, bring: () => string | undefined): Outcome {
  if (bring() !== undefined) return { passed: 1, failed: 0, skipped: [], details: '' };
  const details = `${name} is neither installed nor could be installed; test/README.md says how to get it`;
  return process.env.CI
    ? { passed: 0, failed: 1, skipped: [], details }
    : { passed: 0, failed: 0, skipped: [details], details };
}

async function run(command: string, folder: string, env: Record<string, string> = {}) {
  const options = { cwd: folder, shell: true, env: { ...ourEnvironment(), ...env } };
  const child = spawn(command, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { succeeded: code === 0, output };
}

function ourEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !NOT_FOR_TESTS.test(name));
  return { ...Object.fromEntries(inherited), NO_COLOR: '1' };
}

function readReport(path: string, read: Suite['read']): Omit<Outcome, 'details'> | undefined {
  try {
    return read(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}
