/** devchat sandbox status */
import { Command } from 'commander';
import type { Context } from '../../context.ts';
import { jsonOption } from '../../options.ts';
import { pairs } from '../../render/lines.ts';
import { minutesUtc } from '../../render/time.ts';
import { askSandbox, runningPortOption, sandboxAddress, type SandboxChoice } from '../../sandbox/control.ts';

export interface SandboxStatusOptions extends SandboxChoice {
  json?: boolean;
}

interface Fault {
  on: string;
  answer: string;
  call: number;
  times: number;
  seen: number;
}

interface Status {
  now: string;
  objects: Record<string, number>;
  events: number;
  switches: Record<string, unknown>;
  faults: Fault[];
}

export function sandboxStatusCommand(context: Context): Command {
  return new Command('status').addOption(runningPortOption()).addOption(jsonOption()).action((options: SandboxStatusOptions) => runSandboxStatus(options, context));
}

export async function runSandboxStatus({ json, ...choice }: SandboxStatusOptions, context: Context): Promise<void> {
  const { io } = context;
  const address = sandboxAddress(choice, context);
  const status = (await askSandbox(address, '')) as Status;
  if (json) return io.out(JSON.stringify({ schemaVersion: 1, ...status }));
  const objects = Object.entries(status.objects).map(([kind, number]) => [kind, String(number)] as const);
  const switches = Object.entries(status.switches).map(([name, value]) => ['switch', `${name} ${String(value)}`] as const);
  const faults = status.faults.map((fault) => ['fault', faultWords(fault)] as const);
  const rows = [['now', minutesUtc(status.now)], ...objects, ['event', String(status.events)], ...switches, ...faults] as const;
  pairs([['sandbox', address], ...rows], io.room.out).forEach(io.out);
}

/** "cut on POST /v1/prices, calls 2 to 4, 1 seen" */
function faultWords({ answer, on, call, times, seen }: Fault): string {
  const calls = times === 1 ? `call ${call}` : `calls ${call} to ${call + times - 1}`;
  return `${answer} on ${on}, ${calls}, ${seen} seen`;
}
