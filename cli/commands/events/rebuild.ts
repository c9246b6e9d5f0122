/** devchat events rebuild */
import { Command } from 'commander';
import type { Context } from '../../context.ts';
import { cacheOption, jsonOption, liveOption } from '../../options.ts';
import { progress } from '../../progress.ts';
import { palette } from '../../render/palette.ts';
import { rebuiltJson, rebuiltLines } from '../../render/rebuilt.ts';

/** More differences than these are only counted, unless as JSON. */
const SHOWN = 20;

export interface RebuildOptions {
  dryRun?: boolean;
  json?: boolean;
  cache?: string;
  live?: boolean;
}

export function rebuildCommand(context: Context): Command {
  return new Command('rebuild')
    .description('Makes the cached subscriptions, invoices and cards again from the journal alone, shows what was cached otherwise, and swaps it in. What was interrupted goes on where it was.')
    .option('--dry-run', 'compare only, and write nothing')
    .addOption(jsonOption())
    .addOption(cacheOption())
    .addOption(liveOption())
    .action((options: RebuildOptions, command: Command) => runRebuild(options, context, versionOf(command)));
}

export async function runRebuild({ dryRun, json, cache: file, live }: RebuildOptions, context: Context, version: string): Promise<void> {
  context.setFlags({ cache: file });
  const { io } = context;
  const cache = await context.claimCache({ live, dryRun });
  const clock = await context.clock();
  const shown = progress(io, { what: 'events' });
  const began = performance.now();
  try {
    const rebuilt = await cache.rebuild({
      version,
      now: clock.now(),
      dryRun,
      show: json ? undefined : SHOWN,
      signal: shown.signal,
      onResume: (events) => io.talk(`goes on where an earlier rebuild stopped, after ${events.toLocaleString('en-US')} events`),
      onProgress: shown.update,
    });
    shown.done();
    if (json) return io.out(JSON.stringify(rebuiltJson(rebuilt)));
    rebuiltLines(rebuilt, { palette: palette(io.colour.out), room: io.room.out, seconds: (performance.now() - began) / 1000 }).forEach(io.out);
  } finally {
    shown.done();
  }
}

function versionOf(command: Command): string {
  return command.parent ? versionOf(command.parent) : (command.version() ?? '');
}
