/** devchat sandbox status */
import { Command } from 'commander';
import type { Context } from '../../context.ts';
import { jsonOption } from '../../options.ts';
import { pairs } from '../../render/lines.ts';
import { minutesUtc } from '../../render/time.ts';
import { askSandbox } from '../../sandbox/control.ts';

export interface SandboxStatusOptions {
  json?: boolean;
}

export function sandboxStatusCommand(context: Context): Command {
  return new Command('status').addOption(jsonOption()).action((options: SandboxStatusOptions) => runSandboxStatus(options, context));
}

export async function runSandboxStatus({ json }: SandboxStatusOptions, context: Context): Promise<void> {
  const { io } = context;
  const status = (await askSandbox(context.config(), '')) as { now: string; objects: Record<string, number>; events: number };
  if (json) return io.out(JSON.stringify({ schemaVersion: 1, ...status }));
  const rows = Object.entries(status.objects).map(([kind, number]) => [kind, String(number)] as const);
  pairs([['sandbox', context.config().stripeApiBase ?? ''], ['now', minutesUtc(status.now)], ...rows, ['event', String(status.events)]], io.room.out).forEach(io.out);
}
