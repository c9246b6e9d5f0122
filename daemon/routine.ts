/** Something done every so often, and soon when asked; never twice at once. A failure is logged once, until it works again. */
import type { Logger } from './logger.ts';

const SOON_MILLISECONDS = 50;

export interface Chore {
  /** What the log says when it fails. */
  failed: string;
  everyMilliseconds: number;
  work: () => Promise<void>;
}

export class Routine {
  readonly #chore: Chore;
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;
  #inHand: Promise<void> | undefined;
  #isFailing = false;

  constructor(chore: Chore, logger: Logger) {
    this.#chore = chore;
    this.#logger = logger;
  }

  /** Does it at once, and from then on. Throws what the first time throws. */
  async start(): Promise<void> {
    await this.#chore.work();
    this.#repeat();
  }

  /** The same without waiting: what the first time throws is logged, too. */
  startBehind(): void {
    this.#repeat();
    this.#do();
  }

  /** Does it soon; several calls make one. */
  soon(): void {
    if (this.#timer) this.#soon ??= setTimeout(() => this.#do(), SOON_MILLISECONDS).unref();
  }

  /** Ends when what is in hand is done. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    this.#timer = undefined;
    await this.#inHand;
  }

  #repeat(): void {
    this.#timer = setInterval(() => this.#do(), this.#chore.everyMilliseconds).unref();
  }

  #do(): void {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    if (this.#inHand) return this.soon();
    this.#inHand = this.#logged().finally(() => (this.#inHand = undefined));
  }

  async #logged(): Promise<void> {
    try {
      await this.#chore.work();
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) this.#logger.warn({ reason: (error as Error).message }, this.#chore.failed);
      this.#isFailing = true;
    }
  }
}
