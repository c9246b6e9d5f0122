/** devchat events replay <id...> */
import { Command } from 'commander';
import { refreshSubscription } from '../../../core/billing/reconcile.ts';
import type { Cache } from '../../../core/cache/cache.ts';
import { DevchatError } from '../../../core/errors.ts';
import type { Context } from '../../context.ts';
import { FAILED } from '../../exit-codes.ts';
import { cacheOption, jsonOption, liveOption } from '../../options.ts';
import { outcome as coloured } from '../../render/events.ts';

export interface ReplayOptions {
  json?: boolean;
  cache?: string;
  live?: boolean;
}

export function replayCommand(context: Context): Command {
  return new Command('replay')
    .description('Applies journaled events once more, through the same code as the webhook. What is older than the cached state changes nothing.')
    .argument('<id...>', 'events')
    .addOption(jsonOption())
    .addOption(cacheOption())
    .addOption(liveOption())
    .action((ids: string[], options: ReplayOptions) => runReplay(ids, options, context));
}

export async function runReplay(ids: string[], { json, cache: file, live }: ReplayOptions, context: Context): Promise<void> {
  context.setFlags({ cache: file });
  const { io } = context;
  const cache = await context.claimCache({ live });
  const clock = await context.clock();
  await refuseUnknown(ids, cache);
  const results = [];
  for (const id of ids) {
    const recorded = await cache.replayEvent(id, clock.now());
    if (!recorded) continue;
    const { outcome, reason, ask } = recorded;
    results.push({ id, outcome, reason });
    if (!json) io.out(`${id}  ${coloured(outcome, io.colour.out)}  ${reason}`);
    if (ask) await refreshSubscription(await context.stripe({ live }), cache, ask);
  }
  if (json) io.out(JSON.stringify({ schemaVersion: 1, results }));
  if (results.some(({ outcome }) => outcome === 'failed')) context.exitCode = FAILED;
}

/** Before any of them is applied. */
async function refuseUnknown(ids: string[], cache: Cache): Promise<void> {
  const known = await Promise.all(ids.map((id) => cache.event(id)));
  const unknown = ids.filter((_, index) => !known[index]);
  if (unknown.length > 0) throw new DevchatError('not-found', `no event ${unknown.join(', ')} is journaled`, 'devchat events list shows the newest');
}
