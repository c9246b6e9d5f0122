/** devchat sandbox */
import { join } from 'node:path';
import { Command } from 'commander';
import { folders } from '../../core/config.ts';
import type { Context } from '../context.ts';
import { shortPath } from '../render/short-path.ts';
import { port } from '../options.ts';
import { DEFAULT_PORT } from '../sandbox/control.ts';
import { startSandboxAt } from '../sandbox/start.ts';
import { givenSwitches, switchOptions } from '../sandbox/switch-flags.ts';
import { untilInterrupted } from '../until-interrupted.ts';

/** Columns that are still broken into lines beside the longest flag. */
const NARROWEST_HELP = 20;

export interface SandboxOptions {
  port: number;
  data?: string;
  defaultPortal: boolean;
  /** The switches, by the names of their flags. */
  [flag: string]: unknown;
}

export function sandboxCommand(context: Context): Command {
  const command = new Command('sandbox')
    // A flag behind a subcommand's name is the subcommand's.
    .enablePositionalOptions()
    .configureHelp({ minWidthToWrap: NARROWEST_HELP })
    .description('Runs a local Stripe on 127.0.0.1: API, hosted Checkout and Customer Portal pages, signed webhooks and the Stripe CLI’s connection. Any sk_test_… key of 12 characters or more is good.')
    .option('--port <number>', 'where to listen; 0 takes a free port', port, DEFAULT_PORT)
    .option('--data <folder>', `where it keeps its state; else ${shortPath(dataFolder(context))}`)
    .option('--no-default-portal', 'begin without a default portal configuration')
    .action((options: SandboxOptions) => runSandbox(options, context));
  for (const option of switchOptions()) command.addOption(option);
  return command;
}

export async function runSandbox({ port, data, defaultPortal, ...flags }: SandboxOptions, context: Context): Promise<void> {
  const folder = data ?? dataFolder(context);
  const sandbox = await startSandboxAt({ port, dataFolder: folder, defaultPortal, switches: givenSwitches(flags) });
  context.io.out(`sandbox listens on ${sandbox.url}`);
  context.io.talk(`its state is in ${shortPath(folder)}`);
  for (const [name, value] of Object.entries(sandbox.switches)) context.io.talk(`switched: ${name} ${String(value)}`);
  await untilInterrupted();
  await sandbox.close();
}

function dataFolder({ env }: Context): string {
  return join(folders(env).dataDir, 'sandbox');
}
