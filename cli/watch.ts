/** Finds what has changed about subscriptions since it was last looked at, whichever process changed it, or time alone. */
import { isDeepStrictEqual } from 'node:util';
import type { Terms } from '../core/billing/policy.ts';
import { subscriptionView, type CachedSubscription } from '../core/billing/subscription-view.ts';
import type { SubscriptionView } from '../core/billing/views.ts';
import type { Cache, Heard } from '../core/cache/cache.ts';

type Seen = Pick<SubscriptionView, 'status' | 'standing'>;

/** `before` is null where the subscription is seen for the first time. */
export interface SubscriptionChange {
  subscription: SubscriptionView;
  before: Seen | null;
}

/** Which ones are watched: `all` reads them to begin with, page by page, `includes` tells of any whether it is one of them. */
export interface Watched {
  all(): AsyncIterable<CachedSubscription[]> | Iterable<CachedSubscription[]>;
  includes(cached: CachedSubscription): boolean;
}

export class Watch {
  readonly #cache: Cache;
  readonly #watched: Watched;
  readonly #seen = new Map<string, Seen>();
  /** When grace ends, for those in grace: few are, however many there are. */
  readonly #graceEnds = new Map<string, number>();
  #heard: Heard | undefined;

  constructor(cache: Cache, watched: Watched) {
    this.#cache = cache;
    this.#watched = watched;
  }

  /** All of them as they are, page by page; to be read to its end. */
  async *begin(terms: Terms): AsyncGenerator<SubscriptionView[]> {
    ({ heard: this.#heard } = await this.#cache.heardOf());
    for await (const page of this.#watched.all()) {
      const views = page.map((each) => subscriptionView(each, terms));
      for (const view of views) this.#remember(view);
      yield views;
    }
  }

  /** Looks only at those of which something was heard, and those whose grace has ended. */
  async changes(terms: Terms): Promise<SubscriptionChange[]> {
    const { subscriptions, heard } = await this.#cache.heardOf(this.#heard);
    this.#heard = heard;
    const changes: SubscriptionChange[] = [];
    for (const id of new Set([...subscriptions, ...this.#outOfGrace(terms.now)])) {
      const cached = await this.#cache.subscription(id);
      if (!cached || !this.#watched.includes(cached)) continue;
      const subscription = subscriptionView(cached, terms);
      const before = this.#seen.get(id) ?? null;
      if (!isDeepStrictEqual(before, this.#remember(subscription))) changes.push({ subscription, before });
    }
    return changes;
  }

  #outOfGrace(now: number): string[] {
    return [...this.#graceEnds].filter(([, end]) => end <= now).map(([id]) => id);
  }

  #remember({ id, status, standing }: SubscriptionView): Seen {
    const seen = { status, standing };
    this.#seen.set(id, seen);
    if (standing.graceUntil) this.#graceEnds.set(id, Date.parse(standing.graceUntil));
    else this.#graceEnds.delete(id);
    return seen;
  }
}
