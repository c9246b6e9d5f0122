/** Builds the commander program: the command that is called is loaded, of all others only name and summary are known. */
import { Command } from 'commander';
import { COMMANDS, GROUPS, type CommandEntry } from './commands.ts';
import type { Context } from './context.ts';

/** The program for these arguments; parse errors are thrown as commander's own. */
export async function createProgram(args: readonly string[], context: Context, version: string): Promise<Command> {
  const program = new Command('devchat').description('Pair coding on /dev/chat, sold through Stripe.').version(version, '-V, --version', 'print the version').helpOption('-h, --help', 'print this help');
  const called = args.map(fullName);
  for (const entry of COMMANDS) await addCommand(program, entry, called, context);
  for (const command of everyCommand(program)) inherit(command, context);
  return program;
}

function fullName(word: string): string {
  return Object.entries(GROUPS).find(([, { alias }]) => alias === word)?.[0] ?? word;
}

async function addCommand(program: Command, { path, summary, load }: CommandEntry, called: string[], context: Context): Promise<void> {
  const [name, under] = path;
  const isCalled = path.every((word, index) => called[index] === word);
  const command = isCalled ? (await load())(context) : new Command(under ?? name);
  command.summary(summary);
  if (command.description() === '') command.description(summary);
  (under === undefined ? program : groupOf(program, name)).addCommand(command);
}

function groupOf(program: Command, name: string): Command {
  const known = program.commands.find((command) => command.name() === name);
  if (known) return known;
  const { summary, alias } = GROUPS[name] ?? { summary: '' };
  const group = new Command(name).description(summary);
  if (alias) group.alias(alias);
  program.addCommand(group);
  return group;
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

function inherit(command: Command, { io }: Context): void {
  command.exitOverride().showHelpAfterError(`(${helpFor(command)} tells how)`);
  command.configureOutput({ writeOut: (text) => io.out(text.trimEnd()), writeErr: (text) => io.talk(text.trimEnd()), getOutHelpWidth: () => io.width });
}

function helpFor(command: Command): string {
  const words: string[] = [];
  for (let each: Command | null = command; each; each = each.parent) words.unshift(each.name());
  return `${words.join(' ')} --help`;
}
