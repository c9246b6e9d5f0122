/** devchat sandbox reset */
import { Command } from 'commander';
import type { Context } from '../../context.ts';
import { jsonOption } from '../../options.ts';
import { askSandbox, runningPortOption, sandboxAddress, type SandboxChoice } from '../../sandbox/control.ts';

export interface ResetOptions extends SandboxChoice {
  json?: boolean;
}

export function resetCommand(context: Context): Command {
  return new Command('reset')
    .description('Empties the running sandbox.')
    .addOption(runningPortOption())
    .addOption(jsonOption())
    .action((options: ResetOptions) => runReset(options, context));
}

export async function runReset({ json, ...choice }: ResetOptions, context: Context): Promise<void> {
  const { io } = context;
  const address = sandboxAddress(choice, context);
  const status = (await askSandbox(address, '/reset', {})) as object;
  if (json) return io.out(JSON.stringify({ schemaVersion: 1, ...status }));
  if (!isOurs(address, context)) return io.talk(`The sandbox at ${address} is empty.`);
  io.talk('The sandbox is empty. The cache still shows what was: who signed up before has to sign up with another e-mail.');
  io.talk('Next: devchat provision');
}

/** Whether devchat's own business runs on that sandbox. */
function isOurs(address: string, context: Context): boolean {
  const { stripeApiBase, stripeSecretKey } = context.config();
  return stripeApiBase === address && stripeSecretKey !== undefined;
}
