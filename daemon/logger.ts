/** The daemon's log on standard error: JSON lines for machines, plain lines on a terminal. Secrets have no place in it. */
import { pino } from 'pino';

export type Logger = Pick<pino.Logger, 'info' | 'warn' | 'error'>;

/** `plain` is for people at a terminal; `write` takes whole lines, each with its line end. */
export interface LogOptions {
  plain: boolean;
  write: (line: string) => void;
}

export function createLogger(options: LogOptions): Logger {
  const write = options.plain ? (line: string) => options.write(plainLine(line)) : options.write;
  return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, { write });
}

const LEVEL_WORDS: Readonly<Record<number, string>> = { 40: 'warning: ', 50: 'error: ' };

function plainLine(line: string): string {
  const { level, time, msg, ...facts } = JSON.parse(line) as { level: number; time: string; msg: string } & Record<string, unknown>;
  const told = Object.values(facts).map(String).join('  ');
  return `${time.slice(11, 19)}  ${LEVEL_WORDS[level] ?? ''}${msg}  ${told}\n`;
}
