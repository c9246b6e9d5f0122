/** Asks Stripe for the present state of a subscription and saves it: for what events alone could not tell. */
import type Stripe from 'stripe';
import type { Asked, Cache } from '../cache/cache.ts';
import { DevchatError } from '../errors.ts';
import { answeredAt } from '../stripe-time.ts';
import { paymentIn } from './cards.ts';
import { invoiceAsAnswered } from './invoice-state.ts';
import { idOf, isSettled, type InvoiceState } from './state.ts';

const TRIES = 3;
/** What has to be expanded of a subscription to know what pays it. */
export const PAYMENT = ['default_payment_method', 'customer.invoice_settings.default_payment_method'];

type Manner = Pick<Asked, 'quietly'>;

/**
 * Fetches a subscription, what pays it, its latest invoice and the unpaid one that matters, and saves all, again if an event came in between.
 * Throws what the Stripe SDK throws, as the cache does, and `failed` where events kept coming in between.
 */
export async function refreshSubscription(stripe: Stripe, cache: Cache, id: string, manner: Manner = {}): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (await fetchAndSave(stripe, cache, id, manner)) return;
  }
  throw new DevchatError('failed', `${id} changed each time it was fetched`, 'it stays marked, and is fetched again later');
}

/** Asks Stripe what has to be asked of a subscription. False, and it is asked no more, where Stripe does not know it. Throws as `refreshSubscription`. */
export async function settleQuestion(stripe: Stripe, cache: Cache, id: string): Promise<boolean> {
  try {
    await refreshSubscription(stripe, cache, id);
    return true;
  } catch (error) {
    if (!isMissing(error)) throw error;
    await cache.dropQuestion(id);
    return false;
  }
}

/** Whether an error of the SDK says that there is no such object. */
export function isMissing(error: unknown): boolean {
  return (error as { code?: string }).code === 'resource_missing';
}

async function fetchAndSave(stripe: Stripe, cache: Cache, id: string, manner: Manner): Promise<boolean> {
  const { heard } = await cache.heardOf();
  const known = await cache.subscription(id);
  const [lastHeard] = known ? [] : await cache.events({ subscription: id, limit: 1 });
  const askedAt = performance.now();
  const answer = await stripe.subscriptions.retrieve(id, { expand: PAYMENT });
  const snapshot = plain(answer);
  const asOf = Math.max(stateAt(answer, performance.now() - askedAt), known?.subscription.asOf ?? 0);
  const invoices = await Promise.all(invoicesToFetch(snapshot, known?.invoice).map((invoice) => fetchInvoice(stripe, cache, invoice, asOf)));
  const version = (known?.subscription.version ?? 0) + 1;
  const state = { id: snapshot.id, customer: idOf(snapshot.customer), status: snapshot.status, asOf, version, event: null, snapshot };
  const asked = { ...manner, heard, after: lastHeard?.sequence ?? 0 };
  return cache.saveSubscription(state, invoices.filter((invoice) => invoice !== undefined), paymentIn(answer, asOf), asked);
}

/** The latest invoice of a subscription, and the unpaid one that is known. */
export function invoicesToFetch({ latest_invoice: latest }: Stripe.Subscription, known: InvoiceState | undefined): string[] {
  const unpaid = known && !isSettled(known.status) ? [known.id] : [];
  return [...new Set([...(latest ? [idOf(latest)] : []), ...unpaid])];
}

/** Undefined for an invoice that Stripe no longer has: a draft can be deleted. */
async function fetchInvoice(stripe: Stripe, cache: Cache, id: string, asOf: number): Promise<InvoiceState | undefined> {
  try {
    const invoice = await stripe.invoices.retrieve(id, { expand: ['payments.data.payment.payment_intent'] });
    const known = await cache.invoice(id);
    return invoiceAsAnswered(invoice, Math.max(asOf, known?.asOf ?? 0), known);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * From when the state in an answer is at the earliest, in Stripe's seconds: the time of the answer, less what it took. Only
 * Stripe's times are ever compared. Events of a test clock bear a time of their own, which may be ahead: what was asked for
 * after an event is never older than it.
 */
function stateAt(answer: Stripe.Response<unknown>, tookMilliseconds: number): number {
  return Math.max(answeredAt(answer) - Math.ceil(tookMilliseconds / 1000), 0);
}

/** As events show it: snapshots are compared whole. */
export function plain(answer: Stripe.Subscription): Stripe.Subscription {
  const { customer, default_payment_method: own, latest_invoice: latest, ...subscription } = JSON.parse(JSON.stringify(answer)) as Stripe.Subscription;
  return { ...subscription, customer: idOf(customer), default_payment_method: own && idOf(own), latest_invoice: latest && idOf(latest) };
}
