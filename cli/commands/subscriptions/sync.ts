/** devchat subscriptions sync */
import { Command } from 'commander';
import { syncSubscriptions } from '../../../core/billing/sync.ts';
import type { Context } from '../../context.ts';
import { FAILED } from '../../exit-codes.ts';
import { cacheOption, jsonOption, liveOption } from '../../options.ts';
import { progress } from '../../progress.ts';
import { STAYS_MARKED, syncedJson, syncedLines } from '../../render/sync.ts';

export interface SyncOptions {
  json?: boolean;
  cache?: string;
  live?: boolean;
}

export function syncCommand(context: Context): Command {
  return new Command('sync')
    .description('Compares all subscriptions at Stripe with the cache, and asks Stripe for those that differ or are not cached. Nothing is deleted.')
    .addOption(jsonOption())
    .addOption(cacheOption())
    .addOption(liveOption())
    .action((options: SyncOptions) => runSync(options, context));
}

export async function runSync({ json, cache: file, live }: SyncOptions, context: Context): Promise<void> {
  context.setFlags({ cache: file });
  const { io } = context;
  const stripe = await context.stripe({ live });
  const cache = await context.claimCache({ live });
  const shown = progress(io, { what: 'subscriptions' });
  const quietly = (await cache.backfilledUntil()) === undefined;
  const synced = await syncSubscriptions(stripe, cache, { quietly, signal: shown.signal, progress: shown.update }).finally(shown.done);
  if (synced.unanswered.length > 0) context.exitCode = FAILED;
  if (json) return io.out(JSON.stringify(syncedJson(synced)));
  syncedLines(synced).forEach(io.out);
  if (synced.unanswered.length > 0) io.talk(STAYS_MARKED);
}
