/** Which settings hold, and where each of them comes from. */
import { policyText } from '../core/billing/policy.ts';
import { loadConfig, SETTINGS, type Origin, type SettingName } from '../core/config.ts';
import { readSettings, savedSecrets } from '../core/settings.ts';
import type { Context } from './context.ts';

/** `value` and `origin` are null where a setting is not set; several signing secrets stand with commas between. */
export interface SettingInForce {
  name: SettingName;
  value: string | null;
  origin: Origin | null;
}

/** All of them, in the order in which they are documented. Throws as `loadConfig` does. */
export function settingsInForce({ env, folder }: Context): SettingInForce[] {
  const { config, origins } = loadConfig({ env, folder });
  const saved = savedSecrets(readSettings(config.configDir), config.stripeApiBase);
  const names = Object.keys(SETTINGS) as SettingName[];
  return names.map((name) => {
    if (name === 'webhookSecrets' && !config.webhookSecrets && saved.length > 0) return { name, value: saved.join(','), origin: 'saved' };
    const value = name === 'policy' ? policyText(config.policy) : config[name];
    return { name, value: value === undefined ? null : String(value), origin: origins[name] ?? null };
  });
}
