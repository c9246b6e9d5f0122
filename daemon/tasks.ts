/** Tasks at Stripe that a durable list in the cache holds open: each once at a time, with a pause after a failure, taken up after a restart. */
import { ASKED_AT_ONCE } from '../core/at-once.ts';
import { isOvertaken } from '../core/billing/reconcile.ts';
import { isNo } from '../core/billing/unanswered.ts';
import type { Logger } from './logger.ts';
import { Routine } from './routine.ts';
import { settledInTime } from './stopping.ts';

const FIRST_PAUSE_MILLISECONDS = 500;
const LONGEST_PAUSE_MILLISECONDS = 60_000;
/** What Stripe has said no to, it says no to again. */
const LONGEST_PAUSE_AFTER_NO_MILLISECONDS = 4 * 3_600_000;
const LOOK_EVERY_MILLISECONDS = 30_000;

/** `subject` is an id of Stripe's, such as the subscription to ask about. */
export interface Work {
  /** What the log says when a task fails. */
  failed: string;
  /** The subjects that wait. */
  open(): Promise<string[]>;
  /** Does one and takes it off the list; one that throws is tried again. */
  settle(subject: string): Promise<void>;
}

export class Tasks {
  readonly #work: Work;
  readonly #logger: Logger;
  readonly #looking: Routine;
  readonly #waiting = new Set<string>();
  readonly #inHand = new Map<string, Promise<void>>();
  /** With the pause after the next failure. */
  readonly #retries = new Map<string, { pause: number; timer: NodeJS.Timeout }>();
  #stopped = false;

  constructor(work: Work, logger: Logger) {
    this.#work = work;
    this.#logger = logger;
    this.#looking = new Routine({ failed: `${work.failed}: the list cannot be read`, everyMilliseconds: LOOK_EVERY_MILLISECONDS, work: () => this.takeUp() }, logger);
  }

  /** Takes up what an earlier run left open and, from then on, what other processes add. */
  start(): Promise<void> {
    return this.#looking.start();
  }

  /** Takes up what stands on the list, but for what is tried again later anyway. */
  async takeUp(): Promise<void> {
    for (const subject of await this.#work.open()) if (!this.#inHand.has(subject) && !this.#retries.has(subject)) this.add(subject);
  }

  /** Does one at once, also where it is to be tried again later only. */
  add(subject: string): void {
    this.#waiting.add(subject);
    this.#beginNext();
  }

  /** Waits for those in hand, but no longer than 2 s; what is not done stays on the list. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#looking.stop();
    for (const { timer } of this.#retries.values()) clearTimeout(timer);
    await settledInTime(this.#inHand.values());
  }

  #beginNext(): void {
    for (const subject of this.#waiting) {
      if (this.#stopped || this.#inHand.size >= ASKED_AT_ONCE) return;
      if (this.#inHand.has(subject)) continue;
      this.#waiting.delete(subject);
      this.#inHand.set(subject, this.#do(subject));
    }
  }

  async #do(subject: string): Promise<void> {
    const error = await this.#failure(subject);
    this.#inHand.delete(subject);
    if (error) this.#retryLater(subject, error);
    else this.#forgetRetry(subject);
    this.#beginNext();
  }

  async #failure(subject: string): Promise<Error | undefined> {
    try {
      await this.#work.settle(subject);
      return undefined;
    } catch (error) {
      this.#tell(subject, error as Error);
      return error as Error;
    }
  }

  /** A burst of events overtakes an answer, and settles soon; only where that goes on is it a failure. */
  #tell(subject: string, error: Error): void {
    const facts = { subject, reason: error.message };
    const goesOn = (this.#retries.get(subject)?.pause ?? 0) >= LONGEST_PAUSE_MILLISECONDS;
    if (isOvertaken(error) && !goesOn) this.#logger.info(facts, 'overtaken by events, tried again soon');
    else this.#logger.warn(facts, this.#work.failed);
  }

  #forgetRetry(subject: string): void {
    clearTimeout(this.#retries.get(subject)?.timer);
    this.#retries.delete(subject);
  }

  #retryLater(subject: string, error: Error): void {
    const longest = isNo(error) && !isOvertaken(error) ? LONGEST_PAUSE_AFTER_NO_MILLISECONDS : LONGEST_PAUSE_MILLISECONDS;
    const pause = Math.min(this.#retries.get(subject)?.pause ?? FIRST_PAUSE_MILLISECONDS, longest);
    this.#forgetRetry(subject);
    const timer = setTimeout(() => this.add(subject), pause).unref();
    this.#retries.set(subject, { timer, pause: pause * 2 });
  }
}
