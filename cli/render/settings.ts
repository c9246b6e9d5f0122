/** Settings as people read them; secrets are masked. */
import { shownLocation } from '../../core/cache/location.ts';
import { SETTINGS, type SettingName } from '../../core/config.ts';
import type { SettingInForce } from '../settings-in-force.ts';
import { pairs } from './lines.ts';
import { table } from './table.ts';

const SHOWN_OF_A_SECRET = 4;

/** One line each, with the origin where it is wanted; a value that a terminal has no room for goes on below itself. */
export function settingLines(settings: readonly SettingInForce[], { origin, room }: { origin: boolean; room: number }): string[] {
  const labels = table(['NAME', ...(origin ? ['ORIGIN'] : [])], settings.map((each) => [each.name, ...(origin ? [each.origin ?? '-'] : [])]));
  const values = ['VALUE', ...settings.map((each) => shownValue(each) ?? '-')];
  return pairs(labels.map((label, index) => [label, values[index] ?? '']), room);
}

/** A value without what must not be seen: of a secret the last four characters stay, of an address all but its password. */
export function shownValue({ name, value }: { name: SettingName; value: string | null }): string | null {
  if (name === 'cache' && value !== null) return shownLocation(value);
  if (value === null || !SETTINGS[name].secret) return value;
  return value.split(',').map((secret) => `****${secret.slice(-SHOWN_OF_A_SECRET)}`).join(',');
}
