/** devchat config path */
import { Command } from 'commander';
import { folders } from '../../../core/config.ts';
import { settingsPath } from '../../../core/settings.ts';
import type { Context } from '../../context.ts';

export function pathCommand({ io, env }: Context): Command {
  return new Command('path').action(() => io.out(settingsPath(folders(env).configDir)));
}
