/** Makes the cache match Stripe where it does not. */
import type Stripe from 'stripe';
import { ASKED_AT_ONCE, eachAtOnce } from '../at-once.ts';
import type { Cache } from '../cache/cache.ts';
import { isMissing } from '../stripe.ts';
import { compareSubscriptions, type Comparison } from './compare-subscriptions.ts';
import type { Ongoing } from './ongoing.ts';
import { refreshSubscription } from './reconcile.ts';
import { isUnanswered, unanswered, type Unanswered } from './unanswered.ts';
import { isTerminal } from './state.ts';

const NAMED_PATHS = 3;

/** What a sync changed of one subscription, in words. */
export interface Change extends Pick<Comparison, 'id' | 'customer' | 'email'> {
  change: string;
}

export interface Synced {
  compared: number;
  refreshed: Change[];
  /** Ended in the cache and not at Stripe, with the status there: an end is final, so they are left as they are. */
  ended: Array<Pick<Comparison, 'id' | 'customer' | 'email'> & { status: string }>;
  /** Cached, but unknown to Stripe: left as they are. */
  unknown: Array<Pick<Comparison, 'id' | 'customer' | 'email'>>;
  /** Of these Stripe did not tell: they stand on the questions. */
  unanswered: Unanswered[];
}

/**
 * Asks Stripe for all that differs or is not cached; nothing is ever deleted. Begun again, it goes on: what was refreshed is the same by then.
 * `quietly` is for catching up with the past: see `Asked`. Throws what the Stripe SDK and the cache throw, and the signal's reason; but what
 * Stripe does not tell of one subscription stops no other.
 */
export async function syncSubscriptions(stripe: Stripe, cache: Cache, { quietly = false, ...ongoing }: Ongoing & { quietly?: boolean } = {}): Promise<Synced> {
  const synced: Synced = { compared: 0, refreshed: [], ended: [], unknown: [], unanswered: [] };
  let waiting: Array<Comparison | Unanswered> = [];
  const refresh = async (): Promise<void> => {
    const taken = waiting;
    waiting = [];
    await eachAtOnce(ASKED_AT_ONCE, taken, (each) => settle({ stripe, cache, quietly, synced }, each));
  };
  for await (const each of compareSubscriptions(stripe, cache, ongoing)) {
    synced.compared += 1;
    if (!isUnanswered(each) && each.finding === 'same') continue;
    waiting.push(each);
    if (waiting.length >= ASKED_AT_ONCE) await refresh();
  }
  await refresh();
  return synced;
}

interface Sync {
  stripe: Stripe;
  cache: Cache;
  quietly: boolean;
  synced: Synced;
}

async function settle(sync: Sync, each: Comparison | Unanswered): Promise<void> {
  if (isUnanswered(each)) return leaveOpen(sync, each);
  const { id, customer, email, finding, open } = each;
  if (finding === 'unknown to Stripe') return void sync.synced.unknown.push({ id, customer, email });
  try {
    await refreshSubscription(sync.stripe, sync.cache, id, { quietly: sync.quietly, open });
    const [cached, status] = statusesIn(each);
    if (isTerminal(cached) && !isTerminal(status)) sync.synced.ended.push({ id, customer, email, status });
    else sync.synced.refreshed.push({ id, customer, email, change: changeOf(each) });
  } catch (error) {
    if (isMissing(error)) sync.synced.unknown.push({ id, customer, email });
    else await leaveOpen(sync, unanswered(id, error));
  }
}

async function leaveOpen({ cache, synced }: Sync, open: Unanswered): Promise<void> {
  await cache.ask(open.subscription);
  synced.unanswered.push(open);
}

/** "not cached before: active", "active -> canceled", or what else differed. */
function changeOf(comparison: Comparison): string {
  const { finding, differences } = comparison;
  const [before, after] = statusesIn(comparison);
  if (finding === 'not cached') return `not cached before: ${after}`;
  if (before !== after) return `${before} -> ${after}`;
  const paths = differences.map(({ path }) => path);
  const more = paths.length - NAMED_PATHS;
  return `${paths.slice(0, NAMED_PATHS).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The cached one and Stripe's; both empty where they do not differ. */
function statusesIn({ differences }: Comparison): [cached: string, stripe: string] {
  const status = differences.find(({ path }) => path === 'status');
  return [(status?.cached ?? '') as string, (status?.stripe ?? '') as string];
}
