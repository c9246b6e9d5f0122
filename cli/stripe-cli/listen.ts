/** Runs the official Stripe CLI's `listen` towards the daemon. Its key travels in the environment, its secret into the settings. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Config } from '../../core/config.ts';
import { DevchatError } from '../../core/errors.ts';
import { withoutSecrets } from '../../core/inherited.ts';
import { secretKeeper } from '../secret-keeper.ts';
import { allEventsFlags } from './program.ts';

export interface Listener {
  /** Resolves when the program has ended, with how ("exit code 1", "SIGKILL"). */
  ended: Promise<string>;
}

export interface ListenOptions {
  program: string;
  config: Config;
  env: NodeJS.ProcessEnv;
  /** Where events are posted to, such as `127.0.0.1:4242/webhook`. */
  forwardTo: string;
  /** What the program says, line by line, without secrets. */
  say: (line: string) => void;
  /** Ends the program, whatever it is at. */
  interrupted: AbortSignal;
}

/**
 * Takes the signing secret of the Stripe CLI, saves it for the daemon, and starts forwarding; resolves when it is ready.
 * Throws `unreachable` or `key-refused` as the program words it, and an AbortError where it is interrupted before.
 */
export async function startListening(options: ListenOptions): Promise<Listener> {
  await secretKeeper(options.config).saveSecret('stripe-cli', await signingSecret(options));
  return forward(options);
}

/** `--print-secret` gives the secret that the next `listen` signs with, and opens no connection. */
async function signingSecret(options: ListenOptions): Promise<string> {
  const lines: string[] = [];
  await run(options, ['--print-secret'], (line) => lines.push(line));
  options.interrupted.throwIfAborted();
  const secret = lines.map((line) => /whsec_\S+/.exec(line)?.[0]).find(Boolean);
  if (!secret) throw refusal(lines.join(' '));
  return secret;
}

function refusal(said: string): DevchatError {
  const words = masked(said).trim() || 'it said nothing';
  if (/api key|unauthorized|401/i.test(said)) return new DevchatError('key-refused', `the Stripe CLI refused the key: ${words}`, 'check STRIPE_SECRET_KEY, or run devchat init');
  return new DevchatError('unreachable', `the Stripe CLI could not start listening: ${words}`, 'check the network and STRIPE_API_BASE');
}

async function forward(options: ListenOptions): Promise<Listener> {
  let ready = (): void => undefined;
  const isReady = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const ended = run(options, [...allEventsFlags(options.program), '--forward-to', options.forwardTo], (line) => {
    if (line.includes('Ready!')) ready();
    options.say(masked(line));
  });
  const endedAtOnce = await Promise.race([isReady, ended]);
  options.interrupted.throwIfAborted();
  if (endedAtOnce) throw new DevchatError('unreachable', `the Stripe CLI ended at once (${endedAtOnce})`, 'see what it said above');
  return { ended };
}

function run({ program, config, env, interrupted }: ListenOptions, args: string[], hear: (line: string) => void): Promise<string> {
  const base = config.stripeApiBase ? ['--api-base', config.stripeApiBase.replace('//localhost', '//127.0.0.1')] : [];
  const child = spawn(program, ['listen', '--skip-update', ...base, ...args], {
    env: { ...withoutSecrets(env), STRIPE_API_KEY: config.stripeSecretKey, STRIPE_CLI_TELEMETRY_OPTOUT: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: interrupted,
    killSignal: 'SIGINT',
  });
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', hear);
  return endOf(child);
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => (error.name === 'AbortError' ? undefined : reject(error)));
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}

function masked(line: string): string {
  return line.replace(/(whsec|sk_test|sk_live|rk_test|rk_live)_\w+/g, '$1_****');
}
