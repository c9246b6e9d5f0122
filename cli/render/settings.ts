/** Settings as people read them; secrets are masked. */
import { SETTINGS, type SettingName } from '../../core/config.ts';
import type { SettingInForce } from '../settings-in-force.ts';
import { table } from './table.ts';

const SHOWN_OF_A_SECRET = 4;

/** One line each, with the origin where it is wanted. */
export function settingLines(settings: readonly SettingInForce[], { origin }: { origin: boolean }): string[] {
  return table(['NAME', 'VALUE', ...(origin ? ['ORIGIN'] : [])], settings.map((each) => [each.name, shownValue(each) ?? '-', ...(origin ? [each.origin ?? '-'] : [])]));
}

/** A value without what must not be seen: of a secret the last four characters stay. */
export function shownValue({ name, value }: { name: SettingName; value: string | null }): string | null {
  if (value === null || !SETTINGS[name].secret) return value;
  return value.split(',').map((secret) => `****${secret.slice(-SHOWN_OF_A_SECRET)}`).join(',');
}
