/** Real devchat processes in a home of their own. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ROOT } from './folders.ts';
import { waitFor } from './wait-for.ts';

const PROGRAM = join(ROOT, 'bin', 'devchat.js');
const START_LIMIT_MS = 20_000;
const RUN_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;

export interface Surroundings {
  /** The process's home: settings, data and working folder lie in here. */
  folder: string;
  env?: Record<string, string>;
  /** Another devchat than the one that was built here. */
  program?: string | undefined;
}

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  /** Everything printed so far, stdout and stderr as they came. */
  output(): string;
  /** The first match of `pattern` in the output; fails with the output when the process ends or 20 s pass before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Nobody reads its stderr from here on. */
  closeStderr(): void;
  /** Nobody reads its stdout from here on. */
  closeStdout(): void;
  /** Waits for its end. Taking more than 10 s, or what is told, is a failure. */
  ended(limitMs?: number): Promise<Finished>;
  /** SIGTERM, and waits for the end. Taking more than 10 s is a failure. */
  stop(): Promise<Finished>;
  /** SIGKILL: no time to put anything in order. */
  kill(): Promise<Finished>;
}

/** Starts `devchat <args>` and leaves it running. */
export function startDevchat(args: readonly string[], surroundings: Surroundings): Running {
  const child = launch(args, surroundings, '');
  return {
    output: () => child.output,
    printed: (pattern) => matchInOutput(child, pattern),
    closeStderr: () => void child.process.stderr.destroy(),
    closeStdout: () => void child.process.stdout.destroy(),
    ended: (limitMs = STOP_LIMIT_MS) => ended(child, limitMs),
    stop: () => {
      child.process.kill('SIGTERM');
      return ended(child, STOP_LIMIT_MS);
    },
    kill: () => {
      child.process.kill('SIGKILL');
      return ended(child, STOP_LIMIT_MS);
    },
  };
}

/** Runs `devchat <args>` to its end, with `input` on its stdin. Taking more than 60 s is a failure. */
export function runDevchat(args: readonly string[], surroundings: Surroundings, input = ''): Promise<Finished> {
  return ended(launch(args, surroundings, input), RUN_LIMIT_MS);
}

/** Nothing of the caller's own settings gets in: a real Stripe key of the shell must not meet the tests. */
function environmentOf({ folder, env }: Surroundings): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_DATA_HOME: join(folder, 'data'),
    DEVCHAT_CONFIG_DIR: join(folder, 'config', 'devchat'),
    DEVCHAT_DATA_DIR: join(folder, 'data', 'devchat'),
    STRIPE_CLI_TELEMETRY_OPTOUT: '1',
    ...env,
  };
}

interface Child {
  command: string;
  process: ChildProcessWithoutNullStreams;
  /** Resolves when it has ended and all its output has been read. */
  closed: Promise<unknown>;
  stdout: string;
  stderr: string;
  output: string;
}

function launch(args: readonly string[], surroundings: Surroundings, input: string): Child {
  const options = { cwd: surroundings.folder, env: environmentOf(surroundings) };
  const launched = spawn(process.execPath, [surroundings.program ?? PROGRAM, ...args], options);
  const command = `devchat ${args.join(' ')}`;
  const child = { command, process: launched, closed: once(launched, 'close'), stdout: '', stderr: '', output: '' };
  launched.stdin.end(input);
  for (const stream of ['stdout', 'stderr'] as const) {
    launched[stream].setEncoding('utf8').on('data', (text: string) => {
      child[stream] += text;
      child.output += text;
    });
  }
  killWithUs(launched);
  return child;
}

const running = new Set<ChildProcessWithoutNullStreams>();
process.once('exit', () => running.forEach((each) => each.kill('SIGKILL')));

function killWithUs(launched: ChildProcessWithoutNullStreams): void {
  running.add(launched);
  launched.once('exit', () => running.delete(launched));
}

async function matchInOutput(child: Child, pattern: RegExp): Promise<RegExpExecArray> {
  const look = () => pattern.exec(child.output) ?? (hasEnded(child) ? 'ended' : null);
  const found = await waitFor(pattern.source, look, START_LIMIT_MS).catch(() => null);
  if (found !== null && found !== 'ended') return found;
  throw new Error(`${child.command} did not print ${pattern.source}; it printed:\n${child.output}`);
}

async function ended(child: Child, limitMs: number): Promise<Finished> {
  await Promise.race([child.closed, pause(limitMs, undefined, { ref: false })]);
  if (!hasEnded(child)) {
    child.process.kill('SIGKILL');
    throw new Error(`${child.command} did not end within ${limitMs} ms; it printed:\n${child.output}`);
  }
  return { code: child.process.exitCode, stdout: child.stdout, stderr: child.stderr };
}

function hasEnded({ process: { exitCode, signalCode } }: Child): boolean {
  return exitCode !== null || signalCode !== null;
}
