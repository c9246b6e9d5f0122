/** devchat sandbox advance <duration> */
import { Command, InvalidArgumentError } from 'commander';
import type { Context } from '../../context.ts';
import { jsonOption } from '../../options.ts';
import { minutesUtc } from '../../render/time.ts';
import { askSandbox, runningPortOption, sandboxAddress, type SandboxChoice } from '../../sandbox/control.ts';

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 } as const;
/** What the sandbox takes at once. */
const LONGEST_SECONDS = 10 * 366 * 86_400;

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

function duration(text: string): number {
  const [, number, unit] = /^(\d+)([smhdw])$/.exec(text) ?? [];
  if (!number || !unit) throw new InvalidArgumentError('It is a number with s, m, h, d or w, such as 3d.');
  const seconds = Number(number) * SECONDS[unit as keyof typeof SECONDS];
  if (seconds < 1 || seconds > LONGEST_SECONDS) throw new InvalidArgumentError('It is 1s or more, and ten years at the most.');
  return seconds;
}
