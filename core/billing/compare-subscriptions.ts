/** Compares every subscription at Stripe with the cache. Changes nothing. */
import type Stripe from 'stripe';
import type { Cache } from '../cache/cache.ts';
import { DevchatError } from '../errors.ts';
import { isMissing } from '../stripe.ts';
import { answerAbout, listAbout } from './answers.ts';
import type { CachedSubscription } from './subscription-view.ts';
import { paymentIn } from './cards.ts';
import { cardDifferences, invoiceDifferences, snapshotDifferences, type Difference } from './compare.ts';
import type { Ongoing } from './ongoing.ts';
import { allOpenInvoices, openInvoicesOf } from './open-invoices.ts';
import { invoicesToFetch, isRefused, PAYMENT, plain, retrieveInvoice, retrieveSubscription } from './reconcile.ts';
import { idOf } from './state.ts';
import { unanswered, type Unanswered } from './unanswered.ts';
import { isId, wholeAnsweredInvoice, wholeAnsweredSubscription } from './whole.ts';

const PAGE = 100;
const EXPANDED = ['latest_invoice', ...PAYMENT];

/** How a subscription stands in the cache: as Stripe has it, otherwise, not at all; or Stripe does not know it. */
export type Finding = 'same' | 'differs' | 'not cached' | 'unknown to Stripe';

export interface Comparison {
  id: string;
  customer: string;
  email: string | null;
  finding: Finding;
  differences: Difference[];
  /** The invoices that Stripe holds open. */
  open: string[];
}

/**
 * Each subscription at Stripe, ended ones included, then those that are only cached; also those of which Stripe does not tell.
 * Throws what the Stripe SDK and the cache throw, and the signal's reason.
 */
export async function* compareSubscriptions(stripe: Stripe, cache: Cache, { signal, progress }: Ongoing = {}): AsyncGenerator<Comparison | Unanswered> {
  const open = await allOpenInvoices(stripe, signal);
  const listed = new Set<string>();
  for await (const { id, told } of listSubscriptions(stripe)) {
    signal?.throwIfAborted();
    listed.add(id);
    yield await (told ? compareListed(stripe, cache, told, open.get(id)) : compareAlone(stripe, cache, id)).catch((error: unknown) => unanswered(id, error));
    progress?.(listed.size);
  }
  for (const id of await cache.subscriptionIds()) {
    signal?.throwIfAborted();
    if (!listed.has(id)) yield await compareAlone(stripe, cache, id).catch((error: unknown) => unanswered(id, error));
  }
}

/** `told` is undefined where it has to be asked for alone. */
interface Listed {
  id: string;
  told: Stripe.Subscription | undefined;
}

async function* listSubscriptions(stripe: Stripe): AsyncGenerator<Listed> {
  for (let last: string | undefined, hasMore = true; hasMore; ) {
    const page = await pageAfter(stripe, last);
    yield* page.listed;
    [last, hasMore] = [page.listed.at(-1)?.id, page.hasMore];
  }
}

/** A page that Stripe refuses, for what one of its objects may be, is listed bare. */
async function pageAfter(stripe: Stripe, last: string | undefined): Promise<{ listed: Listed[]; hasMore: boolean }> {
  const parameters = { status: 'all', limit: PAGE, ...(last === undefined ? {} : { starting_after: last }) } as const;
  try {
    const page = await stripe.subscriptions.list({ ...parameters, expand: EXPANDED.map((path) => `data.${path}`) });
    return { listed: withIds(page.data).map((told) => ({ id: told.id, told })), hasMore: page.has_more };
  } catch (error) {
    if (!isRefused(error)) throw error;
    const page = await stripe.subscriptions.list(parameters);
    return { listed: withIds(page.data).map(({ id }) => ({ id, told: undefined })), hasMore: page.has_more };
  }
}

/** Without an id there is neither a next page nor anything to ask about. */
function withIds(listed: readonly Stripe.Subscription[]): readonly Stripe.Subscription[] {
  const hasId = (told: { id?: unknown } | null): boolean => isId(told?.id);
  if (!listed.every(hasId)) throw new DevchatError('failed', 'Stripe lists a subscription without an id', 'try again, best once devchat is updated');
  return listed;
}

/** Stripe lists neither what came meanwhile nor the subscriptions of test clocks, but answers about each: https://docs.stripe.com/api/subscriptions/list */
async function compareAlone(stripe: Stripe, cache: Cache, id: string): Promise<Comparison> {
  const told = await known(() => retrieveSubscription(stripe, id, EXPANDED));
  if (told) return compare(stripe, cache, told, await openInvoicesOf(stripe, id));
  const cached = await cache.subscription(id);
  const differences = [{ path: 'status', cached: cached?.subscription.status ?? null, stripe: null }];
  return { id, customer: cached?.subscription.customer ?? '', email: cached?.email ?? null, finding: 'unknown to Stripe', differences, open: [] };
}

async function compareListed(stripe: Stripe, cache: Cache, listed: Stripe.Subscription, open: readonly Stripe.Invoice[] = []): Promise<Comparison> {
  return compare(stripe, cache, await answerAbout(listed.id, wholeAnsweredSubscription, listed), await listAbout(listed.id, wholeAnsweredInvoice, open));
}

async function compare(stripe: Stripe, cache: Cache, told: Stripe.Subscription, open: readonly Stripe.Invoice[]): Promise<Comparison> {
  const cached = await cache.subscription(told.id);
  const email = cached?.email ?? (await cache.userByCustomer(idOf(told.customer)))?.email ?? null;
  const subject = { id: told.id, customer: idOf(told.customer), email, open: open.map(({ id }) => id) };
  if (!cached) return { ...subject, finding: 'not cached', differences: [{ path: 'status', cached: null, stripe: told.status }] };
  const differences = await differencesOf(stripe, cache, cached, { told, open });
  return { ...subject, finding: differences.length === 0 ? 'same' : 'differs', differences };
}

interface Told {
  told: Stripe.Subscription;
  open: readonly Stripe.Invoice[];
}

async function differencesOf(stripe: Stripe, cache: Cache, cached: CachedSubscription, { told, open }: Told): Promise<Difference[]> {
  const snapshot = plain(told);
  const differences = [...snapshotDifferences(cached.subscription.snapshot, snapshot), ...cardDifferences(cached.card, snapshot, paymentIn(told, 0))];
  const shown = new Map([...open, told.latest_invoice].flatMap((each) => (each && typeof each === 'object' ? [[each.id, each] as const] : [])));
  for (const id of invoicesToFetch(snapshot, open.map((each) => each.id), await cache.unsettledInvoices(told.id))) {
    const invoice = shown.get(id) ?? (await known(() => retrieveInvoice(stripe, id)));
    if (invoice) differences.push(...invoiceDifferences(await cache.invoice(id), invoice));
  }
  return differences;
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
