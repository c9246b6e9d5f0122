/** devchat events list */
import { Command } from 'commander';
import type { Context } from '../../context.ts';
import { cacheOption, count, jsonOption } from '../../options.ts';
import { eventJson, eventLines } from '../../render/events.ts';

const DEFAULT_LIMIT = 100;

export interface ListOptions {
  json?: boolean;
  cache?: string;
  limit: number;
  subscription?: string;
}

export function listCommand(context: Context): Command {
  return new Command('list')
    .option('--limit <count>', 'how many at the most', count, DEFAULT_LIMIT)
    .option('--subscription <id>', 'only those about one subscription')
    .addOption(jsonOption())
    .addOption(cacheOption())
    .action((options: ListOptions) => runList(options, context));
}

export async function runList({ json, cache: file, limit, subscription }: ListOptions, context: Context): Promise<void> {
  context.setFlags({ cache: file });
  const { io } = context;
  const cache = await context.cache();
  const events = await cache.events({ limit, ...(subscription ? { subscription } : {}) });
  if (json) return io.out(JSON.stringify({ schemaVersion: 1, events: events.map(eventJson) }));
  if (events.length === 0) return io.talk('No event is journaled yet.');
  eventLines(events, io.colour.out, io.room.out).forEach(io.out);
}
