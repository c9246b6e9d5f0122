/** Journals and applies the events that Stripe lists: those that no webhook brought. Rules: docs/reconcile.md. */
import type Stripe from 'stripe';
import type { Cache } from '../cache/cache.ts';
import { RELEVANT_TYPES } from './apply-event.ts';
import type { Ongoing } from './ongoing.ts';

const PAGE = 100;

/** What was found: how many events that concern us Stripe listed, how many of them were new here, and which of those could not be applied. */
export interface Backfilled {
  listed: number;
  fresh: number;
  failed: string[];
}

/** `since` and `until` are Stripe's seconds: from when on events are listed, and when Stripe was asked. `now` is the clock's, in milliseconds. */
export interface Span extends Ongoing {
  since: number;
  until: number;
  now: () => number;
}

/**
 * Lists the events that were created since then and applies the new ones, the oldest first, as the webhook would. A page is held at a time.
 * Where everything before `since` had been listed, the mark follows page by page, once all of a page is recorded: interrupted, it goes on there.
 * What only Stripe can tell stands on the questions afterwards. Throws what the Stripe SDK and the cache throw, and the signal's reason.
 */
export async function backfillEvents(stripe: Stripe, cache: Cache, { since, until, now, signal, progress }: Span): Promise<Backfilled> {
  const mark = await cache.backfilledUntil();
  const reach = async (time: number): Promise<void> => {
    if (mark !== undefined && since <= mark && time > mark) await cache.setBackfilledUntil(time);
  };
  const found: Backfilled = { listed: 0, fresh: 0, failed: [] };
  for await (const page of oldestFirst(stripe, since)) {
    signal?.throwIfAborted();
    await recordPage(cache, page, found, now());
    await reach(Math.min(page.at(-1)?.created ?? 0, until));
    progress?.(found.listed);
  }
  await reach(until);
  return found;
}

/**
 * Stripe lists the newest first: the pages are walked down to the oldest, which is given out, and up again from there. Nothing but a page is
 * held, at the price of reading twice what is more than one page.
 */
async function* oldestFirst(stripe: Stripe, since: number): AsyncGenerator<Stripe.Event[]> {
  const list = (cursor: Stripe.EventListParams) => stripe.events.list({ created: { gte: since }, limit: PAGE, ...cursor });
  let page = await list({});
  let isNewest = !page.has_more;
  while (page.has_more) page = await list({ starting_after: page.data.at(-1)!.id });
  yield page.data.toReversed();
  while (!isNewest && page.data[0]) {
    page = await list({ ending_before: page.data[0].id });
    isNewest = !page.has_more;
    yield page.data.toReversed();
  }
}

/** Known events cost no commit, and the new ones of a page share one. A type that changes nothing here is left out, as by the webhook endpoint. */
async function recordPage(cache: Cache, page: readonly Stripe.Event[], found: Backfilled, receivedAt: number): Promise<void> {
  const relevant = page.filter(({ type }) => RELEVANT_TYPES.includes(type));
  const unknown = new Set(await cache.unknownEvents(relevant.map(({ id }) => id)));
  const fresh = relevant.filter(({ id }) => unknown.has(id));
  const recorded = await Promise.all(fresh.map((event) => cache.recordEvent({ event, payload: JSON.stringify(event), source: 'backfill', receivedAt })));
  found.listed += relevant.length;
  found.fresh += fresh.length;
  found.failed.push(...fresh.filter((_, index) => recorded[index]?.outcome === 'failed').map(({ id }) => id));
}
