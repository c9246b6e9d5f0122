/** devchat up */
import { join } from 'node:path';
import { Command } from 'commander';
import { DevchatError } from '../../core/errors.ts';
import { saveSettings } from '../../core/settings.ts';
import type { Context } from '../context.ts';
import { hostOption, liveOption, port, portOption } from '../options.ts';
import type { Part } from '../provision/desired.ts';
import { provision } from '../provision/provision.ts';
import { secretKeeper } from '../provision/secret-keeper.ts';
import { welcome } from '../render/welcome.ts';
import { startSandboxAt } from '../sandbox/start.ts';
import { findStripeCli, INSTALL_COMMAND } from '../stripe-cli/program.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { listenTowards } from './listen.ts';
import { startConfiguredDaemon } from './serve.ts';

const SANDBOX_KEY = 'sk_test_devchat_sandbox';
const SANDBOX_CHALLENGE = 'devchat-local';
const SANDBOX_PORT = 12_111;

interface Running {
  close(): Promise<void>;
}

export interface UpOptions {
  port?: number;
  host?: string;
  sandboxPort: number;
  stripeCli?: boolean;
  live?: boolean;
}

export function upCommand(context: Context): Command {
  return new Command('up')
    .description('Starts all at once: the sandbox when no Stripe key is set, provisioning, and the daemon with its dashboard. With a key it talks to Stripe itself, and events come through the official Stripe CLI.')
    .addOption(portOption())
    .addOption(hostOption())
    .option('--sandbox-port <number>', 'where the sandbox listens', port, SANDBOX_PORT)
    .option('--stripe-cli', 'let events travel through the official Stripe CLI with the sandbox, too')
    .addOption(liveOption())
    .action((options: UpOptions) => runUp(options, context));
}

export async function runUp(options: UpOptions, context: Context): Promise<void> {
  context.setFlags({ port: options.port, host: options.host });
  const running: Running[] = [];
  try {
    const sandbox = usesSandbox(context) ? await startOwnSandbox(options, context) : undefined;
    if (sandbox) running.unshift(sandbox);
    await provisionParts(['portal', 'catalog'], options, context);
    const daemon = await startConfiguredDaemon(context, options);
    running.unshift(daemon);
    const forwarder = await startEvents(daemon.url, { ...options, sandbox: sandbox !== undefined }, context);
    if (forwarder) running.unshift(forwarder);
    const { baseUrl = daemon.url, stripeApiBase } = context.config();
    welcome({ dashboard: baseUrl, sandbox: sandbox && (stripeApiBase ?? '') }, context.io.colour.out).forEach(context.io.out);
    await untilInterrupted(() => Promise.resolve());
  } finally {
    for (const each of running) await each.close();
  }
}

function usesSandbox(context: Context): boolean {
  const { stripeSecretKey } = context.config();
  return stripeSecretKey === undefined || stripeSecretKey === SANDBOX_KEY;
}

/** Saves where the sandbox is, so that a second terminal finds it. */
async function startOwnSandbox({ sandboxPort }: UpOptions, context: Context): Promise<Running> {
  const { dataDir, configDir, challengeId = SANDBOX_CHALLENGE } = context.config();
  const sandbox = await startSandboxAt({ port: sandboxPort, dataFolder: join(dataDir, 'sandbox'), defaultPortal: true });
  const found = { stripeApiBase: sandbox.url, stripeSecretKey: SANDBOX_KEY, challengeId };
  await saveSettings(configDir, found);
  context.setFlags(found);
  return sandbox;
}

async function provisionParts(parts: readonly Part[], { live, baseUrl }: { live?: boolean | undefined; baseUrl?: string }, context: Context): Promise<void> {
  const config = context.config();
  const { outcomes, plan } = await provision({ stripe: await context.stripe({ live }), challengeId: context.challengeId(), parts, baseUrl, ...secretKeeper(config) });
  for (const warning of plan.warnings) context.io.talk(`warning: ${warning}`);
  for (const { change, id } of outcomes) context.io.talk(`provisioned ${change.kind.replace('_', ' ')} ${id ?? ''}`);
}

/** The sandbox posts to the daemon itself; Stripe's events come through the official CLI while nothing is hosted. */
async function startEvents(url: string, options: UpOptions & { sandbox: boolean }, context: Context): Promise<Running | undefined> {
  const throughStripeCli = options.stripeCli ?? !options.sandbox;
  if (!throughStripeCli) {
    await provisionParts(['webhook'], { ...options, baseUrl: url }, context);
    return undefined;
  }
  if (!findStripeCli(context.env, context.folder)) return warnWithoutStripeCli(options, context);
  const listener = await listenTowards(new URL(url).host, context.config(), context);
  return { close: () => listener.stop() };
}

function warnWithoutStripeCli({ stripeCli }: UpOptions, { io }: Context): undefined {
  if (stripeCli) throw new DevchatError('not-configured', 'the official Stripe CLI is not installed', `run: ${INSTALL_COMMAND}`);
  io.talk(`warning: the official Stripe CLI is not installed, so Stripe’s events do not reach this daemon; run: ${INSTALL_COMMAND}`);
}
