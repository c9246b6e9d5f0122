/** A command's surroundings in memory: what it would print is recorded, what a person would type is given. */
import { Chalk } from 'chalk';
import { createContext, type Context } from '../../../cli/context.ts';
import type { Io, Question } from '../../../cli/io.ts';

export interface Recorded {
  context: Context;
  out: string[];
  talk: string[];
  /** What was shown on the line that is rewritten. */
  rewritten: string[];
  asked: Question[];
}

export interface Person {
  /** What is typed at each question, one after the other; the next one where the first does not do. Without it there is no terminal. */
  typed?: Record<string, string[]>;
  env?: Record<string, string>;
  folder: string;
}

/** A context whose settings and data lie in `folder`. */
export function recordingContext({ typed, env = {}, folder }: Person): Recorded {
  const recorded = { out: [] as string[], talk: [] as string[], rewritten: [] as string[], asked: [] as Question[] };
  const plain = new Chalk({ level: 0 });
  const io: Io = {
    out: (line) => recorded.out.push(...line.split('\n')),
    writeAll: async (pieces) => {
      for await (const piece of pieces) recorded.out.push(piece);
    },
    talk: (line) => recorded.talk.push(...line.split('\n')),
    rewrite: (line) => recorded.rewritten.push(line),
    ask: (questions) => {
      recorded.asked.push(...questions);
      return Promise.resolve(Object.fromEntries(questions.map((question) => [question.name, firstAccepted(question, typed?.[question.name] ?? [])])));
    },
    colour: { out: plain, talk: plain },
    canAsk: typed !== undefined,
    talksToPerson: typed !== undefined,
    width: 80,
    room: { out: Infinity, talk: Infinity },
  };
  return { context: createContext({ io, env: { DEVCHAT_CONFIG_DIR: folder, DEVCHAT_DATA_DIR: folder, ...env }, folder }), ...recorded };
}

/** Runs a command in surroundings of its own, as a new process would; what it printed, as text. */
export async function runRecorded(command: (context: Context) => Promise<void>, person: Person): Promise<{ out: string; talk: string; exitCode: number }> {
  const { context, out, talk } = recordingContext(person);
  await command(context).finally(() => context.close());
  return { out: out.join('\n'), talk: talk.join('\n'), exitCode: context.exitCode };
}

function firstAccepted({ name, problem }: Question, answers: readonly string[]): string {
  const accepted = answers.find((answer) => problem?.(answer) === undefined);
  if (accepted === undefined) throw new Error(`${name}: none of ${JSON.stringify(answers)} is accepted`);
  return accepted;
}
