/** The parts that `up` starts, one after the other. */
import { join } from 'node:path';
import { SANDBOX } from '../../core/config.ts';
import { saveSettings } from '../../core/settings.ts';
import { confirmAccount } from '../account.ts';
import type { Context } from '../context.ts';
import { warnOfGivenSecrets } from '../given-secrets.ts';
import { warn } from '../io.ts';
import type { Declared } from '../provision/declared/schema.ts';
import type { Part } from '../provision/desired.ts';
import { applyProvision, planProvision } from '../provision/provision.ts';
import { secretKeeper } from '../secret-keeper.ts';
import { startSandboxAt } from '../sandbox/start.ts';
import { listenTowards } from '../stripe-cli/listen-towards.ts';
import { findStripeCli, INSTALL_COMMAND } from '../stripe-cli/program.ts';

export interface Running {
  close(): Promise<void> | void;
}

export interface ProvisionOptions {
  declared: Declared;
  live?: boolean | undefined;
  /** Whether a live account may be changed without asking. */
  yes?: boolean | undefined;
}

export interface EventOptions {
  declared: Declared;
  throughStripeCli: boolean;
  /** Whether somebody asked for the Stripe CLI: then its absence is an error. */
  askedFor: boolean;
  interrupted: AbortSignal;
}

/** Whether Stripe is to be the sandbox: there is no key, or only the one that an earlier `up` saved. */
export function usesSandbox(context: Context): boolean {
  const { stripeSecretKey } = context.config();
  return stripeSecretKey === undefined || stripeSecretKey === SANDBOX.stripeSecretKey;
}

/** Starts the sandbox and makes it the Stripe of this process. */
export async function startOwnSandbox(port: number, context: Context): Promise<Running> {
  const { dataDir } = context.config();
  const sandbox = await startSandboxAt({ port, dataFolder: join(dataDir, 'sandbox'), defaultPortal: true });
  context.setFlags({ stripeApiBase: sandbox.url, stripeSecretKey: SANDBOX.stripeSecretKey });
  return sandbox;
}

/** Saves where the sandbox is, so that a second terminal finds it; the sandbox's own challenge id follows from its key. */
export async function rememberSandbox(context: Context): Promise<void> {
  const { configDir, stripeApiBase, stripeSecretKey, challengeId } = context.config();
  await saveSettings(configDir, { stripeApiBase, stripeSecretKey, challengeId: challengeId === SANDBOX.challengeId ? undefined : challengeId });
}

/** Provisions these parts and says what was made or changed. A live account is changed only where somebody confirms it. */
export async function provisionParts(parts: readonly Part[], { live, yes, declared }: ProvisionOptions, context: Context): Promise<void> {
  const { io } = context;
  const stripe = await context.stripe({ live });
  const wanted = { stripe, challengeId: context.challengeId(), parts, declared, ...secretKeeper(context.config()) };
  const plan = await planProvision(wanted);
  for (const warning of plan.warnings) warn([warning], io);
  if (live && !yes && plan.changes.length > 0) await confirmAccount(stripe, io);
  const { outcomes } = await applyProvision(plan, wanted);
  for (const { change, id } of outcomes) io.talk(io.colour.talk.dim(`provisioned ${change.kind.replaceAll('_', ' ')} ${id ?? ''}`));
}

/**
 * Lets events reach the daemon at `url`: the sandbox posts to it; Stripe's own come through the official CLI while nothing is hosted.
 * Throws `not-configured` where that program was asked for and is missing; where it was not, a warning is enough.
 */
export async function startEvents(url: string, { declared, throughStripeCli, askedFor, interrupted }: EventOptions, context: Context): Promise<void> {
  if (!throughStripeCli) return startPosting(url, declared, context);
  if (!askedFor && !findStripeCli(context.env, context.folder)) return warn(['the official Stripe CLI is not installed, so Stripe’s events do not reach this daemon', `run: ${INSTALL_COMMAND}`], context.io);
  const { ended } = await listenTowards(new URL(url).host, context.config(), interrupted, context);
  void ended.then((how) => {
    if (!interrupted.aborted) warn([`the Stripe CLI ended (${how}): Stripe’s events no longer reach this daemon`, 'run: devchat listen'], context.io);
  });
}

/** The sandbox posts to this daemon, wherever the declared one is. */
function startPosting(url: string, declared: Declared, context: Context): Promise<void> {
  warnOfGivenSecrets('the sandbox', context);
  return provisionParts(['webhook'], { declared: { ...declared, webhook: { ...declared.webhook, url: `${url}/webhook` } } }, context);
}
