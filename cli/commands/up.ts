/** devchat up */
import { Command } from 'commander';
import type { Context } from '../context.ts';
import { hostOption, liveOption, port, portOption } from '../options.ts';
import { readDeclared } from '../provision/declared/read.ts';
import { welcome } from '../render/welcome.ts';
import { DEFAULT_PORT } from '../sandbox/control.ts';
import { interruption, untilInterrupted } from '../until-interrupted.ts';
import { provisionParts, rememberSandbox, startEvents, startOwnSandbox, usesSandbox, type Running } from '../up/parts.ts';
import { startConfiguredDaemon } from './serve.ts';

export interface UpOptions {
  port?: number;
  host?: string;
  sandboxPort: number;
  stripeCli?: boolean;
  live?: boolean;
  yes?: boolean;
}

export function upCommand(context: Context): Command {
  return new Command('up')
    .description('Starts all at once: the sandbox when no Stripe key is set, provisioning, and the daemon with its dashboard. With a key it talks to Stripe itself, and events come through the official Stripe CLI.')
    .addOption(portOption())
    .addOption(hostOption())
    .option('--sandbox-port <number>', 'where the sandbox listens', port, DEFAULT_PORT)
    .option('--stripe-cli', 'let events travel through the official Stripe CLI with the sandbox, too')
    .addOption(liveOption())
    .option('--yes', 'do not ask in live mode')
    .action((options: UpOptions) => runUp(options, context));
}

export async function runUp(options: UpOptions, context: Context): Promise<void> {
  context.setFlags({ port: options.port, host: options.host });
  const declared = readDeclared(context);
  const running: Running[] = [];
  try {
    const sandbox = usesSandbox(context) ? await startOwnSandbox(options.sandboxPort, context) : undefined;
    if (sandbox) running.unshift(sandbox);
    await provisionParts(['portal', 'catalog'], { ...options, declared }, context);
    const daemon = await startConfiguredDaemon(context, options);
    const stopped = interruption();
    running.unshift({ close: () => stopped.abort() }, daemon);
    await startEvents(daemon.url, { declared, throughStripeCli: options.stripeCli ?? !sandbox, askedFor: options.stripeCli === true, interrupted: stopped.signal }, context);
    if (sandbox) await rememberSandbox(context);
    const { baseUrl = daemon.url, stripeApiBase } = context.config();
    welcome({ dashboard: baseUrl, sandbox: sandbox && stripeApiBase, port: toldPort(options, daemon.url) }, context.io.colour.out).forEach(context.io.out);
    await untilInterrupted(stopped);
  } finally {
    for (const each of running) await each.close();
  }
}

/** The port that was chosen by flag: other commands do not know it by themselves. */
function toldPort({ port }: UpOptions, url: string): string | undefined {
  return port === undefined ? undefined : new URL(url).port;
}
