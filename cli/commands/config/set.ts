/** devchat config set <name> <value> */
import { Command } from 'commander';
import { folders, isGiven, problemWith, SETTINGS, type SettingName } from '../../../core/config.ts';
import { DevchatError } from '../../../core/errors.ts';
import { saveSettings, settingsPath } from '../../../core/settings.ts';
import type { Context } from '../../context.ts';
import { warn } from '../../io.ts';
import { settingArgument } from '../../options.ts';
import { shortPath } from '../../render/short-path.ts';

const NEW_NOTICE_SECRET = 'devchat config set noticeSecret "whsec_$(openssl rand -base64 32)" comes first';

export function setCommand(context: Context): Command {
  return new Command('set')
    .description('Saves a setting, readable by you alone. A key rather goes through devchat init, which asks for it and checks it with Stripe.')
    .addArgument(settingArgument())
    .argument('<value>', 'what it is from now on')
    .action((name: SettingName, value: string) => runSet(name, value, context));
}

export async function runSet(name: SettingName, value: string, context: Context): Promise<void> {
  refuse(name, value, context);
  const { io, env } = context;
  const { configDir } = folders(env);
  await saveSettings(configDir, { ...(name === 'stripeSecretKey' ? { stripeApiBase: undefined } : {}), [name]: value });
  io.talk(`Saved in ${shortPath(settingsPath(configDir))}.`);
  const variable = SETTINGS[name].env;
  if (env[variable]) warn([`${variable} is set in the environment, and wins over it`], io);
}

function refuse(name: SettingName, value: string, { env, folder }: Context): void {
  if (name === 'webhookSecrets') throw new DevchatError('usage', 'signing secrets are saved with where they come from', 'devchat provision webhook and devchat listen save them; STRIPE_WEBHOOK_SECRET takes others');
  const problem = problemWith(name, value);
  if (problem) throw new DevchatError(name === 'stripeSecretKey' ? 'key-refused' : 'usage', `this ${name} ${problem}`);
  if (name === 'noticeUrl' && !isGiven('noticeSecret', { env, folder })) {
    throw new DevchatError('usage', 'what is posted to noticeUrl is signed, and there is no noticeSecret yet', NEW_NOTICE_SECRET);
  }
}
