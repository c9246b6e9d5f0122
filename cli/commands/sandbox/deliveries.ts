/** devchat sandbox deliveries */
import { Command, Option } from 'commander';
import type { Context } from '../../context.ts';
import { count, jsonOption } from '../../options.ts';
import { tableInRoom } from '../../render/table.ts';
import { minutes } from '../../render/time.ts';
import { askSandbox, runningPortOption, sandboxAddress, type SandboxChoice } from '../../sandbox/control.ts';

const DEFAULT_LIMIT = 100;
const HEAD = ['TRIED (UTC)', 'EVENT', 'STATUS', 'TRIES', 'TYPE', 'ANSWER'];
const TYPE_COLUMN = HEAD.indexOf('TYPE');

export interface DeliveriesOptions extends SandboxChoice {
  limit: number;
  event?: string;
  endpoint?: string;
  status?: string;
  json?: boolean;
}

interface Delivery {
  event: string;
  type: string | null;
  endpoint: string;
  status: string;
  attempts: { at: string; status: number | null; error: string | null }[];
}

export function deliveriesCommand(context: Context): Command {
  return new Command('deliveries')
    .description('Shows which events the running sandbox delivered to whom, and how that went, the newest first.')
    .option('--limit <count>', 'how many at the most', count, DEFAULT_LIMIT)
    .option('--event <id>', 'only those of one event')
    .option('--endpoint <id>', 'only those to one webhook endpoint')
    .addOption(new Option('--status <status>', 'only those that stand so').choices(['pending', 'acknowledged', 'succeeded', 'failed']))
    .addOption(runningPortOption())
    .addOption(jsonOption())
    .action((options: DeliveriesOptions) => runDeliveries(options, context));
}

export async function runDeliveries({ json, port, limit, ...filters }: DeliveriesOptions, context: Context): Promise<void> {
  const { io } = context;
  const query = new URLSearchParams({ limit: String(limit), ...filters });
  const address = sandboxAddress({ port }, context);
  const answer = (await askSandbox(address, `/deliveries?${query.toString()}`)) as { deliveries: Delivery[] };
  if (json) return io.out(JSON.stringify({ schemaVersion: 1, ...answer }));
  if (answer.deliveries.length === 0) return io.talk('No event was delivered yet.');
  tableInRoom(HEAD, answer.deliveries.map(row), { first: TYPE_COLUMN, room: io.room.out }).forEach(io.out);
}

function row({ event, type, status, attempts }: Delivery): string[] {
  const last = attempts.at(-1);
  return [last ? minutes(last.at) : '-', event, status, String(attempts.length), type ?? '-', last?.error ?? String(last?.status ?? '-')];
}
