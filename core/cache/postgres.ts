/** The engine over one PostgreSQL database: it answers across a wire, and any number of processes use it at once. */
import type { Engine, EngineOptions, Instead } from './engine.ts';
import { Changes } from './postgres/changes.ts';
import { BEGIN, COMMIT, Commits } from './postgres/commits.ts';
import { Connections } from './postgres/connections.ts';
import { migrate } from './postgres/migrate.ts';
import { running } from './postgres/running.ts';
import type { Work } from './statement.ts';

/** Opens the cache in the schema `devchat` of a database, made where there is none; throws as `openEngine` says. */
export async function openPostgres(url: string, { mustExist = false }: EngineOptions = {}): Promise<Engine> {
  const connections = new Connections(url);
  try {
    await connections.use((connection) => migrate(connection, { shown: connections.shown, mustExist }));
    return new Postgres(connections);
  } catch (error) {
    await connections.end();
    throw error;
  }
}

const TRANSACTIONS = {
  read: ['BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', 'COMMIT'],
  write: [BEGIN, COMMIT],
} as const;

class Postgres implements Engine {
  readonly location: string;
  readonly #connections: Connections;
  readonly #commits: Commits;
  readonly #changes: Changes;

  constructor(connections: Connections) {
    this.location = connections.shown;
    this.#connections = connections;
    this.#commits = new Commits(connections);
    this.#changes = new Changes(connections);
  }

  write<T>(work: () => Work<T>, instead?: Instead<T>): Promise<T> {
    return this.#commits.write(work, instead);
  }

  read<T>(work: () => Work<T>): Promise<T> {
    return this.transaction('read', (run) => run(work));
  }

  /** All that is read is of one state, as it is in a file. */
  transaction<T>(kind: 'read' | 'write', use: (run: <R>(work: () => Work<R>) => Promise<R>) => Promise<T>): Promise<T> {
    const [begin, commit] = TRANSACTIONS[kind];
    return this.#connections.use((connection) => connection.between(begin, commit, () => use((work) => running(work(), connection))));
  }

  /** It is a view, over an index. */
  *sort(): Work<void> {}

  onChange(listener: () => void): () => void {
    return this.#changes.subscribe(listener);
  }

  async close(): Promise<void> {
    await this.#changes.stop();
    await this.#commits.flush();
    await this.#connections.end();
  }
}
