/** Hears of every change from the database itself, whichever process wrote it. */
import type { Client } from 'pg';
import { CHANNEL } from './commits.ts';
import type { Connections } from './connections.ts';

const AGAIN_AFTER_MILLISECONDS = 500;
/** A connection that died without a word is found out by asking. */
const ASK_EVERY_MILLISECONDS = 10_000;

export class Changes {
  readonly #connections: Connections;
  readonly #listeners = new Set<() => void>();
  #client: Client | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) void this.#listen();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) void this.stop();
    };
  }

  async stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    clearTimeout(this.#timer);
    await client?.end().catch(() => undefined);
  }

  /** What changed before it listened, or while it was cut off, nobody will repeat: it may have, and is told once. */
  async #listen(): Promise<void> {
    const client = this.#connections.own();
    const lost = () => this.#listenAgain(client);
    this.#client = client.on('notification', () => this.#notify()).on('error', lost).on('end', lost);
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      if (this.#client !== client) return void (await client.end());
      this.#timer = setInterval(() => void client.query('SELECT 1').catch(lost), ASK_EVERY_MILLISECONDS).unref();
      this.#notify();
    } catch {
      lost();
    }
  }

  #listenAgain(client: Client): void {
    if (this.#client !== client) return;
    void this.stop();
    this.#timer = setTimeout(() => void this.#listen(), AGAIN_AFTER_MILLISECONDS).unref();
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}
