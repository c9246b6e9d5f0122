/** The sandbox's switches as flags: `dunning_end` is `--dunning-end`. */
import { Option, InvalidArgumentError } from 'commander';
import { SWITCHES } from './start.ts';

type Flags = Record<string, unknown>;

/** One flag for each switch; a value that the switch does not take is wrong usage. */
export function switchOptions(): Option[] {
  return Object.entries(SWITCHES).map(([name, { says, takes, read }]) => {
    const option = new Option(`--${name.replaceAll('_', '-')} <value>`, `${says}: ${takes}`).helpGroup('Switches:');
    return option.argParser((text) => {
      if (read(text) === undefined) throw new InvalidArgumentError(`It takes ${takes}.`);
      return text;
    });
  });
}

/** Those that were given, by the switches' own names. */
export function givenSwitches(flags: Flags): Record<string, unknown> {
  const given = Object.keys(SWITCHES).map((name) => [name, flags[attributeOf(name)]] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

function attributeOf(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
