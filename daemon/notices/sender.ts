/** Sends the notices that are due to one target: a few at once, again after a pause where it failed, until it has succeeded. */
import type { Cache } from '../../core/cache/cache.ts';
import type { NoticeDelivery, NoticeTarget } from '../../core/notices/notice.ts';
import type { Logger } from '../logger.ts';
import { Routine } from '../routine.ts';
import { settledInTime } from '../stopping.ts';

const AT_ONCE = 4;
const LOOK_EVERY_MILLISECONDS = 1_000;
const FIRST_PAUSE_MILLISECONDS = 5_000;
const LONGEST_PAUSE_MILLISECONDS = 3_600_000;
/** So many at the most of a pause are left out, by chance: what failed together is not tried together again. */
const JITTER = 0.2;
/** After a claim and the time limit of a try: for noting how it went. */
const NOTING_MILLISECONDS = 5_000;
const LONGEST_ERROR = 200;

/** Hands a notice over, and gives up when the signal is aborted. Throws where that failed, in words that tell no secret. */
export type Send = (delivery: NoticeDelivery, ending: AbortSignal) => Promise<void>;

export interface Target {
  name: NoticeTarget;
  /** How long one try may take. */
  limitMilliseconds: number;
  send: Send;
}

export class Sender {
  readonly #target: Target;
  readonly #cache: Cache;
  readonly #logger: Logger;
  readonly #looking: Routine;
  readonly #inHand = new Map<Promise<void>, AbortController>();
  #forget: (() => void) | undefined;
  #stopped = false;

  constructor(target: Target, cache: Cache, logger: Logger) {
    this.#target = target;
    this.#cache = cache;
    this.#logger = logger;
    this.#looking = new Routine({ failed: 'the notices could not be read', everyMilliseconds: LOOK_EVERY_MILLISECONDS, work: () => this.#takeDue() }, logger);
  }

  /** Sends what is due, and from then on what becomes due: soon after a change of the cache, whoever made it. */
  async start(): Promise<void> {
    await this.#looking.start();
    this.#forget = this.#cache.onChange(() => this.#looking.soon());
  }

  /** Waits for what is in hand, but no longer than 2 s; what is cut off then is sent again once its lease is over. */
  async stop(): Promise<void> {
    this.#forget?.();
    await this.#looking.stop();
    await settledInTime(this.#inHand.keys());
    this.#stopped = true;
    for (const ending of this.#inHand.values()) ending.abort();
  }

  async #takeDue(): Promise<void> {
    const free = AT_ONCE - this.#inHand.size;
    if (free === 0) return;
    const now = Date.now();
    const leaseUntil = now + this.#target.limitMilliseconds + NOTING_MILLISECONDS;
    for (const delivery of await this.#cache.claimNotices([this.#target.name], now, leaseUntil, free)) this.#take(delivery);
  }

  #take(delivery: NoticeDelivery): void {
    const ending = new AbortController();
    const inHand: Promise<void> = this.#deliver(delivery, ending).finally(() => this.#inHand.delete(inHand));
    this.#inHand.set(inHand, ending);
  }

  async #deliver(delivery: NoticeDelivery, ending: AbortController): Promise<void> {
    const failure = await this.#tried(delivery, ending);
    if (this.#stopped) return;
    const { type } = JSON.parse(delivery.body) as { type: string };
    const facts = { type, target: delivery.target, id: delivery.id };
    try {
      await this.#note(delivery, failure);
      if (failure === undefined) this.#logger.info(facts, 'notice sent');
      else this.#logger.warn({ ...facts, tries: delivery.tries + 1 }, 'notice not sent, tried again later');
    } catch (error) {
      this.#logger.warn({ ...facts, reason: (error as Error).message }, 'how a notice went could not be noted');
    }
  }

  /** Undefined for success. */
  async #tried(delivery: NoticeDelivery, ending: AbortController): Promise<string | undefined> {
    const { send, limitMilliseconds } = this.#target;
    const limit = setTimeout(() => ending.abort(), limitMilliseconds).unref();
    try {
      await send(delivery, ending.signal);
      return undefined;
    } catch (error) {
      return ending.signal.aborted ? `not done within ${limitMilliseconds / 1000} s` : oneLine((error as Error).message);
    } finally {
      clearTimeout(limit);
    }
  }

  #note(delivery: NoticeDelivery, failure: string | undefined): Promise<void> {
    const now = Date.now();
    return failure === undefined ? this.#cache.noticeDelivered(delivery, now) : this.#cache.noticeFailed(delivery, failure, now, now + pauseAfter(delivery.tries));
  }
}

/** 5 s, doubled with each try, 1 h at the most; a little less by chance. Milliseconds. */
export function pauseAfter(tries: number): number {
  const pause = Math.min(FIRST_PAUSE_MILLISECONDS * 2 ** tries, LONGEST_PAUSE_MILLISECONDS);
  return Math.round(pause * (1 - JITTER * Math.random()));
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, ' ').slice(0, LONGEST_ERROR);
}
