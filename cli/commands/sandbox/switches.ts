/** devchat sandbox switches [name=value…] */
import { Command, InvalidArgumentError } from 'commander';
import type { Context } from '../../context.ts';
import { jsonOption } from '../../options.ts';
import { tableInRoom } from '../../render/table.ts';
import { askSandbox, runningPortOption, sandboxAddress, type SandboxChoice } from '../../sandbox/control.ts';

export interface SwitchesOptions extends SandboxChoice {
  json?: boolean;
}

const HEAD = ['NAME', 'VALUE', 'TAKES'];
const TAKES_COLUMN = HEAD.indexOf('TAKES');

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
    .description('Shows how the running sandbox reads what Stripe leaves open, and which faults of delivery it has. With name=value it sets them and shows those; name= unsets one.')
    .argument('[name=value...]', 'such as dunning_end=unpaid shuffle_events=42', assignment)
    .addOption(runningPortOption())
    .addOption(jsonOption())
    .action((changes: Changes, options: SwitchesOptions) => runSwitches(changes, options, context));
}

export async function runSwitches(changes: Changes, { json, ...choice }: SwitchesOptions, context: Context): Promise<void> {
  const { io } = context;
  const address = sandboxAddress(choice, context);
  const changed = Object.keys(changes);
  if (changed.length > 0) await askSandbox(address, '/switches', changes);
  const { switches } = (await askSandbox(address, '/switches/table')) as { switches: Row[] };
  if (json) return io.out(JSON.stringify({ schemaVersion: 1, switches: Object.fromEntries(switches.map(({ name, value }) => [name, value])) }));
  const shown = switches.filter(({ name }) => changed.length === 0 || changed.includes(name));
  const rows = shown.map(({ name, value, unset, takes }) => [name, value === unset ? String(value) : io.colour.out.yellow(String(value)), takes]);
  tableInRoom(HEAD, rows, { first: TAKES_COLUMN, room: io.room.out }).forEach(io.out);
}

/** For commander, which gathers what each argument says. */
function assignment(text: string, before: Changes = {}): Changes {
  const [, name, value] = /^([a-z_-]+)=(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('It is name=value, such as dunning_end=unpaid.');
  return { ...before, [name.replaceAll('-', '_')]: value === '' ? null : value };
}
