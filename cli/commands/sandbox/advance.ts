/** devchat sandbox advance <duration> */
import { Command } from 'commander';
import type { Context } from '../../context.ts';
import { duration, jsonOption } from '../../options.ts';
import { minutesUtc } from '../../render/time.ts';
import { askSandbox, runningPortOption, sandboxAddress, type SandboxChoice } from '../../sandbox/control.ts';

export interface AdvanceOptions extends SandboxChoice {
  json?: boolean;
}

export function advanceCommand(context: Context): Command {
  return new Command('advance')
    .description('Moves the sandbox’s time forward; what falls due on the way happens on the way.')
    .argument('<duration>', 'such as 3d, 12h or 45m', duration)
    .addOption(runningPortOption())
    .addOption(jsonOption())
    .action((seconds: number, options: AdvanceOptions) => runAdvance(seconds, options, context));
}

export async function runAdvance(seconds: number, { json, ...choice }: AdvanceOptions, context: Context): Promise<void> {
  const status = (await askSandbox(sandboxAddress(choice, context), '/advance', { seconds })) as { now: string };
  if (json) return context.io.out(JSON.stringify({ schemaVersion: 1, ...status }));
  context.io.talk(`It is ${minutesUtc(status.now)} in the sandbox now.`);
}
