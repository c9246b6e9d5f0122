/** The official Stripe CLI as a child process, pointed at a sandbox. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { findStripeCli } from '../../support/stripe-cli.ts';
import { waitFor } from '../../support/wait-for.ts';
import { KEY } from '../sandbox/running-sandbox.ts';

const READY_LIMIT_MS = 30_000;
const CLI = findStripeCli();
export const hasStripeCli = CLI !== undefined;

export interface Program {
  output(): string;
  /** Its exit code. */
  ended: Promise<number>;
  /** Resolves when it has printed `text`; fails with what it printed instead. */
  printed(text: string, limitMs?: number): Promise<void>;
}

export interface StripePrograms {
  run(...args: string[]): Program;
  /** `stripe listen`, once it is ready. */
  listen(forwardTo: string, ...args: string[]): Promise<Program>;
  /** Ends those that still run. */
  stop(): void;
}

/** The key travels in the environment; what the program saves goes into `folder`. */
export function stripePrograms(apiBase: string, folder: string): StripePrograms {
  const running: ChildProcess[] = [];
  const run = (...args: string[]): Program => {
    const env = { PATH: process.env.PATH, HOME: folder, XDG_CONFIG_HOME: folder, STRIPE_API_KEY: KEY, STRIPE_CLI_TELEMETRY_OPTOUT: '1' };
    const started = spawn(CLI ?? 'stripe', [...args, '--api-base', apiBase], { env, cwd: folder });
    running.push(started);
    started.stdin.end();
    return programOf(started, `stripe ${args.join(' ')}`);
  };
  return {
    run,
    async listen(forwardTo, ...args) {
      const program = run('listen', '--skip-update', '--forward-to', forwardTo, ...args);
      await program.printed('Ready!', READY_LIMIT_MS);
      return program;
    },
    stop: () => running.splice(0).forEach((program) => program.kill('SIGKILL')),
  };
}

function programOf(started: ChildProcess, command: string): Program {
  let output = '';
  for (const stream of [started.stdout, started.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  return {
    output: () => output,
    ended: once(started, 'close').then(([code]) => Number(code)),
    async printed(text, limitMs) {
      await waitFor(text, () => output.includes(text) || started.exitCode !== null, limitMs).catch(() => undefined);
      if (!output.includes(text)) throw new Error(`${command} did not print ${text}; it printed: ${output}`);
    },
  };
}
