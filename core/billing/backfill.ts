/** Journals and applies the events that Stripe lists: those that no webhook brought. Rules: docs/reconcile.md. */
import type Stripe from 'stripe';
import type { Cache } from '../cache/cache.ts';
import { DevchatError } from '../errors.ts';
import { RELEVANT_TYPES } from './apply-event.ts';
import type { Ongoing } from './ongoing.ts';
import { whyNoEvent } from './whole-event.ts';
import { isId } from './whole.ts';

const PAGE = 100;

/** What was found: how many events that concern us Stripe listed, how many of them were new here, which of those could not be applied, and what was left out. */
export interface Backfilled {
  listed: number;
  fresh: number;
  failed: string[];
  skipped: Skipped[];
}

/** What Stripe listed and cannot be an event of its; `event` names it, `reason` is for people. */
export interface Skipped {
  event: string;
  reason: string;
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
  const found: Backfilled = { listed: 0, fresh: 0, failed: [], skipped: [] };
  for await (const page of oldestFirst(stripe, since)) {
    signal?.throwIfAborted();
    const events = page.filter((listed) => !isSkipped(listed, found.skipped));
    await recordPage(cache, events, found, now());
    await reach(Math.min(events.at(-1)?.created ?? 0, until));
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
  while (page.has_more) page = await list({ starting_after: idIn(page.data.toReversed()) });
  yield page.data.toReversed();
  while (!isNewest && page.data[0]) {
    page = await list({ ending_before: idIn(page.data) });
    isNewest = !page.has_more;
    yield page.data.toReversed();
  }
}

/** The first id by which Stripe finds the place again. */
function idIn(listed: readonly unknown[]): string {
  const id = listed.map(idOf).find(isId);
  if (id === undefined) throw new DevchatError('failed', 'Stripe lists events of which none has an id', 'devchat subscriptions sync compares all subscriptions instead');
  return id;
}

function idOf(listed: unknown): unknown {
  return (listed as { id?: unknown } | null)?.id;
}

/** Notes what cannot be an event; what is listed beside it goes on. */
function isSkipped(listed: unknown, skipped: Skipped[]): boolean {
  const reason = whyNoEvent(listed);
  if (reason === undefined) return false;
  const id = idOf(listed);
  skipped.push({ event: isId(id) ? id : 'an event without an id', reason });
  return true;
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
