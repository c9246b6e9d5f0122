/** devchat sandbox switches [name=value…] */
import { Command, InvalidArgumentError } from 'commander';
import type { Context } from '../../context.ts';
import { jsonOption } from '../../options.ts';
import { table } from '../../render/table.ts';
import { askSandbox } from '../../sandbox/control.ts';

export interface SwitchesOptions {
  json?: boolean;
}

/** What each switch shall be; null unsets it. Without any, commander gives an empty list. */
type Changes = Record<string, string | null>;

interface Row {
  name: string;
  value: string | number;
  unset: string | number;
  takes: string;
  says: string;
}

export function switchesCommand(context: Context): Command {
  return new Command('switches')
    .description('Shows how the running sandbox reads what Stripe leaves open, and which faults of delivery it has. With name=value it sets them; name= unsets one.')
    .argument('[name=value...]', 'such as dunning_end=unpaid shuffle_events=42', assignment)
    .addOption(jsonOption())
    .action((changes: Changes, options: SwitchesOptions) => runSwitches(changes, options, context));
}

export async function runSwitches(changes: Changes, { json }: SwitchesOptions, context: Context): Promise<void> {
  const { io } = context;
  if (Object.keys(changes).length > 0) await askSandbox(context.config(), '/switches', changes);
  const { switches } = (await askSandbox(context.config(), '/switches/table')) as { switches: Row[] };
  if (json) return io.out(JSON.stringify({ schemaVersion: 1, switches: Object.fromEntries(switches.map(({ name, value }) => [name, value])) }));
  const rows = switches.map(({ name, value, unset, takes }) => [name, value === unset ? String(value) : io.colour.out.yellow(String(value)), takes]);
  table(['NAME', 'VALUE', 'TAKES'], rows).forEach(io.out);
}

/** For commander, which gathers what each argument says. */
function assignment(text: string, before: Changes = {}): Changes {
  const [, name, value] = /^([a-z_-]+)=(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('It is name=value, such as dunning_end=unpaid.');
  return { ...before, [name.replaceAll('-', '_')]: value === '' ? null : value };
}
