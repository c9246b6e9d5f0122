/** devchat config list */
import { Command } from 'commander';
import { SETTINGS } from '../../../core/config.ts';
import type { Context } from '../../context.ts';
import { jsonOption } from '../../options.ts';
import { settingLines, shownValue } from '../../render/settings.ts';
import { settingsInForce } from '../../settings-in-force.ts';

export interface ListOptions {
  showOrigin?: boolean;
  json?: boolean;
}

export function listCommand(context: Context): Command {
  return new Command('list')
    .option('--show-origin', 'tell where each comes from')
    .addOption(jsonOption())
    .action((options: ListOptions) => runList(options, context));
}

export function runList({ showOrigin = false, json }: ListOptions, context: Context): void {
  const settings = settingsInForce(context);
  if (!json) return settingLines(settings, { origin: showOrigin, room: context.io.room.out }).forEach(context.io.out);
  const shown = settings.map((setting) => ({ name: setting.name, environment: SETTINGS[setting.name].env, value: shownValue(setting), origin: setting.origin }));
  context.io.out(JSON.stringify({ schemaVersion: 1, settings: shown }));
}
