/** Flags that several commands share. */
import { Argument, InvalidArgumentError, Option } from 'commander';
import { SETTINGS, type SettingName } from '../core/config.ts';

export const jsonOption = () => new Option('--json', 'print one JSON object');
export const jsonLinesOption = () => new Option('--json', 'print one JSON object a line');
export const cacheOption = () => new Option('--cache <file>', 'the cache file, or postgres://… (DEVCHAT_CACHE)');
export const liveOption = () => new Option('--live', 'allow a live key');
export const portOption = () => new Option('--port <number>', 'where to listen; 0 takes a free port (PORT)').argParser(port);
export const hostOption = () => new Option('--host <address>', 'the address to listen on (HOST)');

/** The name of a setting, as an argument. */
export const settingArgument = () => new Argument('<name>', `${Object.keys(SETTINGS).join(', ')}, or the name in the environment`).argParser(settingName);

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 } as const;
/** What the sandbox can be moved by at once. */
const LONGEST_SECONDS = 10 * 366 * 86_400;

/** For commander: "3d" or "12h", in seconds. */
export function duration(text: string): number {
  const [, number, unit] = /^(\d+)([smhdw])$/.exec(text) ?? [];
  if (!number || !unit) throw new InvalidArgumentError('It is a number with s, m, h, d or w, such as 3d.');
  const seconds = Number(number) * SECONDS[unit as keyof typeof SECONDS];
  if (seconds < 1 || seconds > LONGEST_SECONDS) throw new InvalidArgumentError('It is 1s or more, and ten years at the most.');
  return seconds;
}

const HIGHEST_PORT = 65_535;

/** For commander: a port number, 0 included. */
export function port(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > HIGHEST_PORT) throw new InvalidArgumentError(`It is a number from 0 to ${HIGHEST_PORT}.`);
  return number;
}

/** For commander: a whole number of 1 or more. */
export function count(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1) throw new InvalidArgumentError('It is a whole number of 1 or more.');
  return number;
}

function settingName(text: string): SettingName {
  const found = Object.entries(SETTINGS).find(([name, { env }]) => text === name || text === env);
  if (!found) throw new InvalidArgumentError(`It is one of: ${Object.keys(SETTINGS).join(', ')}.`);
  return found[0] as SettingName;
}
