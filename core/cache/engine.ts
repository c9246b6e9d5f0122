/** What runs the work of the tables: the two engines are core/cache/sqlite.ts and core/cache/postgres.ts. */
import type { Work } from './statement.ts';

/** What is done in the place of work that failed, told what that threw. */
export type Instead<T> = (error: unknown) => Work<T>;

export interface EngineOptions {
  /** Where there is no cache, none is made. */
  mustExist?: boolean;
  /** As of `OpenOptions`. */
  writesMuch?: boolean | undefined;
}

export interface Engine {
  /** What messages call it: the path of the file, or the address without its password. */
  readonly location: string;
  /**
   * Runs work in a transaction; resolves once that is durable. Calls at the same time share a commit. Work that throws undoes only itself; where
   * the fault is its own (core/cache/fault.ts), `instead` is done in its place, and its promise resolves with that. Throws as `Cache` says.
   */
  write<T>(work: () => Work<T>, instead?: Instead<T>): Promise<T>;
  read<T>(work: () => Work<T>): Promise<T>;
  /** One transaction in which pieces of work run one after the other, with time between them. Nothing else may be asked of the engine meanwhile. */
  transaction<T>(kind: 'read' | 'write', use: (run: <R>(work: () => Work<R>) => Promise<R>) => Promise<T>): Promise<T>;
  /**
   * Brings about `showing (object, rank, sequence)`, by which a rebuild finds the events that show an object: anew, or with what has come since it
   * was last. Nothing is to be done where an index has that order.
   */
  sort(how: { anew: boolean }): Work<void>;
  /** SQL for a part of a JSON text, in the very text that JSON.stringify makes of it but for numbers and letters that can be written in several ways; null where the text cannot be read as JSON. */
  readonly jsonPart?: (text: string, path: string) => string;
  /** Calls back soon after any process has changed the cache; returns how to stop. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}
