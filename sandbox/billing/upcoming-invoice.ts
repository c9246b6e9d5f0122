/** The next invoice before it exists: `invoice.upcoming`, and previews of it. */
import { existing } from '../wire/existing.ts';
import type { World } from '../world.ts';
import { DAY_SECONDS } from './calendar.ts';
import { buildProrationItem, pendingItemsFor } from './invoice-items.ts';
import { itemLine } from './invoice-lines.ts';
import { buildInvoice } from './new-invoice.ts';
import type { Proration } from './proration.ts';
import type { Customer, Invoice, InvoiceItem, InvoiceLine, Subscription } from './shapes.ts';
import { currentPeriod, firstItem, periodFrom, subscriptionLines, withPeriod } from './subscription-items.ts';
import type { StoredSubscription } from './subscription-memory.ts';

const RENEWED: readonly string[] = ['active', 'past_due', 'trialing'];

/** When `invoice.upcoming` tells of the next renewal; `undefined` when none comes, it was told of, or the period is too short. */
export function upcomingDue(subscription: StoredSubscription): number | undefined {
  const { start, end } = currentPeriod(subscription);
  const { cancel_at, pause_collection, status, _upcoming_days: days = 'never', _upcoming_told } = subscription;
  const isCharged = subscription.collection_method === 'charge_automatically' && pause_collection === null;
  const isRenewed = RENEWED.includes(status) && isCharged && (cancel_at === null || cancel_at > end);
  if (days === 'never' || !isRenewed || _upcoming_told === end) return undefined;
  const at = end - Number(days) * DAY_SECONDS;
  return at > start ? at : undefined;
}

/** Tells of a renewal that a change has made certain within its last days. */
export function remindOfRenewal(world: World, id: string): void {
  const subscription = existing<StoredSubscription>(world, 'subscription', id);
  const due = upcomingDue(subscription);
  if (due !== undefined && due <= world.now()) tellOfRenewal(world, subscription);
}

/** Emits `invoice.upcoming`; the invoice has no id yet. */
export function tellOfRenewal(world: World, subscription: StoredSubscription): void {
  world.store.save<StoredSubscription>({ ...subscription, _upcoming_told: currentPeriod(subscription).end });
  const { id: _none, ...upcoming } = nextInvoice(world, subscription, []);
  world.emit('invoice.upcoming', { ...upcoming, billing_reason: 'upcoming' } as unknown as Invoice);
}

/** What the renewal at the end of the period will bill, with prorations that are not made yet. */
export function nextInvoice(
  world: World,
  subscription: Subscription,
  prorations: readonly Proration[],
  pending: readonly InvoiceItem[] = pendingItemsFor(world, subscription),
): Invoice {
  const { start, end } = currentPeriod(subscription);
  const period = periodFrom(firstItem(subscription).price, subscription.billing_cycle_anchor, end);
  const paying: Subscription = { ...subscription, status: 'active' };
  const lines = [
    ...pending.map((item) => itemLine(world, item)),
    ...prorationLines(world, subscription, prorations),
    ...subscriptionLines(world, withPeriod(paying, period), period),
  ];
  // The time that objects carry, in the sandbox's own time too; nothing is told here.
  return world.inTestClock(end, () => previewOf(world, subscription, lines, { start, end }));
}

export function prorationLines(world: World, subscription: Subscription, prorations: readonly Proration[]): InvoiceLine[] {
  return prorations.map((proration) => itemLine(world, buildProrationItem(world, subscription, proration)));
}

/** An invoice of these lines that nobody stores. */
export function previewOf(world: World, subscription: Subscription, lines: InvoiceLine[], period: { start: number; end: number }): Invoice {
  const id = world.newId('upcoming_in');
  return buildInvoice(world, id, {
    customer: existing<Customer>(world, 'customer', subscription.customer),
    currency: subscription.currency,
    lines,
    billing_reason: 'upcoming',
    period,
    auto_advance: true,
    subscription,
    days_until_due: subscription.days_until_due,
  });
}
