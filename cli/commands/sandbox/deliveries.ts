/** devchat sandbox deliveries */
import { Command, Option } from 'commander';
import type { Context } from '../../context.ts';
import { count, jsonOption } from '../../options.ts';
import { table } from '../../render/table.ts';
import { minutes } from '../../render/time.ts';
import { askSandbox } from '../../sandbox/control.ts';

const DEFAULT_LIMIT = 100;

export interface DeliveriesOptions {
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
    .addOption(jsonOption())
    .action((options: DeliveriesOptions) => runDeliveries(options, context));
}

export async function runDeliveries({ json, limit, ...filters }: DeliveriesOptions, context: Context): Promise<void> {
  const { io } = context;
  const query = new URLSearchParams({ limit: String(limit), ...filters });
  const answer = (await askSandbox(context.config(), `/deliveries?${query.toString()}`)) as { deliveries: Delivery[] };
  if (json) return io.out(JSON.stringify({ schemaVersion: 1, ...answer }));
  if (answer.deliveries.length === 0) return io.talk('No event was delivered yet.');
  table(['TRIED (UTC)', 'TYPE', 'STATUS', 'ANSWER', 'TRIES', 'EVENT'], answer.deliveries.map(row)).forEach(io.out);
}

function row({ event, type, status, attempts }: Delivery): string[] {
  const last = attempts.at(-1);
  return [last ? minutes(last.at) : '-', type ?? '-', status, last?.error ?? String(last?.status ?? '-'), String(attempts.length), event];
}
