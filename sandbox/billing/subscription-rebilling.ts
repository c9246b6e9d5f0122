/** What a change of a running subscription bills: prorations, and at once where Stripe begins a new period. */
import { invalidRequest } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import type { World } from '../world.ts';
import { beginPeriod, billPeriod, collectNow } from './billing-cycle.ts';
import { change } from './change.ts';
import { createProrationItem } from './invoice-items.ts';
import { issueInvoice, paymentRefusal } from './invoice-payment.ts';
import { isPaidInAdvance, prorationsOf, type Proration } from './proration.ts';
import type { Invoice, InvoiceItem, Subscription } from './shapes.ts';
import type { Rebilling } from './subscription-changes.ts';
import { draftItemsInvoice } from './subscription-invoice.ts';
import { currentPeriod, firstItem } from './subscription-items.ts';

/**
 * Stores `after` and bills the difference. Emits `invoiceitem.created` for each proration, one `customer.subscription.updated`,
 * and the events of an invoice that is collected at once. Throws StripeError: 400 for a `proration_date` outside of the period,
 * 402 with `error_if_incomplete` and a declined card (then nothing has changed).
 */
export function rebill(world: World, before: Subscription, after: Subscription, how: Rebilling): Subscription {
  const items = plannedProrations(world, before, after, how).map((proration) => createProrationItem(world, after, proration));
  const billed = billChange(world, before, after, how, items);
  if (billed.latest_invoice === before.latest_invoice) return billed;
  return payChange(world, billed, how);
}

/** The prorations of a change, not made yet. */
export function plannedProrations(world: World, before: Subscription, after: Subscription, how: Rebilling): Proration[] {
  if (how.proration_behavior === 'none') return [];
  const at = prorationDate(world, before, how.proration_date);
  const begins = beginsAnew(before, after);
  return prorationsOf(world, before, begins ? [] : after.items.data, at);
}

function prorationDate(world: World, subscription: Subscription, date: number | null | undefined): number {
  if (date == null) return world.now();
  const { start, end } = currentPeriod(subscription);
  if (date >= start && date <= end) return date;
  throw invalidRequest('Cannot specify `proration_date` outside of current subscription period.', 'proration_date');
}

/** Another interval, the way from free to paid, and a trial: each resets the billing date and is billed at once. */
export function beginsAnew(before: Subscription, after: Subscription): boolean {
  if (!isPaidInAdvance(before)) return false;
  return after.status === 'trialing' || intervalOf(before) !== intervalOf(after) || (costOf(before) === 0 && costOf(after) > 0);
}

function intervalOf(subscription: Subscription): string {
  const { interval, interval_count } = firstItem(subscription).price.recurring ?? {};
  return `${interval_count} ${interval}`;
}

function costOf(subscription: Subscription): number {
  return subscription.items.data.reduce((sum, { price, quantity }) => sum + (price.unit_amount ?? 0) * (quantity ?? 1), 0);
}

function billChange(world: World, before: Subscription, after: Subscription, how: Rebilling, items: InvoiceItem[]): Subscription {
  if (beginsAnew(before, after)) {
    const past = { start: currentPeriod(before).start, end: world.now() };
    if (after.status === 'trialing') return billPeriod(world, after, 'subscription_update', past);
    return beginPeriod(world, { ...after, billing_cycle_anchor: world.now() }, world.now(), 'subscription_update');
  }
  if (how.proration_behavior !== 'always_invoice' || items.length === 0) return change(world, 'customer.subscription.updated', after);
  const invoice = draftItemsInvoice(world, after, 'subscription_update', items);
  return change(world, 'customer.subscription.updated', { ...after, latest_invoice: invoice.id });
}

function payChange(world: World, subscription: Subscription, { payment_behavior }: Rebilling): Subscription {
  const invoice = existing<Invoice>(world, 'invoice', subscription.latest_invoice ?? '');
  if (payment_behavior === 'default_incomplete' && invoice.amount_due > 0) {
    issueInvoice(world, invoice);
    return existing<Subscription>(world, 'subscription', subscription.id);
  }
  const paid = collectNow(world, subscription);
  const collected = existing<Invoice>(world, 'invoice', invoice.id);
  if (payment_behavior === 'error_if_incomplete' && collected.attempted && collected.status === 'open') {
    throw paymentRefusal(world, collected, { keepsWrites: false });
  }
  return paid;
}
