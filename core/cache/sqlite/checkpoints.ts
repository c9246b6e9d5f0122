/** Writes the log beside the file back into it in a thread of its own, so that hardly any commit waits for that. */
import { Worker } from 'node:worker_threads';

/** After so many writes there is enough to do. */
const WRITES = 100;
/** How long the log may grow: then SQLite does the rest in the course of a commit, and begins the log anew. */
export const LONGEST_LOG_PAGES = 4_000;

/**
 * The thread copies what is committed and synced already, as any process may beside those that write (https://sqlite.org/wal.html#ckpt). Where it
 * fails or falls behind, nothing is lost but time.
 */
export class Checkpoints {
  readonly #thread: Worker;
  readonly #ended: Promise<void>;
  #writes = 0;
  #isRunning = false;

  constructor(path: string) {
    this.#thread = new Worker(new URL('checkpoint-thread.js', import.meta.url), { workerData: path });
    this.#thread.on('message', () => (this.#isRunning = false));
    this.#thread.on('error', () => undefined);
    this.#ended = new Promise((resolve) => this.#thread.once('exit', () => resolve()));
    this.#thread.unref();
  }

  /** To be called after each commit, with how many writes it held. */
  wrote(writes: number): void {
    this.#writes += writes;
    if (this.#isRunning || this.#writes < WRITES) return;
    this.#writes = 0;
    this.#isRunning = true;
    this.#thread.postMessage('checkpoint');
  }

  async stop(): Promise<void> {
    this.#thread.postMessage('stop');
    this.#thread.ref();
    await this.#ended;
  }
}
