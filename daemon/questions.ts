/** Asks Stripe, after the webhook's answer has gone, for what the events could not tell; each subscription once at a time. */
import { setTimeout as pauseFor } from 'node:timers/promises';
import type Stripe from 'stripe';
import { refreshSubscription } from '../core/billing/reconcile.ts';
import type { Cache } from '../core/cache/cache.ts';
import type { Logger } from './logger.ts';

const AT_ONCE = 4;
const FIRST_PAUSE_MILLISECONDS = 500;
const LONGEST_PAUSE_MILLISECONDS = 60_000;
const LOOK_EVERY_MILLISECONDS = 30_000;
const STOP_WITHIN_MILLISECONDS = 2_000;

export class Questions {
  readonly #stripe: Stripe;
  readonly #cache: Cache;
  readonly #logger: Logger;
  readonly #waiting = new Set<string>();
  readonly #inHand = new Map<string, Promise<void>>();
  readonly #retries = new Map<string, { pause: number; timer: NodeJS.Timeout }>();
  #looking: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(stripe: Stripe, cache: Cache, logger: Logger) {
    this.#stripe = stripe;
    this.#cache = cache;
    this.#logger = logger;
  }

  /** Takes up what an earlier run left open and, from then on, what other processes mark. */
  async resume(): Promise<void> {
    await this.#takeUp();
    const failed = (error: unknown): void => this.#logger.warn({ reason: (error as Error).message }, 'the open questions could not be read');
    this.#looking = setInterval(() => void this.#takeUp().catch(failed), LOOK_EVERY_MILLISECONDS).unref();
  }

  ask(subscription: string): void {
    this.#waiting.add(subscription);
    this.#askNext();
  }

  /** Waits for the questions in hand, but no longer than 2 s; what is not answered stays marked in the cache. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#looking);
    for (const { timer } of this.#retries.values()) clearTimeout(timer);
    await Promise.race([Promise.all(this.#inHand.values()), pauseFor(STOP_WITHIN_MILLISECONDS, undefined, { ref: false })]);
  }

  async #takeUp(): Promise<void> {
    const open = await this.#cache.questions();
    for (const subscription of open) if (!this.#inHand.has(subscription) && !this.#retries.has(subscription)) this.ask(subscription);
  }

  #askNext(): void {
    for (const subscription of this.#waiting) {
      if (this.#stopped || this.#inHand.size >= AT_ONCE) return;
      if (this.#inHand.has(subscription)) continue;
      this.#waiting.delete(subscription);
      this.#inHand.set(subscription, this.#ask(subscription));
    }
  }

  async #ask(subscription: string): Promise<void> {
    const answered = await this.#answered(subscription);
    this.#inHand.delete(subscription);
    if (answered) this.#forgetRetry(subscription);
    else this.#retryLater(subscription);
    this.#askNext();
  }

  #forgetRetry(subscription: string): void {
    clearTimeout(this.#retries.get(subscription)?.timer);
    this.#retries.delete(subscription);
  }

  #retryLater(subscription: string): void {
    const pause = this.#retries.get(subscription)?.pause ?? FIRST_PAUSE_MILLISECONDS;
    this.#forgetRetry(subscription);
    const timer = setTimeout(() => this.ask(subscription), pause).unref();
    this.#retries.set(subscription, { timer, pause: Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS) });
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
}
