/** The command line: parses, runs one command, and turns whatever is thrown into words and an exit code. */
import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { BadInput, DevchatError, type ErrorKind, type Problem } from '../core/errors.ts';
import { createContext, type Context } from './context.ts';
import { EXIT_CODES, FAILED, INTERRUPTED } from './exit-codes.ts';
import { annotate } from './github.ts';
import { processIo } from './io.ts';
import { createProgram, withoutHelpWord } from './program.ts';
import { hanging } from './render/lines.ts';

/** What a person's Ctrl-C is thrown as: by a prompt, and by what it aborts. */
const INTERRUPTIONS: readonly string[] = ['ExitPromptError', 'AbortError'];

/** Runs `devchat` with these arguments in this process; resolves with the exit code and never throws. */
export async function main(args: readonly string[]): Promise<number> {
  const context = createContext({ io: processIo(process), env: process.env, folder: process.cwd() });
  const words = withoutHelpWord(args);
  try {
    const program = await createProgram(words, context, ownVersion());
    await program.parseAsync(words, { from: 'user' });
    return context.exitCode;
  } catch (error) {
    return await report(error, args, context);
  } finally {
    await context.close();
  }
}

/** The package file stands beside the built code, or above the source. */
function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return version;
}

async function report(thrown: unknown, args: readonly string[], context: Context): Promise<number> {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : exitCodeOf('usage', args);
  if (INTERRUPTIONS.includes((thrown as Error).name)) return INTERRUPTED;
  const error = await explained(thrown);
  tell(error, args, context);
  return exitCodeOf(error instanceof DevchatError ? error.kind : 'failed', args);
}

/** With --detailed-exitcode, 2 means a difference and nothing else. */
function exitCodeOf(kind: ErrorKind, args: readonly string[]): number {
  return args.includes('--detailed-exitcode') ? FAILED : EXIT_CODES[kind];
}

async function explained(thrown: unknown): Promise<Error> {
  const isStripes = typeof thrown === 'object' && thrown !== null && 'rawType' in thrown;
  return (isStripes ? (await import('../core/stripe.ts')).explainStripeError(thrown) : thrown) as Error;
}

function tell(error: Error, args: readonly string[], context: Context): void {
  const { io } = context;
  const { kind, hint } = error instanceof DevchatError ? error : { kind: 'failed', hint: undefined };
  const problems = error instanceof BadInput ? error.problems : [{ message: error.message, hint }];
  if (args.includes('--json')) return io.talk(JSON.stringify({ error: { code: kind.replace('-', '_'), message: error.message, hint: hint ?? null, ...(problems.length > 1 ? { problems } : {}) } }));
  for (const problem of problems) annotate('error', [problem.message, ...(problem.hint ? [problem.hint] : [])].join('; '), context);
  problems.flatMap((problem, index) => hanging(`${io.colour.talk.red('error')} `, sentencesOf(problem, problems[index + 1]), io.room.talk)).forEach(io.talk);
  if (!(error instanceof DevchatError)) io.talk(io.colour.talk.dim(error.stack ?? ''));
}

/** What mends several in a row is said once, below the last of them. */
function sentencesOf({ message, hint }: Problem, next: Problem | undefined): string[] {
  return hint === undefined || hint === next?.hint ? [message] : [message, hint];
}
