/** devchat config unset <name> */
import { Command } from 'commander';
import { folders, type SettingName } from '../../../core/config.ts';
import { saveSettings, settingsPath } from '../../../core/settings.ts';
import type { Context } from '../../context.ts';
import { settingArgument } from '../../options.ts';
import { shortPath } from '../../render/short-path.ts';

export function unsetCommand(context: Context): Command {
  return new Command('unset').addArgument(settingArgument()).action((name: SettingName) => runUnset(name, context));
}

export async function runUnset(name: SettingName, { io, env }: Context): Promise<void> {
  const { configDir } = folders(env);
  await saveSettings(configDir, { [name]: undefined });
  io.talk(`No ${name} is saved in ${shortPath(settingsPath(configDir))} any more.`);
}
