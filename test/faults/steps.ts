/** The steps of a daemon at which it can be hit: each statement of its database, and each part of an answer. */
import { ServerResponse } from 'node:http';
import Database from 'better-sqlite3';

type Method = (this: unknown, ...given: unknown[]) => unknown;
type Methods = Record<string, Method>;

/** Every statement goes through these, those that begin and end a transaction as well. */
const STATEMENT = prototypeOf(new Database(':memory:').prepare('SELECT 1'));
const RUNS = ['run', 'get', 'all', 'iterate'];

/** Calls `step` with the SQL of each statement on the database file at `path`, before it runs. Returns how to let go. */
export function beforeEachStatement(path: string, step: (sql: string) => void): () => void {
  const stepOf = ({ database, source }: Database.Statement) => void (database.name === path && step(source));
  const letGo = RUNS.map((name) => before(STATEMENT, name, (statement) => stepOf(statement as Database.Statement)));
  return () => letGo.forEach((each) => each());
}

/** Calls `step` before the head and the body of an answer, and when both have gone. */
export function aroundEachAnswer(step: () => void): void {
  const answers = ServerResponse.prototype as unknown as Methods;
  before(answers, 'writeHead', step);
  before(answers, 'end', step);
  const end = answers.end!;
  answers.end = function (...given) {
    const ended = end.apply(this, given);
    step();
    return ended;
  };
}

function before(methods: Methods, name: string, work: (owner: unknown) => void): () => void {
  const original = methods[name]!;
  methods[name] = function (...given) {
    work(this);
    return original.apply(this, given);
  };
  return () => void (methods[name] = original);
}

function prototypeOf(object: object): Methods {
  return Object.getPrototypeOf(object) as Methods;
}
