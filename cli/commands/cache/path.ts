/** devchat cache path */
import { Command } from 'commander';
import { shownLocation } from '../../../core/cache/location.ts';
import type { Context } from '../../context.ts';
import { jsonOption } from '../../options.ts';

export interface PathOptions {
  json?: boolean;
}

export function pathCommand(context: Context): Command {
  return new Command('path').addOption(jsonOption()).action((options: PathOptions) => runPath(options, context));
}

export function runPath({ json }: PathOptions, { io, config }: Context): void {
  const path = shownLocation(config().cache);
  io.out(json ? JSON.stringify({ schemaVersion: 1, path }) : path);
}
