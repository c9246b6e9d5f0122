/** `POST /v1/subscriptions/:id/resume`: a paused subscription asks for its next payment, and comes back with it. */
import { invalidRequest } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import type { World } from '../world.ts';
import { HOUR_SECONDS } from './calendar.ts';
import { change } from './change.ts';
import { collectInvoice, issueInvoice } from './invoice-payment.ts';
import { voidInvoice } from './invoices.ts';
import { createProrationItem } from './invoice-items.ts';
import { charge, shareLeft } from './proration.ts';
import { resumeInto } from './resumption.ts';
import type { Invoice, Subscription } from './shapes.ts';
import { draftItemsInvoice, draftSubscriptionInvoice } from './subscription-invoice.ts';
import { currentPeriod, firstItem, periodAround, periodFrom, withPeriod } from './subscription-items.ts';
import type { Resumption, StoredSubscription } from './subscription-memory.ts';

/** An unpaid resumption is given up after this time. */
const RESUMPTION_SECONDS = 23 * HOUR_SECONDS;

/** The names are Stripe's. */
export interface ResumeOrder {
  billing_cycle_anchor?: { type: 'now' | 'unchanged' } | null;
  payment_behavior?: 'resume_on_payment_attempt' | 'resume_on_payment_success' | null;
  proration_behavior?: 'always_invoice' | 'create_prorations' | 'none' | null;
  proration_date?: number | null;
}

/**
 * Without a resumption invoice the subscription is active at once. Else the invoice is finalized, and the subscription comes back
 * when it is paid or written off; if nobody tries to pay it within 23 hours, it is void. Throws StripeError (400).
 * @see https://docs.stripe.com/api/subscriptions/resume
 */
export function resumeSubscription(world: World, id: string, order: ResumeOrder): Subscription {
  const subscription = { ...existing<StoredSubscription>(world, 'subscription', id), _paused_until: null };
  if (subscription.status !== 'paused') throw invalidRequest(`You can only resume a subscription that is paused; this one is ${subscription.status}.`);
  if (subscription._resumption) throw invalidRequest('The resumption of this subscription waits for the payment of its latest invoice.');
  return order.billing_cycle_anchor?.type === 'unchanged' ? resumeWithin(world, subscription, order) : resumeAfresh(world, subscription, order);
}

/** A new period begins now. */
function resumeAfresh(world: World, subscription: StoredSubscription, order: ResumeOrder): Subscription {
  const anchor = world.now();
  const period = periodFrom(firstItem(subscription).price, anchor, anchor);
  const past = { start: currentPeriod(subscription).start, end: anchor };
  const invoice = draftSubscriptionInvoice(world, withPeriod(subscription, period), 'subscription_update', past);
  return awaitPayment(world, subscription, { invoice, billing_cycle_anchor: anchor, period }, order);
}

/** The period that the old anchor gives; what is left of it is charged. */
function resumeWithin(world: World, subscription: StoredSubscription, order: ResumeOrder): Subscription {
  const into = { billing_cycle_anchor: subscription.billing_cycle_anchor, period: periodAround(firstItem(subscription).price, subscription.billing_cycle_anchor, world.now()) };
  const behavior = order.proration_behavior ?? 'create_prorations';
  const start = order.proration_date ?? world.now();
  const rest = { start, end: into.period.end, share: shareLeft(into.period, start) };
  const charges = behavior === 'none' ? [] : subscription.items.data.map((item) => charge(world, item, rest));
  const items = charges.filter(({ amount }) => amount !== 0).map((proration) => createProrationItem(world, subscription, proration));
  if (behavior !== 'always_invoice' || items.length === 0) return resumeInto(world, subscription, into, 'active');
  const invoice = draftItemsInvoice(world, subscription, 'subscription_update', items);
  return awaitPayment(world, subscription, { ...into, invoice }, order);
}

type Awaited = Omit<Resumption, 'invoice' | 'expires_at'> & { invoice: Invoice };

function awaitPayment(world: World, subscription: StoredSubscription, { invoice, ...into }: Awaited, order: ResumeOrder): Subscription {
  const paysNow = order.payment_behavior === 'resume_on_payment_success' || invoice.amount_due === 0;
  const expires_at = paysNow ? null : world.now() + RESUMPTION_SECONDS;
  const _resumption = { ...into, invoice: invoice.id, expires_at };
  change<StoredSubscription>(world, 'customer.subscription.updated', { ...subscription, _resumption, latest_invoice: invoice.id });
  if (paysNow) collectInvoice(world, invoice, { automatic: true });
  else issueInvoice(world, invoice, false);
  return existing<Subscription>(world, 'subscription', subscription.id);
}

/** Nobody tried to pay: the invoice is void, the subscription stays paused. */
export function giveUpResumption(world: World, subscription: StoredSubscription): void {
  const invoice = world.store.find<Invoice>('invoice', subscription._resumption?.invoice ?? '');
  world.store.save<StoredSubscription>({ ...subscription, _resumption: null });
  if (invoice?.status === 'open') voidInvoice(world, invoice);
}
