/** Builds the commander program: the command that is called is loaded, of all others only name and summary are known. */
import { Command, type CommanderError } from 'commander';
import { DevchatError } from '../core/errors.ts';
import { COMMANDS, GROUPS, type CommandEntry } from './commands.ts';
import type { Context } from './context.ts';

const AFTER_HELP = `
Start with devchat up: it needs no account and no key.
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not configured, 4 key refused,
5 Stripe or the cache unreachable, 130 interrupted.`;

/** The program for these arguments. Wrong usage is thrown as `usage`, the end after help or version as commander's own error. */
export async function createProgram(args: readonly string[], context: Context, version: string): Promise<Command> {
  const program = new Command('devchat').enablePositionalOptions().description('Pair coding on /dev/chat, sold through Stripe.').version(version, '-V, --version', 'print the version').addHelpText('after', AFTER_HELP);
  const called = args.map(fullName);
  for (const entry of COMMANDS) await addCommand(program, entry, called, context);
  for (const command of everyCommand(program)) inherit(command, context);
  return program;
}

/** `devchat help events replay` and `devchat events help replay` are `devchat events replay --help`; what is no command is left to be refused as one. */
export function withoutHelpWord(args: readonly string[]): string[] {
  const at = args.slice(0, 2).indexOf('help');
  if (at < 0) return [...args];
  const words = args.toSpliced(at, 1);
  return isCommand(words.map(fullName)) ? [...words, '--help'] : words;
}

function isCommand([name, under]: readonly string[]): boolean {
  return name === undefined || COMMANDS.some(({ path }) => path[0] === name && (!(name in GROUPS) || under === undefined || path[1] === under));
}

function fullName(word: string): string {
  return Object.entries(GROUPS).find(([, { alias }]) => alias === word)?.[0] ?? word;
}

async function addCommand(program: Command, { path, summary, load }: CommandEntry, called: string[], context: Context): Promise<void> {
  const [name, under] = path;
  const isCalled = path.every((word, index) => called[index] === word);
  const command = isCalled ? (await load())(context) : placeholder(path);
  command.summary(summary);
  if (command.description() === '') command.description(sentence(summary));
  (under === undefined ? program : groupOf(program, name)).addCommand(command);
}

/** Stands in help for a command that is not called. Options between its words make it look uncalled: that must not end in silence. */
function placeholder(path: CommandEntry['path']): Command {
  const command = new Command(path.at(-1)).allowUnknownOption().allowExcessArguments();
  return command.action(() => {
    throw new DevchatError('usage', `options of devchat ${path.join(' ')} stand after all of its name`, `devchat ${path.join(' ')} --help tells which it has`);
  });
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}

function groupOf(program: Command, name: string): Command {
  const known = program.commands.find((command) => command.name() === name);
  if (known) return known;
  const { summary, alias } = GROUPS[name] ?? { summary: '' };
  const group = new Command(name).summary(summary).description(sentence(summary));
  if (alias) group.alias(alias);
  program.addCommand(group);
  return group;
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

function inherit(command: Command, { io }: Context): void {
  command.helpOption('-h, --help', 'print this help');
  if (command.commands.length > 0) command.helpCommand('help [command]', 'print the help of a command');
  command.exitOverride((error) => refuse(error, command));
  command.configureOutput({ writeOut: (text) => io.out(text.trimEnd()), writeErr: (text) => io.talk(text.trimEnd()), outputError: () => undefined, getOutHelpWidth: () => io.width, getErrHelpWidth: () => io.width });
}

/** Commander's words for wrong usage as our error; help and version pass. */
function refuse(error: CommanderError, command: Command): never {
  if (error.exitCode === 0 || error.code === 'commander.help') throw error;
  const [first = '', guess = ''] = error.message.replace(/^error: /, '').split('\n');
  const isUnknown = error.code === 'commander.excessArguments' && command.commands.length > 0;
  const message = isUnknown ? `unknown command '${command.args[0] ?? ''}'` : inOurWords(first.replace(/\.$/, ''));
  const help = `${nameOf(command)} --help tells how`;
  throw new DevchatError('usage', message, guess ? `${guess.replace(/^\(Did(.*)\)$/, 'did$1')} ${help}` : help);
}

/** "command-argument value '3x' is invalid for argument 'duration'. It is …" as "'3x' is no <duration>. It is …". */
function inOurWords(message: string): string {
  return message.replace(/^command-argument value '(.*?)' is invalid for argument '(.*?)'/s, "'$1' is no <$2>");
}

function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
}
