/** devchat subscriptions verify */
import { Command } from 'commander';
import { compareSubscriptions, type Comparison } from '../../../core/billing/sync.ts';
import type { Context } from '../../context.ts';
import type { Io } from '../../io.ts';
import { cacheOption, jsonOption, liveOption } from '../../options.ts';
import { progress } from '../../progress.ts';
import { palette } from '../../render/palette.ts';
import { verifyJson, verifyLines, verifySummary, type Different } from '../../render/verify.ts';

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
  const comparisons = compareSubscriptions(await context.stripe({ live }), await context.claimCache({ live }));
  const { compared, different } = await collected(comparisons, io);
  if (detailedExitcode && different.length > 0) context.exitCode = DIFFERENCE;
  if (json) return io.out(JSON.stringify(verifyJson(compared, different)));
  const lines = verifyLines(different, { palette: palette(io.colour.out), width: io.width });
  [...lines, ...(lines.length > 0 ? [''] : []), verifySummary(compared, different)].forEach(io.out);
  if (different.some(({ finding }) => finding !== 'unknown to Stripe')) io.talk('Next: devchat subscriptions sync asks Stripe for what differs.');
}

async function collected(comparisons: AsyncIterable<Comparison>, io: Io): Promise<{ compared: number; different: Different[] }> {
  const shown = progress(io, { what: 'subscriptions' });
  const different: Different[] = [];
  let compared = 0;
  try {
    for await (const comparison of comparisons) {
      shown.signal.throwIfAborted();
      if (isDifferent(comparison)) different.push(comparison);
      shown.update((compared += 1));
    }
  } finally {
    shown.done();
  }
  return { compared, different };
}

function isDifferent(comparison: Comparison): comparison is Different {
  return comparison.finding !== 'same';
}
