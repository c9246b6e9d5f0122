/** devchat subscriptions verify */
import { Command } from 'commander';
import { compareSubscriptions, type Comparison } from '../../../core/billing/compare-subscriptions.ts';
import { isUnanswered, type Unanswered } from '../../../core/billing/unanswered.ts';
import type { Context } from '../../context.ts';
import { FAILED } from '../../exit-codes.ts';
import type { Io } from '../../io.ts';
import { cacheOption, jsonOption, liveOption } from '../../options.ts';
import { progress } from '../../progress.ts';
import { palette } from '../../render/palette.ts';
import { unansweredLines } from '../../render/sync.ts';
import { verifyJson, verifyLines, verifySummary, type Different, type Verified } from '../../render/verify.ts';

const DIFFERENCE = 2;

export interface VerifyOptions {
  detailedExitcode?: boolean;
  json?: boolean;
  cache?: string;
  live?: boolean;
}

export function verifyCommand(context: Context): Command {
  return new Command('verify')
    .description('Compares the cache with all subscriptions at Stripe and shows what differs: cached → Stripe. Nothing is changed.')
    .option('--detailed-exitcode', 'exit with 0: the cache matches, 2: it differs, 1: any error')
    .addOption(jsonOption())
    .addOption(cacheOption())
    .addOption(liveOption())
    .action((options: VerifyOptions) => runVerify(options, context));
}

export async function runVerify({ detailedExitcode, json, cache: file, live }: VerifyOptions, context: Context): Promise<void> {
  context.setFlags({ cache: file });
  const { io } = context;
  const comparisons = compareSubscriptions(await context.stripe({ live }), await context.claimCache({ live, dryRun: true }));
  const verified = await collected(comparisons, io);
  context.exitCode = exitCodeOf(verified, detailedExitcode);
  if (json) return io.out(JSON.stringify(verifyJson(verified)));
  const lines = verifyLines(verified.different, { palette: palette(io.colour.out), width: io.width });
  [...lines, ...(lines.length > 0 ? [''] : []), ...unansweredLines(verified), verifySummary(verified)].forEach(io.out);
  if (verified.different.some(({ finding }) => finding !== 'unknown to Stripe')) io.talk('Next: devchat subscriptions sync asks Stripe for what differs.');
}

function exitCodeOf({ different, unanswered }: Verified, isDetailed = false): number {
  if (unanswered.length > 0) return FAILED;
  return isDetailed && different.length > 0 ? DIFFERENCE : 0;
}

async function collected(comparisons: AsyncIterable<Comparison | Unanswered>, io: Io): Promise<Verified> {
  const shown = progress(io, { what: 'subscriptions' });
  const verified: Verified = { compared: 0, different: [], unanswered: [] };
  try {
    for await (const each of comparisons) {
      shown.signal.throwIfAborted();
      if (isUnanswered(each)) verified.unanswered.push(each);
      else if (isDifferent(each)) verified.different.push(each);
      shown.update((verified.compared += 1));
    }
  } finally {
    shown.done();
  }
  return verified;
}

function isDifferent(comparison: Comparison): comparison is Different {
  return comparison.finding !== 'same';
}
