/** devchat sandbox status */
import { Command } from 'commander';
import type { Context } from '../../context.ts';
import { jsonOption } from '../../options.ts';
import { pairs } from '../../render/table.ts';
import { askSandbox } from '../../sandbox/control.ts';

export interface SandboxStatusOptions {
  json?: boolean;
}

export function sandboxStatusCommand(context: Context): Command {
  return new Command('status').addOption(jsonOption()).action((options: SandboxStatusOptions) => runSandboxStatus(options, context));
}

export async function runSandboxStatus({ json }: SandboxStatusOptions, context: Context): Promise<void> {
  const { io } = context;
  const status = (await askSandbox(context.config(), '')) as { now: string; objects: Record<string, number> };
  if (json) return io.out(JSON.stringify({ schemaVersion: 1, ...status }));
  const rows = Object.entries(status.objects).map(([kind, number]) => [kind, String(number)] as const);
  pairs([['now', status.now], ...rows]).forEach(io.out);
}
