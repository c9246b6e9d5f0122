/** devchat config get <name> */
import { Command } from 'commander';
import type { SettingName } from '../../../core/config.ts';
import { DevchatError } from '../../../core/errors.ts';
import type { Context } from '../../context.ts';
import { settingArgument } from '../../options.ts';
import { settingsInForce } from '../../settings-in-force.ts';

export function getCommand(context: Context): Command {
  return new Command('get')
    .description('Prints the value of one setting in full, secrets too.')
    .addArgument(settingArgument())
    .action((name: SettingName) => runGet(name, context));
}

export function runGet(name: SettingName, context: Context): void {
  const value = settingsInForce(context).find((setting) => setting.name === name)?.value ?? null;
  if (value === null) throw new DevchatError('not-found', `${name} is not set`, `devchat config set ${name} saves one`);
  context.io.out(value);
}
