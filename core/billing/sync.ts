/** Compares every subscription at Stripe with the cache, and makes the cache match where it does not. */
import type Stripe from 'stripe';
import { eachAtOnce } from '../at-once.ts';
import type { Cache } from '../cache/cache.ts';
import type { CachedSubscription } from './subscription-view.ts';
import { paymentIn } from './cards.ts';
import { cardDifferences, invoiceDifferences, snapshotDifferences, type Difference } from './compare.ts';
import { invoicesToFetch, isMissing, PAYMENT, plain, refreshSubscription } from './reconcile.ts';
import { idOf, isTerminal } from './state.ts';

const PAGE = 100;
const AT_ONCE = 4;
const EXPANDED = ['latest_invoice', ...PAYMENT];
const NAMED_PATHS = 3;

/** How a subscription stands in the cache: as Stripe has it, otherwise, not at all; or Stripe does not know it. */
export type Finding = 'same' | 'differs' | 'not cached' | 'unknown to Stripe';

export interface Comparison {
  id: string;
  customer: string;
  email: string | null;
  finding: Finding;
  differences: Difference[];
}

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
}

/** How long work is done: what ends it, and who is told how far it is. */
export interface Ongoing {
  signal?: AbortSignal | undefined;
  /** How many were looked at so far. */
  progress?: ((count: number) => void) | undefined;
}

/**
 * Asks Stripe for all that differs or is not cached; nothing is ever deleted. Begun again, it goes on: what was refreshed is the same by then.
 * `quietly` is for catching up with the past: see `Asked`. Throws what the Stripe SDK and the cache throw, and the signal's reason.
 */
export async function syncSubscriptions(stripe: Stripe, cache: Cache, { quietly = false, ...ongoing }: Ongoing & { quietly?: boolean } = {}): Promise<Synced> {
  const synced: Synced = { compared: 0, refreshed: [], ended: [], unknown: [] };
  let waiting: Comparison[] = [];
  const refresh = async (): Promise<void> => {
    const taken = waiting;
    waiting = [];
    await eachAtOnce(AT_ONCE, taken, (comparison) => settle(stripe, cache, comparison, synced, quietly));
  };
  for await (const comparison of compareSubscriptions(stripe, cache, ongoing)) {
    synced.compared += 1;
    if (comparison.finding === 'same') continue;
    waiting.push(comparison);
    if (waiting.length >= AT_ONCE) await refresh();
  }
  await refresh();
  return synced;
}

async function settle(stripe: Stripe, cache: Cache, comparison: Comparison, synced: Synced, quietly: boolean): Promise<void> {
  const { id, customer, email, finding } = comparison;
  if (finding === 'unknown to Stripe') return void synced.unknown.push({ id, customer, email });
  try {
    await refreshSubscription(stripe, cache, id, { quietly });
    const [cached, status] = statusesIn(comparison);
    if (isTerminal(cached) && !isTerminal(status)) synced.ended.push({ id, customer, email, status });
    else synced.refreshed.push({ id, customer, email, change: changeOf(comparison) });
  } catch (error) {
    if (!isMissing(error)) throw error;
    synced.unknown.push({ id, customer, email });
  }
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

/**
 * Each subscription at Stripe, ended ones included, then those that are only cached. Changes nothing.
 * Throws as `syncSubscriptions`.
 */
export async function* compareSubscriptions(stripe: Stripe, cache: Cache, { signal, progress }: Ongoing = {}): AsyncGenerator<Comparison> {
  const listed = new Set<string>();
  for await (const told of stripe.subscriptions.list({ status: 'all', limit: PAGE, expand: EXPANDED.map((path) => `data.${path}`) })) {
    signal?.throwIfAborted();
    listed.add(told.id);
    yield await compare(stripe, cache, told);
    progress?.(listed.size);
  }
  for (const id of await cache.subscriptionIds()) {
    signal?.throwIfAborted();
    if (!listed.has(id)) yield await compareUnlisted(stripe, cache, id);
  }
}

/** Stripe lists neither what came meanwhile nor the subscriptions of test clocks, but answers about each: https://docs.stripe.com/api/subscriptions/list */
async function compareUnlisted(stripe: Stripe, cache: Cache, id: string): Promise<Comparison> {
  const told = await known(() => stripe.subscriptions.retrieve(id, { expand: EXPANDED }));
  if (told) return compare(stripe, cache, told);
  const cached = await cache.subscription(id);
  const differences = [{ path: 'status', cached: cached?.subscription.status ?? null, stripe: null }];
  return { id, customer: cached?.subscription.customer ?? '', email: cached?.email ?? null, finding: 'unknown to Stripe', differences };
}

async function compare(stripe: Stripe, cache: Cache, told: Stripe.Subscription): Promise<Comparison> {
  const cached = await cache.subscription(told.id);
  const subject = { id: told.id, customer: idOf(told.customer), email: cached?.email ?? (await cache.userByCustomer(idOf(told.customer)))?.email ?? null };
  if (!cached) return { ...subject, finding: 'not cached', differences: [{ path: 'status', cached: null, stripe: told.status }] };
  const differences = await differencesOf(stripe, cache, cached, told);
  return { ...subject, finding: differences.length === 0 ? 'same' : 'differs', differences };
}

async function differencesOf(stripe: Stripe, cache: Cache, cached: CachedSubscription, told: Stripe.Subscription): Promise<Difference[]> {
  const snapshot = plain(told);
  const differences = [...snapshotDifferences(cached.subscription.snapshot, snapshot), ...cardDifferences(cached.card, snapshot, paymentIn(told, 0))];
  for (const id of invoicesToFetch(snapshot, cached.invoice)) {
    const invoice = isExpanded(told.latest_invoice, id) ? told.latest_invoice : await known(() => stripe.invoices.retrieve(id));
    if (invoice) differences.push(...invoiceDifferences(await cache.invoice(id), invoice));
  }
  return differences;
}

function isExpanded(invoice: string | Stripe.Invoice | null, id: string): invoice is Stripe.Invoice {
  return typeof invoice === 'object' && invoice?.id === id;
}

/** Undefined for what Stripe does not know. */
async function known<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
