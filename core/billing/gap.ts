/** Closes the gap between Stripe and the cache: by its events, or, where Stripe no longer lists them all, by comparing all subscriptions. */
import type Stripe from 'stripe';
import type { Cache } from '../cache/cache.ts';
import { DevchatError } from '../errors.ts';
import { answeredAt } from '../stripe-time.ts';
import { backfillEvents, type Backfilled, type Span } from './backfill.ts';
import { syncSubscriptions, type Synced } from './sync.ts';
import type { Unanswered } from './unanswered.ts';

const DAY_SECONDS = 86_400;
/** How long Stripe lists an event: https://docs.stripe.com/api/events/list */
const LISTED_SECONDS = 30 * DAY_SECONDS;
/** Events appear in the list some time after their `created`: half a minute has been seen, and this is ten times that. */
const OVERLAP_SECONDS = 300;

/** Why the events since the last time are not enough. */
const REASONS = {
  first: 'no events were listed before',
  late: 'Stripe lists events for 30 days, and more have passed',
  ahead: 'the last time lies in the future of this Stripe',
} as const;

/** By which way the gap was closed; `until` and `since` in Stripe's seconds. What comparing left unanswered stands on the questions. */
export type Closed = { until: number; unanswered: Unanswered[] } & (({ by: 'events'; since: number } & Backfilled) | ({ by: 'subscriptions'; why: string } & Synced));

type Manner = Omit<Span, 'since' | 'until'>;

/**
 * Makes the cache whole up to now, as far as Stripe is asked and answers. What is found in a cache that knew nothing before is no news: no notice
 * of it is sent. What only Stripe can tell stands on the questions afterwards. Throws as `backfillEvents` and `syncSubscriptions`.
 */
export async function closeGap(stripe: Stripe, cache: Cache, manner: Manner): Promise<Closed> {
  const [mark, until] = [await cache.backfilledUntil(), await timeAtStripe(stripe)];
  const since = (mark ?? 0) - OVERLAP_SECONDS;
  const why = whyNotByEvents(mark, since, until);
  if (why === undefined) return { by: 'events', since, until, unanswered: [], ...(await backfillEvents(stripe, cache, { ...manner, since, until })) };
  const synced = await syncSubscriptions(stripe, cache, { ...manner, quietly: mark === undefined });
  await cache.setBackfilledUntil(until);
  return { by: 'subscriptions', why, until, ...synced };
}

function whyNotByEvents(mark: number | undefined, since: number, until: number): string | undefined {
  if (mark === undefined) return REASONS.first;
  if (since > until) return REASONS.ahead;
  return since < until - LISTED_SECONDS ? REASONS.late : undefined;
}

/** Lists the events since a moment of the caller's choice, in Stripe's seconds. Throws `usage` for one that Stripe lists no more, and as `closeGap`. */
export async function backfillSince(stripe: Stripe, cache: Cache, since: number, manner: Manner): Promise<Closed> {
  const until = await timeAtStripe(stripe);
  if (since < until - LISTED_SECONDS) throw new DevchatError('usage', 'Stripe lists the events of the last 30 days only', 'devchat subscriptions sync compares all subscriptions instead');
  return { by: 'events', since, until, unanswered: [], ...(await backfillEvents(stripe, cache, { ...manner, since, until })) };
}

async function timeAtStripe(stripe: Stripe): Promise<number> {
  return answeredAt(await stripe.events.list({ limit: 1 }));
}
