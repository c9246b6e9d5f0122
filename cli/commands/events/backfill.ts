/** devchat events backfill */
import { Command } from 'commander';
import type Stripe from 'stripe';
import { backfillSince, closeGap } from '../../../core/billing/gap.ts';
import { settleQuestions } from '../../../core/billing/reconcile.ts';
import type { Unanswered } from '../../../core/billing/unanswered.ts';
import type { Cache } from '../../../core/cache/cache.ts';
import type { Context } from '../../context.ts';
import { secondsOf, sinceOption, type When } from '../../event-filter.ts';
import { FAILED } from '../../exit-codes.ts';
import type { Io } from '../../io.ts';
import { cacheOption, jsonOption, liveOption } from '../../options.ts';
import { progress } from '../../progress.ts';
import { closedJson, closedLines, MAY_BE_MISSING, STAYS_MARKED } from '../../render/sync.ts';

export interface BackfillOptions {
  since?: When;
  json?: boolean;
  cache?: string;
  live?: boolean;
}

export function backfillCommand(context: Context): Command {
  return new Command('backfill')
    .description('Lists the events at Stripe since the last time and applies those that never came, as the daemon does. Where Stripe no longer lists them all, it compares all subscriptions.')
    .addOption(sinceOption())
    .addOption(jsonOption())
    .addOption(cacheOption())
    .addOption(liveOption())
    .action((options: BackfillOptions) => runBackfill(options, context));
}

export async function runBackfill({ since: when, json, cache: file, live }: BackfillOptions, context: Context): Promise<void> {
  context.setFlags({ cache: file });
  const { io } = context;
  const stripe = await context.stripe({ live });
  const cache = await context.claimCache({ live });
  const [clock, since] = [await context.clock(), await secondsOf(when, 'start', await context.terms())];
  const shown = progress(io, { what: 'found' });
  const manner = { now: () => clock.now(), signal: shown.signal, progress: shown.update };
  const found = await (since === undefined ? closeGap(stripe, cache, manner) : backfillSince(stripe, cache, since, manner)).finally(shown.done);
  const closed = { ...found, unanswered: await askOpenQuestions(stripe, cache, io) };
  if (closed.unanswered.length > 0) context.exitCode = FAILED;
  if (json) return io.out(JSON.stringify(closedJson(closed)));
  closedLines(closed).forEach(io.out);
  if (closed.unanswered.length > 0) io.talk(STAYS_MARKED);
  if (closed.by === 'events' && closed.skipped.length > 0) io.talk(MAY_BE_MISSING);
}

async function askOpenQuestions(stripe: Stripe, cache: Cache, io: Io): Promise<Unanswered[]> {
  const questions = await cache.questions();
  const shown = progress(io, { what: 'questions to Stripe', total: questions.length });
  if (questions.length > 0) shown.update(0);
  return settleQuestions(stripe, cache, questions, { signal: shown.signal, progress: shown.update }).finally(shown.done);
}
