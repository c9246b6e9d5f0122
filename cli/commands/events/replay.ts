/** devchat events replay <id...> */
import { Command } from 'commander';
import type Stripe from 'stripe';
import { refreshSubscription } from '../../../core/billing/reconcile.ts';
import type { Cache, Recorded } from '../../../core/cache/cache.ts';
import type { Clock } from '../../../core/clock.ts';
import { DevchatError } from '../../../core/errors.ts';
import type { Context } from '../../context.ts';
import { EXIT_CODES, FAILED } from '../../exit-codes.ts';
import { cacheOption, jsonOption, liveOption } from '../../options.ts';
import { outcome as coloured } from '../../render/events.ts';

const GONE: Recorded = { outcome: 'failed', reason: 'it is no longer journaled', ask: null, collect: null };

type Result = Pick<Recorded, 'outcome' | 'reason'> & { id: string; exitCode: number };

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
  const results: Result[] = [];
  for (const id of ids) {
    const result = await replay(id, cache, clock, () => context.stripe({ live }));
    results.push(result);
    if (!json) io.out(`${id}  ${coloured(result.outcome, io.colour.out)}  ${result.reason}`);
  }
  if (json) io.out(JSON.stringify({ schemaVersion: 1, results: results.map(({ id, outcome, reason }) => ({ id, outcome, reason })) }));
  context.exitCode = results.find(({ exitCode }) => exitCode !== 0)?.exitCode ?? 0;
}

/** What goes wrong with one event is its result: those after it are still tried. */
async function replay(id: string, cache: Cache, clock: Clock, connect: () => Promise<Stripe>): Promise<Result> {
  try {
    const { outcome, reason, ask } = (await cache.replayEvent(id, clock.now())) ?? GONE;
    if (ask) await refreshSubscription(await connect(), cache, ask);
    return { id, outcome, reason, exitCode: outcome === 'failed' ? FAILED : 0 };
  } catch (thrown) {
    const { explainStripeError } = await import('../../../core/stripe.ts');
    const error = explainStripeError(thrown);
    if (!(error instanceof DevchatError)) throw error;
    return { id, outcome: 'failed', reason: [error.message, error.hint].filter(Boolean).join('; '), exitCode: EXIT_CODES[error.kind] };
  }
}

/** Before any of them is applied. */
async function refuseUnknown(ids: string[], cache: Cache): Promise<void> {
  const known = await Promise.all(ids.map((id) => cache.event(id)));
  const unknown = ids.filter((_, index) => !known[index]);
  if (unknown.length > 0) throw new DevchatError('not-found', `no event ${unknown.join(', ')} is journaled`, 'devchat events list shows the newest');
}
