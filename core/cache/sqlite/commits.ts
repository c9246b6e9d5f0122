/** Writes that arrive together share one commit, since a commit costs one wait for the disk whatever its size. */
import { setTimeout as pauseFor } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { isOfWork } from '../fault.ts';
import { explaining, isBusy, LONGEST_WAIT_MILLISECONDS, PAUSE_MILLISECONDS } from './database.ts';

/** So many make the wait for the disk cheap for each; more of them would only wait for each other. */
const ENOUGH = 64;

interface Write {
  /** Until then it waits for other processes. */
  until: number;
  work: () => unknown;
  instead: ((error: unknown) => unknown) | undefined;
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
}

/** In a transaction already, a savepoint. */
interface Transaction {
  <T>(work: () => T): T;
  immediate<T>(work: () => T): T;
}

export class Commits {
  readonly #database: Database.Database;
  readonly #committed: (writes: number) => void;
  readonly #transaction: Transaction;
  #waiting: Write[] = [];

  /** `committed` is called after each commit, with how many writes it held. */
  constructor(database: Database.Database, committed: (writes: number) => void) {
    this.#database = database;
    this.#committed = committed;
    this.#transaction = database.transaction((work: () => unknown) => work()) as Transaction;
  }

  /**
   * Runs `work` in the next transaction; resolves with its result once that is durable. Work that throws undoes only itself, and where the
   * fault is its own, `instead` is done in its place. While another process writes, it waits up to 5 s, and holds up nothing else.
   */
  write<T>(work: () => T, instead?: (error: unknown) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#gather(0));
      this.#waiting.push({ until: performance.now() + LONGEST_WAIT_MILLISECONDS, work, instead, resolve, reject });
    });
  }

  /** Ends when all that waits is committed or refused. */
  async settled(): Promise<void> {
    for (this.#flush(); this.#waiting.length > 0; this.#flush()) await pauseFor(PAUSE_MILLISECONDS);
  }

  /** Where many connect at once, each turn of the event loop takes one of them in: while more come than there were `before`, the next turn is waited for. */
  #gather(before: number): void {
    const { length } = this.#waiting;
    if (length > 1 && length > before && length < ENOUGH) setImmediate(() => this.#gather(length));
    else this.#flush();
  }

  #flush(): void {
    const group = this.#waiting;
    this.#waiting = [];
    if (group.length === 0) return;
    try {
      const settle = explaining(this.#database.name, () => this.#inOneTransaction(group));
      for (const settled of settle) settled();
      this.#committed(group.length);
    } catch (error) {
      const now = performance.now();
      const isLate = ({ until }: Write) => !isBusy(error) || now >= until;
      for (const write of group.filter(isLate)) write.reject(error);
      this.#tryLater(group.filter((write) => !isLate(write)));
    }
  }

  #tryLater(group: Write[]): void {
    this.#waiting = group;
    if (group.length > 0) setTimeout(() => this.#flush(), PAUSE_MILLISECONDS);
  }

  /** Work mostly succeeds: a savepoint for each costs a third of it. So only where one fails all are done anew, each in its own. */
  #inOneTransaction(group: Write[]): Array<() => void> {
    try {
      return this.#transaction.immediate(() => group.map((write) => this.#done(write)));
    } catch (error) {
      if (!(error instanceof WorkFailed)) throw error;
      return this.#transaction.immediate(() => group.map((write) => this.#inSavepoint(write)));
    }
  }

  #done(write: Write): () => void {
    try {
      const result = write.work();
      return () => write.resolve(result as never);
    } catch (error) {
      throw this.#database.inTransaction ? new WorkFailed() : error;
    }
  }

  #inSavepoint({ instead, ...write }: Write): () => void {
    try {
      const result = explaining(this.#database.name, () => this.#transaction(write.work));
      return () => write.resolve(result as never);
    } catch (error) {
      if (!this.#database.inTransaction) throw error;
      if (!instead || !isOfWork(error)) return () => write.reject(error);
      return this.#inSavepoint({ ...write, work: () => instead(error), instead: undefined });
    }
  }
}

/** Undoes the transaction, so that it is tried again in another way. */
class WorkFailed extends Error {}
