/** Asks Stripe, after the webhook's answer has gone, for what the events could not tell; each subscription once at a time. */
import type Stripe from 'stripe';
import { refreshSubscription } from '../core/billing/reconcile.ts';
import type { Cache } from '../core/cache/cache.ts';
import type { Logger } from './logger.ts';

const FIRST_PAUSE_MILLISECONDS = 500;
const LONGEST_PAUSE_MILLISECONDS = 60_000;

export class Questions {
  readonly #stripe: Stripe;
  readonly #cache: Cache;
  readonly #logger: Logger;
  readonly #waiting = new Set<string>();
  #asking: Promise<void> | undefined;
  #stopped = new AbortController();

  constructor(stripe: Stripe, cache: Cache, logger: Logger) {
    this.#stripe = stripe;
    this.#cache = cache;
    this.#logger = logger;
  }

  /** Takes up what an earlier run left open. */
  async resume(): Promise<void> {
    for (const subscription of await this.#cache.questions()) this.ask(subscription);
  }

  ask(subscription: string): void {
    this.#waiting.add(subscription);
    this.#asking ??= this.#askAll().finally(() => {
      this.#asking = undefined;
      const [late] = this.#waiting;
      if (late && !this.#stopped.signal.aborted) this.ask(late);
    });
  }

  /** Stops after the question in hand; the rest stays marked in the cache. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#asking;
  }

  async #askAll(): Promise<void> {
    let pause = FIRST_PAUSE_MILLISECONDS;
    for (const subscription of this.#waiting) {
      if (this.#stopped.signal.aborted) return;
      this.#waiting.delete(subscription);
      if (await this.#answered(subscription)) {
        pause = FIRST_PAUSE_MILLISECONDS;
        continue;
      }
      this.#waiting.add(subscription);
      await this.#wait(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS);
    }
  }

  async #answered(subscription: string): Promise<boolean> {
    try {
      await this.#refreshOrDrop(subscription);
      return true;
    } catch (error) {
      this.#logger.warn({ subscription, reason: (error as Error).message }, 'Stripe could not be asked');
      return false;
    }
  }

  async #refreshOrDrop(subscription: string): Promise<void> {
    try {
      await refreshSubscription(this.#stripe, this.#cache, subscription);
    } catch (error) {
      if ((error as { code?: string }).code !== 'resource_missing') throw error;
      this.#logger.warn({ subscription }, 'Stripe does not know it');
      await this.#cache.dropQuestion(subscription);
    }
  }

  #wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds).unref();
      this.#stopped.signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
    });
  }
}
