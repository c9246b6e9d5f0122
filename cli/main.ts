/** The command line: parses, runs one command, and turns whatever is thrown into words and an exit code. */
import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { DevchatError } from '../core/errors.ts';
import { createContext, type Context } from './context.ts';
import { EXIT_CODES, FAILED, INTERRUPTED, WRONG_USAGE } from './exit-codes.ts';
import { processIo } from './io.ts';
import { createProgram } from './program.ts';

/** Runs `devchat` with these arguments in this process; resolves with the exit code and never throws. */
export async function main(args: readonly string[]): Promise<number> {
  const context = createContext({ io: processIo(process), env: process.env, folder: process.cwd() });
  try {
    const program = await createProgram(withoutHelpWord(args), context, ownVersion());
    await program.parseAsync(withoutHelpWord(args), { from: 'user' });
    return context.exitCode;
  } catch (error) {
    return await report(error, args, context);
  } finally {
    await context.close();
  }
}

/** `devchat help events replay` is `devchat events replay --help`. */
function withoutHelpWord(args: readonly string[]): string[] {
  return args[0] === 'help' ? [...args.slice(1), '--help'] : [...args];
}

/** The package file stands beside the built code, or above the source. */
function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return version;
}

async function report(thrown: unknown, args: readonly string[], context: Context): Promise<number> {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : usageCode(args);
  if ((thrown as Error).name === 'ExitPromptError') return INTERRUPTED;
  const error = await explained(thrown);
  tell(error, args, context);
  const isKnown = error instanceof DevchatError && !args.includes('--detailed-exitcode');
  return isKnown ? EXIT_CODES[error.kind] : FAILED;
}

/** With --detailed-exitcode, 2 means a difference and nothing else. */
function usageCode(args: readonly string[]): number {
  return args.includes('--detailed-exitcode') ? FAILED : WRONG_USAGE;
}

async function explained(thrown: unknown): Promise<Error> {
  const isStripes = typeof thrown === 'object' && thrown !== null && 'rawType' in thrown;
  return (isStripes ? (await import('../core/stripe.ts')).explainStripeError(thrown) : thrown) as Error;
}

function tell(error: Error, args: readonly string[], { io }: Context): void {
  const { kind, hint } = error instanceof DevchatError ? error : { kind: 'failed', hint: undefined };
  if (args.includes('--json')) return io.talk(JSON.stringify({ error: { code: kind.replace('-', '_'), message: error.message, hint: hint ?? null } }));
  io.talk(`${io.colour.talk.red('error')} ${error.message}`);
  if (hint) io.talk(`      ${hint}`);
  if (!(error instanceof DevchatError)) io.talk(io.colour.talk.dim(error.stack ?? ''));
}
