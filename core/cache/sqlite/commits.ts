/** Writes that arrive together share one commit, since a commit costs one wait for the disk whatever its size. */
import type Database from 'better-sqlite3';
import { explaining } from './database.ts';

interface Write {
  work: () => unknown;
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
}

export class Commits {
  readonly #database: Database.Database;
  readonly #committed: () => void;
  #waiting: Write[] = [];

  constructor(database: Database.Database, committed: () => void) {
    this.#database = database;
    this.#committed = committed;
  }

  /** Runs `work` in the next transaction; resolves with its result once that is durable. Work that throws undoes only itself. */
  write<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.flush());
      this.#waiting.push({ work, resolve, reject });
    });
  }

  /** Commits what waits, at once. */
  flush(): void {
    const group = this.#waiting;
    this.#waiting = [];
    if (group.length === 0) return;
    try {
      const settle = explaining(this.#database.name, () => this.#inOneTransaction(group));
      for (const settled of settle) settled();
      this.#committed();
    } catch (error) {
      for (const write of group) write.reject(error);
    }
  }

  #inOneTransaction(group: Write[]): Array<() => void> {
    return this.#database.transaction(() => group.map((write) => this.#inSavepoint(write))).immediate();
  }

  #inSavepoint(write: Write): () => void {
    try {
      const result = this.#database.transaction(write.work)();
      return () => write.resolve(result as never);
    } catch (error) {
      if (!this.#database.inTransaction) throw error;
      return () => write.reject(error);
    }
  }
}
