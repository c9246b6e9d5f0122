/** Notices that the cache file has changed, whichever process wrote it. */
import type Database from 'better-sqlite3';

const LOOK_EVERY_MILLISECONDS = 200;

export class Changes {
  readonly #database: Database.Database;
  readonly #listeners = new Set<() => void>();
  #seen: unknown;
  #timer: NodeJS.Timeout | undefined;

  constructor(database: Database.Database) {
    this.#database = database;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#timer ??= this.#watchOthers();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.stop();
    };
  }

  /** To be called after each commit of our own: SQLite's data_version moves only with those of others. */
  notify(): void {
    for (const listener of this.#listeners) listener();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #watchOthers(): NodeJS.Timeout {
    this.#seen = this.#version();
    return setInterval(() => this.#look(), LOOK_EVERY_MILLISECONDS).unref();
  }

  #look(): void {
    const version = this.#version();
    if (version === undefined || version === this.#seen) return;
    this.#seen = version;
    this.notify();
  }

  /** A look that fails, at a file that is damaged, is a look without news: whoever reads from it will be told. */
  #version(): unknown {
    try {
      return this.#database.pragma('data_version', { simple: true });
    } catch {
      return undefined;
    }
  }
}
