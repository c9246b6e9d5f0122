/** devchat events replay [id...] */
import { Command } from 'commander';
import { confirmAccount } from '../../account.ts';
import type { Context } from '../../context.ts';
import { INTERRUPTED } from '../../exit-codes.ts';
import { eventFilter, filterOptions, type FilterOptions } from '../../event-filter.ts';
import { cacheOption, jsonOption, liveOption } from '../../options.ts';
import { progress } from '../../progress.ts';
import { askStripe } from '../../replay/ask-stripe.ts';
import { matching, named, refuseMixed, replayed, sequenceOf } from '../../replay/replay.ts';
import { Report } from '../../replay/report.ts';

export interface ReplayOptions extends Omit<FilterOptions, 'outcome'> {
  failed?: boolean;
  after?: string;
  dryRun?: boolean;
  json?: boolean;
  cache?: string;
  live?: boolean;
  yes?: boolean;
}

export function replayCommand(context: Context): Command {
  const command = new Command('replay')
    .description('Applies journaled events once more, through the same code as the webhook: those named, or all that match, the oldest first. What is older than the cached state changes nothing, and no card is charged.')
    .argument('[id...]', 'events');
  for (const option of filterOptions()) command.addOption(option);
  return command
    .option('--failed', 'whose last attempt failed')
    .option('--after <id>', 'journaled after this event: where an interrupted replay goes on')
    .option('--dry-run', 'say what each would become, and write nothing')
    .addOption(jsonOption())
    .addOption(cacheOption())
    .addOption(liveOption())
    .option('--yes', 'do not ask in live mode')
    .action((ids: string[], options: ReplayOptions) => runReplay(ids, options, context));
}

export async function runReplay(ids: string[], { json = false, cache: file, live, yes, dryRun = false, failed, after, ...flags }: ReplayOptions, context: Context): Promise<void> {
  refuseMixed(ids, { ...flags, failed, after });
  context.setFlags({ cache: file });
  const { io } = context;
  const cache = await context.claimCache({ live, dryRun });
  const filter = { ...(await eventFilter({ ...flags, outcome: failed ? 'failed' : undefined }, cache, await context.terms())), after: after === undefined ? undefined : await sequenceOf(after, cache) };
  const total = ids.length > 0 ? ids.length : await cache.eventCount(filter);
  const batches = ids.length > 0 ? await named(ids, cache) : matching(filter, cache);
  if (ids.length === 0 && total > 0 && live && !yes && !dryRun) await confirmAccount(await context.stripe({ live }), io);
  const shown = progress(io, { what: 'events', total });
  const report = new Report({ json, dryRun, total, isNamed: ids.length > 0 }, io);
  const isDone = await report.add(replayed(batches, { dryRun, clock: await context.clock() }, cache), shown);
  shown.done();
  const unanswered = isDone && !dryRun ? await askStripe(report.asked, () => context.stripe({ live }), cache) : [];
  report.end(unanswered, isDone);
  context.exitCode = isDone ? report.exitCode(unanswered) : INTERRUPTED;
}
