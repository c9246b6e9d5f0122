/** devchat cache copy --to <file or postgres URL> */
import { resolve } from 'node:path';
import { Command } from 'commander';
import { isPostgres, shownLocation } from '../../../core/cache/location.ts';
import { problemWith, SETTINGS } from '../../../core/config.ts';
import { DevchatError } from '../../../core/errors.ts';
import type { Context } from '../../context.ts';
import { cacheOption, jsonOption } from '../../options.ts';
import { progress } from '../../progress.ts';
import { table } from '../../render/table.ts';

export interface CopyOptions {
  to: string;
  cache?: string;
  json?: boolean;
}

export function copyCommand(context: Context): Command {
  return new Command('copy')
    .description('Copies everything into an empty cache: a new file, or a PostgreSQL database. What a daemon hears meanwhile is not copied: stop the daemons first.')
    .requiredOption('--to <location>', 'a file, or postgres://…')
    .addOption(cacheOption())
    .addOption(jsonOption())
    .action((options: CopyOptions) => runCopy(options, context));
}

export async function runCopy({ to, cache, json }: CopyOptions, context: Context): Promise<void> {
  const problem = problemWith('cache', to);
  if (problem) throw new DevchatError('usage', `what --to names ${problem}`);
  context.setFlags({ cache });
  const { io, folder } = context;
  const from = context.config().cache;
  const target = isPostgres(to) ? to : resolve(folder, to);
  const { copyCache } = await import('../../../core/cache/copy.ts');
  const { signal, update, done } = progress(io, { what: 'rows' });
  const copied = await copyCache(from, target, { signal, progress: update }).finally(done);
  if (json) return io.out(JSON.stringify({ schemaVersion: 1, from: shownLocation(from), to: shownLocation(target), copied }));
  table(['TABLE', 'ROWS'], copied.map(({ table: name, rows }) => [name, String(rows)])).forEach(io.out);
  io.talk(`Copied from ${shownLocation(from)}. No daemon may have run meanwhile: what it heard is in the old cache alone.`);
  io.talk(`Next: set ${SETTINGS.cache.env}=${shownLocation(target)} for every daemon and command line, then start them.`);
}
