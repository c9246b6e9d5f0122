/** devchat sandbox */
import { join } from 'node:path';
import { Command } from 'commander';
import type { Context } from '../context.ts';
import { shortPath } from '../render/short-path.ts';
import { port } from '../options.ts';
import { startSandboxAt } from '../sandbox/start.ts';
import { untilInterrupted } from '../until-interrupted.ts';

const DEFAULT_PORT = 12_111;

export interface SandboxOptions {
  port: number;
  data?: string;
  defaultPortal: boolean;
}

export function sandboxCommand(context: Context): Command {
  return new Command('sandbox')
    .description('Runs a local Stripe on 127.0.0.1: API, hosted Checkout and Customer Portal pages, signed webhooks and the Stripe CLI’s connection. Any sk_test_… key of 12 characters or more is good.')
    .option('--port <number>', 'where to listen; 0 takes a free port', port, DEFAULT_PORT)
    .option('--data <folder>', 'where it keeps its state')
    .option('--no-default-portal', 'begin without a default portal configuration')
    .action((options: SandboxOptions) => runSandbox(options, context));
}

export async function runSandbox({ port, data, defaultPortal }: SandboxOptions, context: Context): Promise<void> {
  const folder = data ?? join(context.config().dataDir, 'sandbox');
  const sandbox = await startSandboxAt({ port, dataFolder: folder, defaultPortal });
  context.io.out(`sandbox listens on ${sandbox.url}`);
  context.io.talk(`its state is in ${shortPath(folder)}`);
  await untilInterrupted();
  await sandbox.close();
}
