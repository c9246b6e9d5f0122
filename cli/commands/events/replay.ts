/** devchat events replay <id...> */
import { Command } from 'commander';
import { refreshSubscription } from '../../../core/billing/reconcile.ts';
import type { Cache, Recorded } from '../../../core/cache/cache.ts';
import { DevchatError } from '../../../core/errors.ts';
import type { Context } from '../../context.ts';
import { FAILED } from '../../exit-codes.ts';
import { cacheOption, jsonOption } from '../../options.ts';
import { outcome as coloured } from '../../render/events.ts';

export interface ReplayOptions {
  json?: boolean;
  cache?: string;
}

export function replayCommand(context: Context): Command {
  return new Command('replay')
    .description('Applies journaled events once more, through the same code as the webhook. What is older than the cached state changes nothing.')
    .argument('<id...>', 'events')
    .addOption(jsonOption())
    .addOption(cacheOption())
    .action((ids: string[], options: ReplayOptions) => runReplay(ids, options, context));
}

export async function runReplay(ids: string[], { json, cache: file }: ReplayOptions, context: Context): Promise<void> {
  context.setFlags({ cache: file });
  const { io } = context;
  const cache = await context.cache();
  const clock = await context.clock();
  const results = [];
  for (const id of ids) {
    const { outcome, reason, ask } = await replayed(id, cache, clock.now());
    if (ask) await refreshSubscription(await context.stripe(), cache, ask);
    results.push({ id, outcome, reason });
    if (!json) io.out(`${id}  ${coloured(outcome, io.colour.out)}  ${reason}`);
  }
  if (json) io.out(JSON.stringify({ schemaVersion: 1, results }));
  if (results.some(({ outcome }) => outcome === 'failed')) context.exitCode = FAILED;
}

async function replayed(id: string, cache: Cache, now: number): Promise<Recorded> {
  const recorded = await cache.replayEvent(id, now);
  if (!recorded) throw new DevchatError('not-found', `no event ${id} is journaled`, 'devchat events list shows the newest');
  return recorded;
}
