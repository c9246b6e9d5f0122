/** Where the command line speaks: data to standard output, talk to standard error, colour and questions only where a person sits. */
import { once } from 'node:events';
import { Chalk, type ChalkInstance } from 'chalk';
import { hanging } from './render/lines.ts';

/** Something to ask a person, again until `problem` ("is empty") has nothing against the answer. */
export interface Question {
  name: string;
  type: 'input' | 'password';
  message: string;
  problem?: (answer: string) => string | undefined;
}

export interface Io {
  /** One line of data on standard output. */
  out(line: string): void;
  /** Data on standard output in pieces, as they are, of what is too much to be held at once: each when whoever reads wants more. */
  writeAll(pieces: Iterable<string> | AsyncIterable<string>): Promise<void>;
  /** One line of talk on standard error. */
  talk(line: string): void;
  /** A line of talk that the next line takes the place of; empty takes it away. Nothing is shown where talk is read by no person. */
  rewrite(line: string): void;
  /** Asks a person, one question after the other; what is typed as a password is not shown. Only where `canAsk`. */
  ask(questions: readonly Question[]): Promise<Record<string, string>>;
  /** Colours for standard output, and for talk; both write plainly where there is no terminal or NO_COLOR is set. */
  colour: { out: ChalkInstance; talk: ChalkInstance };
  /** Whether a person can be asked. */
  canAsk: boolean;
  /** Whether talk is read by a person at a terminal. */
  talksToPerson: boolean;
  /** Columns to lay text out in: of standard output, else 80. */
  width: number;
  /** Columns before a terminal breaks a line: of standard output, and of talk. Infinite where there is no terminal. */
  room: { out: number; talk: number };
}

/** A warning, with what mends it below. */
export function warn(sentences: readonly string[], { talk, colour, room }: Io): void {
  hanging(`${colour.talk.yellow('warning')} `, sentences, room.talk).forEach(talk);
}

const WIDTH_WITHOUT_TERMINAL = 80;

/** The io of a real process. */
export function processIo({ stdin, stdout, stderr, env }: NodeJS.Process): Io {
  endQuietlyWhenUnread(stdout);
  goOnWhenUnheard(stderr);
  const rewrite = rewriting(stderr);
  return {
    out: (line) => {
      rewrite('');
      stdout.write(`${line}\n`);
    },
    writeAll: async (pieces) => {
      rewrite('');
      for await (const piece of pieces) if (!stdout.write(piece)) await once(stdout, 'drain');
    },
    talk: (line) => {
      rewrite('');
      stderr.write(`${line}\n`);
    },
    rewrite,
    ask: (questions) => ask(questions, { input: stdin, output: stderr }),
    colour: { out: new Chalk({ level: colourLevel(stdout, env) }), talk: new Chalk({ level: colourLevel(stderr, env) }) },
    canAsk: stdin.isTTY && stderr.isTTY && !env.CI,
    talksToPerson: stderr.isTTY,
    width: stdout.columns || WIDTH_WITHOUT_TERMINAL,
    room: { out: stdout.columns || Infinity, talk: stderr.columns || Infinity },
  };
}

const TO_START_AND_CLEAR = '\r\u001b[K';

function rewriting(stderr: NodeJS.WriteStream): (line: string) => void {
  let shown = '';
  return (line) => {
    if (!stderr.isTTY || line === shown) return;
    stderr.write(`${TO_START_AND_CLEAR}${line}`);
    shown = line;
  };
}

async function ask(questions: readonly Question[], streams: { input: NodeJS.ReadStream; output: NodeJS.WriteStream }): Promise<Record<string, string>> {
  const { default: inquirer } = await import('inquirer');
  const prompt = inquirer.createPromptModule(streams);
  return prompt<Record<string, string>>(questions.map(({ problem, ...question }) => ({ ...question, mask: '*', validate: (answer: string) => acceptance(problem?.(answer)) })));
}

function acceptance(problem: string | undefined): true | string {
  return problem === undefined || `This ${problem}.`;
}

/** https://no-color.org; FORCE_COLOR wins over the missing terminal. */
function colourLevel(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): 0 | 1 {
  if (env.NO_COLOR) return 0;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR === '0' ? 0 : 1;
  return stream.isTTY && env.TERM !== 'dumb' ? 1 : 0;
}

/** What is said to nobody is lost: a daemon goes on without its terminal. */
function goOnWhenUnheard(stderr: NodeJS.WriteStream): void {
  stderr.on('error', () => undefined);
}

/** `devchat … | head` closes the pipe early: that is no error. */
function endQuietlyWhenUnread(stdout: NodeJS.WriteStream): void {
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}
