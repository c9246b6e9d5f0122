/** Proration by the second: what a change within a paid period gives back and charges for the rest of it. */
import type { World } from '../world.ts';
import { productName, type Period } from './invoice-lines.ts';
import type { Invoice, Subscription, SubscriptionItem } from './shapes.ts';
import { currentPeriod } from './subscription-items.ts';

/** One credit (a negative amount) or charge for the rest of a period. */
export interface Proration {
  item: SubscriptionItem;
  /** Minor units. */
  amount: number;
  period: Period;
  description: string;
  /** The paid lines that a credit gives back. */
  creditedLines: { invoice: string; invoice_line_items: string[] } | null;
}

const PAID_IN_ADVANCE: readonly string[] = ['active', 'past_due', 'unpaid'];

/** Whether a change within the period is worth money: not of a trial, a pause, or what has not begun. */
export function isPaidInAdvance({ status }: Subscription): boolean {
  return PAID_IN_ADVANCE.includes(status);
}

/**
 * What becomes due when `before` turns into `after` at the moment `at` (seconds): a credit for the unused time of each item that
 * changes or goes, a charge for the remaining time of each that is changed or new. Stripe rounds each to a minor unit.
 * @see https://docs.stripe.com/billing/subscriptions/prorations
 */
export function prorationsOf(world: World, before: Subscription, after: SubscriptionItem[], at: number): Proration[] {
  if (!isPaidInAdvance(before)) return [];
  const rest: Rest = { start: at, end: currentPeriod(before).end, share: shareLeft(currentPeriod(before), at) };
  const credits = differing(before.items.data, after).map((item) => credit(world, before, item, rest));
  const charges = differing(after, before.items.data).map((item) => charge(world, item, rest));
  return [...credits, ...charges].filter(({ amount }) => amount !== 0);
}

/** The rest of a period, and how much of it that is (0 to 1). */
interface Rest extends Period {
  share: number;
}

export function shareLeft({ start, end }: Period, at: number): number {
  return Math.min(Math.max((end - at) / (end - start), 0), 1);
}

/** The items that the other side does not have as they are. */
function differing(items: SubscriptionItem[], others: SubscriptionItem[]): SubscriptionItem[] {
  return items.filter((item) => !others.some((other) => other.id === item.id && other.price.id === item.price.id && other.quantity === item.quantity));
}

function credit(world: World, subscription: Subscription, item: SubscriptionItem, rest: Rest): Proration {
  return {
    ...portion(world, item, rest, 'Unused time on'),
    amount: -restOf(item, rest),
    creditedLines: paidLines(world, subscription, item),
  };
}

export function charge(world: World, item: SubscriptionItem, rest: Rest): Proration {
  return { ...portion(world, item, rest, 'Remaining time on'), amount: restOf(item, rest), creditedLines: null };
}

function portion(world: World, item: SubscriptionItem, { start, end }: Rest, words: string): Pick<Proration, 'item' | 'period' | 'description'> {
  const quantity = item.quantity ?? 1;
  const what = quantity === 1 ? productName(world, item.price) : `${quantity} × ${productName(world, item.price)}`;
  return { item, period: { start, end }, description: `${words} ${what} after ${dayOf(start)}` };
}

function restOf(item: SubscriptionItem, { share }: Rest): number {
  return Math.round((item.price.unit_amount ?? 0) * (item.quantity ?? 1) * share);
}

/** `15 Jan 2026` */
function dayOf(seconds: number): string {
  return new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(seconds * 1000);
}

function paidLines(world: World, subscription: Subscription, item: SubscriptionItem): Proration['creditedLines'] {
  const invoice = world.store.find<Invoice>('invoice', subscription.latest_invoice ?? '');
  const lines = invoice?.lines.data.filter((line) => line.parent?.subscription_item_details?.subscription_item === item.id && line.amount > 0);
  return invoice === undefined || !lines?.length ? null : { invoice: invoice.id, invoice_line_items: lines.map(({ id }) => id) };
}
