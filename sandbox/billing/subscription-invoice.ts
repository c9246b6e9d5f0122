/** The invoice that bills a subscription: its period, and what waits for its next invoice. */
import { existing } from '../wire/existing.ts';
import type { World } from '../world.ts';
import { itemLine, type Period } from './invoice-lines.ts';
import { pendingItemsFor } from './invoice-items.ts';
import { createInvoice } from './new-invoice.ts';
import type { Customer, Invoice, InvoiceItem, InvoiceLine, Subscription } from './shapes.ts';
import { currentPeriod, subscriptionLines } from './subscription-items.ts';

type BillingReason = NonNullable<Invoice['billing_reason']>;

/** A draft of the current period and the pending items. Emits `invoice.created`. */
export function draftSubscriptionInvoice(
  world: World,
  subscription: Subscription,
  reason: BillingReason,
  past: Period,
  items = pendingItemsFor(world, subscription),
): Invoice {
  const lines = subscriptionLines(world, subscription, currentPeriod(subscription));
  return draft(world, subscription, { reason, past, items, lines });
}

/** A draft of these pending items alone. Emits `invoice.created`. */
export function draftItemsInvoice(world: World, subscription: Subscription, reason: BillingReason, items: readonly InvoiceItem[]): Invoice {
  const { start } = currentPeriod(subscription);
  return draft(world, subscription, { reason, past: { start, end: world.now() }, items, lines: [] });
}

interface Contents {
  reason: BillingReason;
  past: Period;
  items: readonly InvoiceItem[];
  lines: readonly InvoiceLine[];
}

function draft(world: World, subscription: Subscription, { reason, past, items, lines }: Contents): Invoice {
  const invoice = createInvoice(world, {
    customer: existing<Customer>(world, 'customer', subscription.customer),
    currency: subscription.currency,
    lines: [...items.map((item) => itemLine(world, item)), ...lines],
    billing_reason: reason,
    period: past,
    auto_advance: isCollected(subscription),
    subscription,
    days_until_due: subscription.days_until_due,
  });
  for (const item of items) world.store.save<InvoiceItem>({ ...item, invoice: invoice.id });
  return invoice;
}

/** Nobody collects for a subscription that is given up, or whose owner keeps the drafts. */
function isCollected({ status, pause_collection }: Subscription): boolean {
  return status !== 'unpaid' && pause_collection?.behavior !== 'keep_as_draft';
}
