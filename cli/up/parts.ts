/** The parts that `up` starts, one after the other. */
import { join } from 'node:path';
import { DevchatError } from '../../core/errors.ts';
import { saveSettings } from '../../core/settings.ts';
import { listenTowards } from '../commands/listen.ts';
import type { Context } from '../context.ts';
import type { Part } from '../provision/desired.ts';
import { provision } from '../provision/provision.ts';
import { secretKeeper } from '../provision/secret-keeper.ts';
import { startSandboxAt } from '../sandbox/start.ts';
import { findStripeCli, INSTALL_COMMAND } from '../stripe-cli/program.ts';

const SANDBOX_KEY = 'sk_test_devchat_sandbox';
const SANDBOX_CHALLENGE = 'devchat-local';

export interface Running {
  close(): Promise<void>;
}

/** Whether Stripe is to be the sandbox: there is no key, or only the one that an earlier `up` saved. */
export function usesSandbox(context: Context): boolean {
  const { stripeSecretKey } = context.config();
  return stripeSecretKey === undefined || stripeSecretKey === SANDBOX_KEY;
}

/** Starts the sandbox, and saves where it is, so that a second terminal finds it. */
export async function startOwnSandbox(port: number, context: Context): Promise<Running> {
  const { dataDir, configDir, challengeId = SANDBOX_CHALLENGE } = context.config();
  const sandbox = await startSandboxAt({ port, dataFolder: join(dataDir, 'sandbox'), defaultPortal: true });
  const found = { stripeApiBase: sandbox.url, stripeSecretKey: SANDBOX_KEY, challengeId };
  await saveSettings(configDir, found);
  context.setFlags(found);
  return sandbox;
}

/** Provisions these parts and says what was made or changed. */
export async function provisionParts(parts: readonly Part[], options: { live?: boolean | undefined; baseUrl?: string }, context: Context): Promise<void> {
  const { io } = context;
  const stripe = await context.stripe({ live: options.live });
  const { outcomes, plan } = await provision({ stripe, challengeId: context.challengeId(), parts, baseUrl: options.baseUrl, ...secretKeeper(context.config()) });
  for (const warning of plan.warnings) io.talk(`${io.colour.talk.yellow('warning')} ${warning}`);
  for (const { change, id } of outcomes) io.talk(io.colour.talk.dim(`provisioned ${change.kind.replaceAll('_', ' ')} ${id ?? ''}`));
}

/**
 * Lets events reach the daemon at `url`: the sandbox posts to it; Stripe's own come through the official CLI while nothing is hosted.
 * Throws `not-configured` where that program was asked for and is missing; where it was not, a warning is enough.
 */
export async function startEvents(url: string, options: { throughStripeCli: boolean; askedFor: boolean }, context: Context): Promise<Running | undefined> {
  if (!options.throughStripeCli) return void (await provisionParts(['webhook'], { baseUrl: url }, context));
  if (!findStripeCli(context.env, context.folder)) return warnWithoutStripeCli(options.askedFor, context);
  const listener = await listenTowards(new URL(url).host, context.config(), context);
  return { close: () => listener.stop() };
}

function warnWithoutStripeCli(askedFor: boolean, { io }: Context): undefined {
  if (askedFor) throw new DevchatError('not-configured', 'the official Stripe CLI is not installed', `run: ${INSTALL_COMMAND}`);
  io.talk(`${io.colour.talk.yellow('warning')} the official Stripe CLI is not installed, so Stripe’s events do not reach this daemon`);
  io.talk(`        run: ${INSTALL_COMMAND}`);
}
