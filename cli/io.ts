/** Where the command line speaks: data to standard output, talk to standard error, colour and questions only where a person sits. */
import { Chalk, type ChalkInstance } from 'chalk';

export interface Io {
  /** One line of data on standard output. */
  out(line: string): void;
  /** One line of talk on standard error. */
  talk(line: string): void;
  /** Colours for standard output, and for talk; both write plainly where there is no terminal or NO_COLOR is set. */
  colour: { out: ChalkInstance; talk: ChalkInstance };
  /** Whether a person can be asked. */
  canAsk: boolean;
  /** Whether talk is read by a person at a terminal. */
  talksToPerson: boolean;
  /** Columns of standard output. */
  width: number;
}

const WIDTH_WITHOUT_TERMINAL = 80;

/** The io of a real process. */
export function processIo({ stdin, stdout, stderr, env }: NodeJS.Process): Io {
  endQuietlyWhenUnread(stdout);
  return {
    out: (line) => void stdout.write(`${line}\n`),
    talk: (line) => void stderr.write(`${line}\n`),
    colour: { out: new Chalk({ level: colourLevel(stdout, env) }), talk: new Chalk({ level: colourLevel(stderr, env) }) },
    canAsk: stdin.isTTY && stderr.isTTY && !env.CI,
    talksToPerson: stderr.isTTY,
    width: stdout.columns || WIDTH_WITHOUT_TERMINAL,
  };
}

/** https://no-color.org; FORCE_COLOR wins over the missing terminal. */
function colourLevel(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): 0 | 1 {
  if (env.NO_COLOR) return 0;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR === '0' ? 0 : 1;
  return stream.isTTY && env.TERM !== 'dumb' ? 1 : 0;
}

/** `devchat … | head` closes the pipe early: that is no error. */
function endQuietlyWhenUnread(stdout: NodeJS.WriteStream): void {
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}
