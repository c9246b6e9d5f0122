/** What the end of a subscription, or its pause, still bills or gives back. */
import { existing } from '../wire/existing.ts';
import type { World } from '../world.ts';
import { change } from './change.ts';
import { advanceInvoice } from './invoice-advance.ts';
import { createProrationItem, deleteInvoiceItem, pendingItems, pendingItemsFor, subscriptionIdOf } from './invoice-items.ts';
import { prorationsOf } from './proration.ts';
import type { InvoiceItem, Subscription } from './shapes.ts';
import { draftItemsInvoice } from './subscription-invoice.ts';

/** The names are Stripe's. */
export interface FinalBilling {
  /** A last invoice of what is pending. */
  invoice_now?: boolean | null;
  /** A credit for the unused time of the paid period. */
  prorate?: boolean | null;
}

/**
 * Without either, the pending prorations of the subscription are given up. Emits `invoiceitem.created` or `invoiceitem.deleted`,
 * and the events of a last invoice, which is collected at once.
 */
export function billEnd(world: World, subscription: Subscription, { invoice_now, prorate }: FinalBilling): Subscription {
  if (prorate === true) {
    for (const proration of prorationsOf(world, subscription, [], world.now())) createProrationItem(world, subscription, proration);
  }
  if (invoice_now === true) return invoicePendingItems(world, subscription, pendingItemsFor(world, subscription));
  if (prorate !== true) giveUpProrations(world, subscription);
  return subscription;
}

/** A last invoice of these items, collected at once. Emits `customer.subscription.updated`, too. */
export function invoicePendingItems(world: World, subscription: Subscription, items: readonly InvoiceItem[]): Subscription {
  if (items.length === 0) return subscription;
  const invoice = draftItemsInvoice(world, subscription, 'subscription_update', items);
  advanceInvoice(world, invoice);
  const latest = existing<Subscription>(world, 'subscription', subscription.id);
  return change<Subscription>(world, 'customer.subscription.updated', { ...latest, latest_invoice: invoice.id });
}

function giveUpProrations(world: World, subscription: Subscription): void {
  const pending = pendingItems(world, subscription.customer);
  for (const item of pending) if (item.proration && subscriptionIdOf(item) === subscription.id) deleteInvoiceItem(world, item);
}
