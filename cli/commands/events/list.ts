/** devchat events list */
import { Command } from 'commander';
import type { Context } from '../../context.ts';
import { eventFilter, filterOptions, outcomeOption, type FilterOptions } from '../../event-filter.ts';
import { cacheOption, count, jsonOption } from '../../options.ts';
import { eventJson, eventLines } from '../../render/events.ts';

const DEFAULT_LIMIT = 100;

export interface ListOptions extends FilterOptions {
  json?: boolean;
  cache?: string;
  limit: number;
}

export function listCommand(context: Context): Command {
  const command = new Command('list').description('Lists the journal of Stripe’s events, the newest first. Filters combine.');
  for (const option of [...filterOptions(), outcomeOption()]) command.addOption(option);
  return command
    .option('--limit <count>', 'how many at the most', count, DEFAULT_LIMIT)
    .addOption(jsonOption())
    .addOption(cacheOption())
    .action((options: ListOptions) => runList(options, context));
}

export async function runList({ json, cache: file, limit, ...flags }: ListOptions, context: Context): Promise<void> {
  context.setFlags({ cache: file });
  const { io } = context;
  const cache = await context.cache();
  const events = await cache.events({ ...(await eventFilter(flags, cache, await context.terms())), limit });
  if (json) return io.out(JSON.stringify({ schemaVersion: 1, events: events.map(eventJson) }));
  if (events.length > 0) eventLines(events, io.colour.out, io.room.out).forEach(io.out);
  else io.talk(Object.keys(flags).length === 0 ? 'No event is journaled yet.' : 'No event matches.');
}
