/** The connections to one PostgreSQL database: how each is set up, and that one which failed is not used again. */
import pg from 'pg';
import { shownLocation } from '../location.ts';
import type { Call, Statement } from '../statement.ts';
import { explainPostgresError } from './errors.ts';
import { placed, type Placed } from './places.ts';

/** Those of one process, besides the one that listens. */
const MOST = 5;
const CONNECT_MILLISECONDS = 5_000;
/** A process that stands still within a transaction is put out of it before others have waited too long. */
const IDLE_IN_TRANSACTION_MILLISECONDS = 3_000;
const LOCK_MILLISECONDS = 5_000;
const STATEMENT_MILLISECONDS = 30_000;
/** Beyond that the network is dead, not the server slow. */
const ANSWER_MILLISECONDS = STATEMENT_MILLISECONDS + 5_000;

/** Whatever the server's or the user's settings are: committed means kept. Settings that keep even more are left. */
const SET_UP = `
  SET search_path = devchat;
  SET lock_timeout = ${LOCK_MILLISECONDS};
  SET statement_timeout = ${STATEMENT_MILLISECONDS};
  SET idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MILLISECONDS};
  SET client_min_messages = warning;
  SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write');`;

const INT8 = 20;

/** Whole numbers of 8 bytes as numbers: none of ours is beyond what a number holds. */
const TYPES: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => (oid === INT8 ? Number : (pg.types.getTypeParser(oid, format) as (text: string) => unknown)),
};

interface Named extends Placed {
  name: string;
}

export class Connections {
  /** The address without its password. */
  readonly shown: string;
  readonly #configuration: pg.PoolConfig;
  readonly #pool: pg.Pool;
  readonly #named = new Map<Statement, Named>();
  #ended: Promise<void> | undefined;

  constructor(url: string) {
    this.shown = shownLocation(url);
    this.#configuration = { connectionString: url, types: TYPES, fallback_application_name: 'devchat', connectionTimeoutMillis: CONNECT_MILLISECONDS, query_timeout: ANSWER_MILLISECONDS, keepAlive: true };
    this.#pool = new pg.Pool({ ...this.#configuration, max: MOST, verify: setUp });
    // One that is lost while nobody uses it is not missed.
    this.#pool.on('error', () => undefined);
  }

  /** A connection of the caller's own, not yet connected. */
  own(): pg.Client {
    return new pg.Client(this.#configuration);
  }

  /** Hands a connection to `work`. Throws as `Cache` says. */
  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const client = await this.#connected();
    const connection = new Connection(client, (statement) => this.#name(statement), (error) => this.#explained(error));
    try {
      return await work(connection);
    } catch (error) {
      throw error instanceof SyntaxError ? this.#explained(error) : error;
    } finally {
      client.release(connection.hasFailed);
    }
  }

  end(): Promise<void> {
    return (this.#ended ??= this.#pool.end());
  }

  #name(statement: Statement): Named {
    let named = this.#named.get(statement);
    if (!named) this.#named.set(statement, (named = { name: `devchat_${this.#named.size + 1}`, ...placed(statement.sql) }));
    return named;
  }

  async #connected(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw this.#explained(error);
    }
  }

  #explained(error: unknown): Error {
    return explainPostgresError(this.shown, error) as Error;
  }
}

function setUp(client: pg.PoolClient, done: (error?: Error) => void): void {
  // What is lost in the middle of something is told to whoever asks next.
  client.on('error', () => undefined);
  client.query(SET_UP).then(() => done(), done);
}

/** One connection in the hands of one caller. */
export class Connection {
  readonly #client: pg.ClientBase;
  readonly #name: (statement: Statement) => Named;
  readonly #explained: (error: unknown) => Error;
  hasFailed = false;

  constructor(client: pg.ClientBase, name: (statement: Statement) => Named, explained: (error: unknown) => Error) {
    this.#client = client;
    this.#name = name;
    this.#explained = explained;
  }

  /** Runs `work` in a transaction; where it throws, nothing of it is kept. */
  async between<T>(begin: string, commit: string, work: () => Promise<T>): Promise<T> {
    await this.run(begin);
    let result: T;
    try {
      result = await work();
    } catch (error) {
      await this.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
    await this.run(commit);
    return result;
  }

  /** Runs statements without places, at once; answers the rows of the last. */
  async run(sql: string): Promise<unknown[]> {
    const answers = await this.#query<pg.QueryResult>({ text: sql });
    return [answers].flat().at(-1)!.rows as unknown[];
  }

  /** Runs a statement of the tables, prepared under its name. */
  async answer({ statement, parameters }: Call): Promise<unknown> {
    const { name, text, values } = this.#name(statement);
    const isOneColumn = statement.answer === 'values' || statement.answer === 'value';
    const { rows, rowCount } = await this.#query<pg.QueryResult<unknown[]>>({ name, text, values: values(parameters), ...(isOneColumn ? { rowMode: 'array' } : {}) });
    const found = isOneColumn ? rows.map(([first]) => first) : rows;
    if (statement.answer === 'change') return rowCount ?? 0;
    return statement.answer === 'rows' || statement.answer === 'values' ? found : found[0];
  }

  async #query<R>(query: pg.QueryConfig): Promise<R> {
    try {
      return (await this.#client.query(query)) as R;
    } catch (error) {
      this.hasFailed = true;
      throw this.#explained(error);
    }
  }
}
