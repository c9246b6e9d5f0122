/** Writes that arrive while another commit is on its way share the next one, since a commit costs one wait for the disk whatever its size. */
import { DevchatError } from '../../errors.ts';
import type { Instead } from '../engine.ts';
import { isOfWork } from '../fault.ts';
import type { Work } from '../statement.ts';
import type { Connection, Connections } from './connections.ts';
import { running } from './running.ts';

/** One writes at a time, in all processes: what a transaction reads is what it changes. The number is that of our files ("dcca"). */
export const LOCK = 'SELECT pg_advisory_xact_lock(1684235105)';
export const CHANNEL = 'devchat';
export const BEGIN = `BEGIN ISOLATION LEVEL READ COMMITTED; ${LOCK}`;
/** What changed nothing waits for no disk, and is told to nobody. */
export const COMMIT = `SELECT pg_notify('${CHANNEL}', '') WHERE pg_current_xact_id_if_assigned() IS NOT NULL; COMMIT`;

/** Others wait for the lock meanwhile. */
const MOST_IN_ONE_COMMIT = 100;

interface Write {
  work: () => Work<unknown>;
  instead: Instead<unknown> | undefined;
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
}

export class Commits {
  readonly #connections: Connections;
  #waiting: Write[] = [];
  #committing: Promise<void> | undefined;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /**
   * Runs `work` in one of the next transactions; resolves with its result once that is durable. Work that throws undoes only itself, and where
   * the fault is its own, `instead` is done in its place.
   */
  write<T>(work: () => Work<T>, instead?: Instead<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, instead, resolve, reject });
      this.#committing ??= this.#commitAll();
    });
  }

  /** Resolves when nothing waits any more. */
  async flush(): Promise<void> {
    await this.#committing;
  }

  async #commitAll(): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#commit(this.#waiting.splice(0, MOST_IN_ONE_COMMIT));
    this.#committing = undefined;
  }

  /** Where one cannot be done, all are undone: then each is written for itself, in the same order. A cache out of reach is so for all of them. */
  async #commit(group: readonly Write[]): Promise<void> {
    try {
      const results = await this.#connections.use((connection) => connection.between(BEGIN, COMMIT, () => runAll(group, connection)));
      group.forEach(({ resolve }, index) => resolve(results[index] as never));
    } catch (error) {
      const [first, ...others] = group;
      if (isOutOfReach(error)) return group.forEach(({ reject }) => reject(error));
      if (first && others.length === 0) return this.#commitInstead(first, error);
      for (const write of group) await this.#commit([write]);
    }
  }

  async #commitInstead({ instead, ...write }: Write, error: unknown): Promise<void> {
    if (!instead || !isOfWork(error)) return write.reject(error);
    await this.#commit([{ ...write, work: () => instead(error), instead: undefined }]);
  }
}

async function runAll(group: readonly Write[], connection: Connection): Promise<unknown[]> {
  const results: unknown[] = [];
  for (const { work } of group) results.push(await running(work(), connection));
  return results;
}

/** One row that is damaged is no trouble of the others. */
function isOutOfReach(error: unknown): boolean {
  return error instanceof DevchatError && error.kind === 'unreachable' && !(error.cause instanceof SyntaxError);
}
