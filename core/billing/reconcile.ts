/** Asks Stripe for the present state of a subscription and saves it: for what events alone could not tell. */
import type Stripe from 'stripe';
import { ASKED_AT_ONCE, eachAtOnce } from '../at-once.ts';
import type { Asked, Cache } from '../cache/cache.ts';
import { DevchatError } from '../errors.ts';
import { answeredAt } from '../stripe-time.ts';
import { isMissing } from '../stripe.ts';
import { answerAbout } from './answers.ts';
import { paymentIn } from './cards.ts';
import { invoiceAsAnswered } from './invoice-state.ts';
import { openInvoicesOf } from './open-invoices.ts';
import type { Ongoing } from './ongoing.ts';
import { idOf, type InvoiceState } from './state.ts';
import { unanswered, type Unanswered } from './unanswered.ts';
import { wholeAnsweredInvoice, wholeAnsweredSubscription } from './whole.ts';

const TRIES = 3;
const INVALID_REQUEST = 400;
/** What has to be expanded of a subscription to know what pays it. */
export const PAYMENT = ['default_payment_method', 'customer.invoice_settings.default_payment_method'];

/** `open` are the invoices that Stripe holds open, where they have been listed. */
type Manner = Pick<Asked, 'quietly'> & { open?: readonly string[] };

/**
 * Fetches a subscription, what pays it, its latest invoice and those that are or were open, and saves all, again if an event came in between.
 * Throws what the Stripe SDK throws, as the cache does, and `failed` where an answer cannot be read, or events kept coming in between.
 */
export async function refreshSubscription(stripe: Stripe, cache: Cache, id: string, manner: Manner = {}): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (await fetchAndSave(stripe, cache, id, manner)) return;
  }
  throw new Overtaken('failed', `${id} changed each time it was fetched`, 'it stays marked, and is fetched again later');
}

/** Stripe answered, but events kept coming in between: it settles once they have come. */
class Overtaken extends DevchatError {}

/** Whether an error says that events kept coming while Stripe answered. */
export function isOvertaken(error: unknown): boolean {
  return error instanceof Overtaken;
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

/**
 * The same for each of these, a few at once. Those of which Stripe does not tell stay on the questions, and stop no other.
 * Throws where no other would fare better, as the cache does, and the signal's reason.
 */
export async function settleQuestions(stripe: Stripe, cache: Cache, subscriptions: readonly string[], { signal, progress }: Ongoing = {}): Promise<Unanswered[]> {
  const open: Unanswered[] = [];
  let done = 0;
  await eachAtOnce(ASKED_AT_ONCE, subscriptions, async (id) => {
    signal?.throwIfAborted();
    await settleQuestion(stripe, cache, id).catch((error: unknown) => open.push(unanswered(id, error)));
    progress?.((done += 1));
  });
  return open;
}

/** Whether an error of the SDK says that Stripe does not do what it is asked in this way. */
export function isRefused(error: unknown): boolean {
  return (error as { statusCode?: number }).statusCode === INVALID_REQUEST && !isMissing(error);
}

/** A subscription as Stripe has it now. Throws as `answerAbout`. */
export function retrieveSubscription(stripe: Stripe, id: string, expand: string[]): Promise<Stripe.Response<Stripe.Subscription>> {
  return answerAbout(id, wholeAnsweredSubscription, retrieveExpanded(stripe, id, expand));
}

/** The same of an invoice. */
export function retrieveInvoice(stripe: Stripe, id: string, expand: string[] = []): Promise<Stripe.Invoice> {
  return answerAbout(id, wholeAnsweredInvoice, stripe.invoices.retrieve(id, { expand }));
}

/** That Stripe expands what is left of a deleted customer is not certain: refused, it is asked for the rest. */
async function retrieveExpanded(stripe: Stripe, id: string, expand: string[]): Promise<Stripe.Response<Stripe.Subscription>> {
  try {
    return await stripe.subscriptions.retrieve(id, { expand });
  } catch (error) {
    if (!isRefused(error)) throw error;
    return stripe.subscriptions.retrieve(id, { expand: expand.filter((path) => !path.startsWith('customer')) });
  }
}

async function fetchAndSave(stripe: Stripe, cache: Cache, id: string, { open, quietly = false }: Manner): Promise<boolean> {
  const { heard } = await cache.heardOf();
  const known = await cache.subscription(id);
  const [lastHeard] = known ? [] : await cache.events({ subscription: id, limit: 1 });
  const askedAt = performance.now();
  const answer = await retrieveSubscription(stripe, id, PAYMENT);
  const snapshot = plain(answer);
  const asOf = Math.max(stateAt(answer, performance.now() - askedAt), known?.subscription.asOf ?? 0);
  const unpaid = open ?? (await openInvoicesOf(stripe, id)).map((invoice) => invoice.id);
  const invoices = await fetchInvoices(stripe, cache, invoicesToFetch(snapshot, unpaid, await cache.unsettledInvoices(id)), asOf);
  const version = (known?.subscription.version ?? 0) + 1;
  const state = { id: snapshot.id, customer: idOf(snapshot.customer), status: snapshot.status, asOf, version, event: null, snapshot };
  return cache.saveSubscription(state, invoices, paymentIn(answer, asOf), { quietly, heard, after: lastHeard?.sequence ?? 0 });
}

/** The latest invoice of a subscription, those that Stripe holds open, and those of which it is not known that they are settled. */
export function invoicesToFetch({ latest_invoice: latest }: Stripe.Subscription, open: readonly string[], unsettled: readonly string[]): string[] {
  return [...new Set([...(latest ? [idOf(latest)] : []), ...open, ...unsettled])];
}

async function fetchInvoices(stripe: Stripe, cache: Cache, ids: readonly string[], asOf: number): Promise<InvoiceState[]> {
  const invoices: InvoiceState[] = [];
  await eachAtOnce(ASKED_AT_ONCE, ids, async (id) => {
    const invoice = await fetchInvoice(stripe, cache, id, asOf);
    if (invoice) invoices.push(invoice);
  });
  return invoices;
}

/** Undefined for an invoice that Stripe no longer has: a draft can be deleted. */
async function fetchInvoice(stripe: Stripe, cache: Cache, id: string, asOf: number): Promise<InvoiceState | undefined> {
  try {
    const invoice = await retrieveInvoice(stripe, id, ['payments.data.payment.payment_intent']);
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
