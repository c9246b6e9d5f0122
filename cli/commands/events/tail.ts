/** devchat events tail */
import { Command } from 'commander';
import type { Cache, EventFilter, JournaledEvent } from '../../../core/cache/cache.ts';
import type { Context } from '../../context.ts';
import { eventFilter, filterOptions, outcomeOption, type FilterOptions } from '../../event-filter.ts';
import { follow } from '../../follow.ts';
import { cacheOption, count, jsonLinesOption } from '../../options.ts';
import { eventJson, tailHead, tailLine } from '../../render/events.ts';

const DEFAULT_LINES = 10;
const PAGE = 500;

export interface TailOptions extends FilterOptions {
  json?: boolean;
  cache?: string;
  lines: number;
}

export function tailCommand(context: Context): Command {
  const command = new Command('tail').description('Shows the newest events and then each that is journaled, whichever process writes it. Ctrl-C ends it.');
  for (const option of [...filterOptions(), outcomeOption()]) command.addOption(option);
  return command
    .option('--lines <count>', 'how many to begin with', count, DEFAULT_LINES)
    .addOption(jsonLinesOption())
    .addOption(cacheOption())
    .action((options: TailOptions) => runTail(options, context));
}

export async function runTail({ json, cache: file, lines, ...flags }: TailOptions, context: Context): Promise<void> {
  context.setFlags({ cache: file });
  const { io } = context;
  const cache = await context.cache();
  const filter = await eventFilter(flags, cache, await context.terms());
  const tell = (event: JournaledEvent) => io.out(json ? JSON.stringify({ schemaVersion: 1, event: eventJson(event) }) : tailLine(event, io.colour.out, io.room.out));
  if (!json) io.talk(tailHead(io.colour.talk));
  let after = await newest(cache);
  const last = await cache.events({ ...filter, limit: lines });
  last.reverse().forEach(tell);
  after = Math.max(after, last.at(-1)?.sequence ?? 0);
  await follow(cache, async () => {
    after = await tellAfter(after, filter, cache, tell);
  });
}

/** Tells what was journaled since, and returns how far that is. What does not match is passed over for good. */
async function tellAfter(after: number, filter: Omit<EventFilter, 'limit'>, cache: Cache, tell: (event: JournaledEvent) => void): Promise<number> {
  const end = await newest(cache);
  if (end === after) return after;
  const page = await cache.events({ ...filter, after, oldestFirst: true, limit: PAGE });
  page.forEach(tell);
  const told = page.at(-1)?.sequence ?? after;
  return page.length === PAGE ? tellAfter(told, filter, cache, tell) : Math.max(told, end);
}

async function newest(cache: Cache): Promise<number> {
  return (await cache.events({ limit: 1 }))[0]?.sequence ?? 0;
}
