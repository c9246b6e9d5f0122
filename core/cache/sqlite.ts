/** The engine over one SQLite file: it answers each statement at once. */
import { resolve } from 'node:path';
import { setTimeout as pauseFor } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import type { Engine, EngineOptions, Instead } from './engine.ts';
import { Changes } from './sqlite/changes.ts';
import { Checkpoints, LONGEST_LOG_PAGES } from './sqlite/checkpoints.ts';
import { Commits } from './sqlite/commits.ts';
import { explaining, isBusy, LONGEST_WAIT_MILLISECONDS, openDatabase, PAUSE_MILLISECONDS } from './sqlite/database.ts';
import { sort } from './sqlite/showing.ts';
import type { Answer, Call, Statement, Work } from './statement.ts';

/** Opens the cache file at `path`; throws as `openEngine` says. */
export function openSqlite(path: string, options: EngineOptions = {}): Engine {
  return new Sqlite(openDatabase(resolve(path), options), options);
}

/** As `Engine.jsonPart`. SQLite's `->` throws where it takes the text for no JSON, as what is nested 1,000 levels deep. */
export function jsonPart(text: string, path: string): string {
  return `CASE WHEN json_valid(${text}) THEN ${text} -> '$.${path}' END`;
}

type Prepared = (parameters: readonly unknown[]) => unknown;

class Sqlite implements Engine {
  readonly location: string;
  readonly jsonPart = jsonPart;
  readonly sort = sort;
  readonly #database: Database.Database;
  readonly #changes: Changes;
  readonly #commits: Commits;
  readonly #checkpoints: Checkpoints | undefined;
  readonly #prepared = new Map<Statement, Prepared>();

  constructor(database: Database.Database, { writesMuch = false }: EngineOptions) {
    this.location = database.name;
    this.#database = database;
    this.#changes = new Changes(database);
    if (writesMuch) database.pragma(`wal_autocheckpoint = ${LONGEST_LOG_PAGES}`);
    this.#checkpoints = writesMuch ? new Checkpoints(database.name) : undefined;
    this.#commits = new Commits(database, (writes) => this.#committed(writes));
  }

  write<T>(work: () => Work<T>, instead?: Instead<T>): Promise<T> {
    return this.#commits.write(() => this.#run(work()), instead && ((error) => this.#run(instead(error))));
  }

  async read<T>(work: () => Work<T>): Promise<T> {
    for (const until = performance.now() + LONGEST_WAIT_MILLISECONDS; ; await pauseFor(PAUSE_MILLISECONDS)) {
      try {
        return explaining(this.#database.name, () => this.#run(work()));
      } catch (error) {
        if (!isBusy(error) || performance.now() >= until) throw error;
      }
    }
  }

  async transaction<T>(kind: 'read' | 'write', use: (run: <R>(work: () => Work<R>) => Promise<R>) => Promise<T>): Promise<T> {
    const run = <R>(work: () => Work<R>) => Promise.resolve(explaining(this.location, () => this.#run(work())));
    explaining(this.location, () => this.#database.exec(kind === 'write' ? 'BEGIN IMMEDIATE' : 'BEGIN'));
    try {
      const result = await use(run);
      explaining(this.location, () => this.#database.exec('COMMIT'));
      return result;
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  onChange(listener: () => void): () => void {
    return this.#changes.subscribe(listener);
  }

  async close(): Promise<void> {
    this.#changes.stop();
    await this.#commits.settled();
    await this.#checkpoints?.stop();
    this.#database.close();
  }

  #committed(writes: number): void {
    this.#checkpoints?.wrote(writes);
    this.#changes.notify();
  }

  #run<T>(work: Work<T>): T {
    let step = work.next();
    while (!step.done) step = work.next(this.#answer(step.value));
    return step.value;
  }

  #answer({ statement, parameters }: Call): unknown {
    let prepared = this.#prepared.get(statement);
    if (!prepared) this.#prepared.set(statement, (prepared = ANSWERS[statement.answer](this.#database.prepare(statement.sql))));
    return prepared(parameters);
  }
}

const ANSWERS: Readonly<Record<Answer, (statement: Database.Statement) => Prepared>> = {
  rows: (statement) => (parameters) => statement.all(...parameters),
  row: (statement) => (parameters) => statement.get(...parameters),
  values: (statement) => ANSWERS.rows(statement.pluck()),
  value: (statement) => ANSWERS.row(statement.pluck()),
  change: (statement) => (parameters) => statement.run(...parameters).changes,
};
