/** The engine over one PostgreSQL database: it answers across a wire, and any number of processes use it at once. */
import type { Engine } from './engine.ts';
import { Changes } from './postgres/changes.ts';
import { Commits } from './postgres/commits.ts';
import { Connections, type Connection } from './postgres/connections.ts';
import { migrate } from './postgres/migrate.ts';
import { running } from './postgres/running.ts';
import type { Work } from './statement.ts';

/** Opens the cache in the schema `devchat` of a database, made where there is none; throws as `openCache` says. */
export async function openPostgres(url: string): Promise<Engine> {
  const connections = new Connections(url);
  try {
    await connections.use((connection) => migrate(connection, connections.shown));
    return new Postgres(connections);
  } catch (error) {
    await connections.end();
    throw error;
  }
}

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

  write<T>(work: () => Work<T>): Promise<T> {
    return this.#commits.write(work);
  }

  read<T>(work: () => Work<T>): Promise<T> {
    return this.#connections.use((connection) => inOneState(connection, work));
  }

  onChange(listener: () => void): () => void {
    return this.#changes.subscribe(listener);
  }

  async close(): Promise<void> {
    await this.#changes.stop();
    await this.#commits.flush();
    await this.#connections.end();
  }
}

/** All its statements see one state, as they do in a file. */
async function inOneState<T>(connection: Connection, work: () => Work<T>): Promise<T> {
  await connection.run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    return await running(work(), connection);
  } finally {
    await connection.run('COMMIT');
  }
}
