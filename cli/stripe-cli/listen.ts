/** Runs the official Stripe CLI's `listen` towards the daemon. Its key travels in the environment, its secret into the settings. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Config } from '../../core/config.ts';
import { DevchatError } from '../../core/errors.ts';
import { readSettings, saveSettings, secretName } from '../../core/settings.ts';
import { allEventsFlags } from './program.ts';

export interface Listener {
  /** Resolves with the program's exit code. */
  ended: Promise<number>;
  stop(): Promise<void>;
}

export interface ListenOptions {
  program: string;
  config: Config;
  env: NodeJS.ProcessEnv;
  /** Where events are posted to, such as `127.0.0.1:4242/webhook`. */
  forwardTo: string;
  /** What the program says, line by line, without secrets. */
  say: (line: string) => void;
}

/**
 * Takes the signing secret of the Stripe CLI, saves it for the daemon, and starts forwarding; resolves when it is ready.
 * Throws `unreachable` or `key-refused` as the program words it.
 */
export async function startListening(options: ListenOptions): Promise<Listener> {
  const { config } = options;
  const secret = await signingSecret(options);
  const { webhookSecrets } = readSettings(config.configDir);
  await saveSettings(config.configDir, { webhookSecrets: { ...webhookSecrets, [secretName('stripe-cli', config.stripeApiBase)]: secret } });
  return forward(options);
}

/** `--print-secret` gives the secret that the next `listen` signs with, and opens no connection. */
async function signingSecret(options: ListenOptions): Promise<string> {
  const child = run(options, ['--print-secret']);
  const lines = linesOf(child);
  const code = await endOf(child);
  const secret = lines.map((line) => /whsec_\S+/.exec(line)?.[0]).find(Boolean);
  if (code !== 0 || !secret) throw refusal(lines.join(' '));
  return secret;
}

function refusal(said: string): DevchatError {
  const words = withoutSecrets(said).trim() || 'it said nothing';
  if (/api key|unauthorized|401/i.test(said)) return new DevchatError('key-refused', `the Stripe CLI refused the key: ${words}`, 'check STRIPE_SECRET_KEY, or run devchat init');
  return new DevchatError('unreachable', `the Stripe CLI could not start listening: ${words}`, 'check the network and STRIPE_API_BASE');
}

async function forward(options: ListenOptions): Promise<Listener> {
  const child = run(options, [...allEventsFlags(options.program), '--forward-to', options.forwardTo]);
  const ended = endOf(child);
  const ready = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface(stream).on('line', (line) => {
        if (/Ready!/.test(line)) resolve();
        options.say(withoutSecrets(line));
      });
    }
  });
  await Promise.race([ready, ended.then((code) => Promise.reject(new DevchatError('unreachable', `the Stripe CLI ended at once (exit code ${code})`, 'see what it said above')))]);
  return {
    ended,
    stop: async () => {
      if (child.exitCode === null) child.kill('SIGINT');
      await ended;
    },
  };
}

function run({ program, config, env }: ListenOptions, args: string[]): ChildProcess {
  const base = config.stripeApiBase ? ['--api-base', config.stripeApiBase.replace('//localhost', '//127.0.0.1')] : [];
  return spawn(program, ['listen', '--skip-update', ...base, ...args], {
    env: { ...env, STRIPE_API_KEY: config.stripeSecretKey, STRIPE_CLI_TELEMETRY_OPTOUT: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function linesOf(child: ChildProcess): string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface(stream).on('line', (line) => lines.push(line));
  return lines;
}

function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 0));
  });
}

function withoutSecrets(line: string): string {
  return line.replace(/(whsec|sk_test|sk_live|rk_test|rk_live)_\w+/g, '$1_****');
}
