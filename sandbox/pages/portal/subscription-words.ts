/** What the portal says about a subscription. */
import type { Invoice, Product, Subscription } from '../../billing/shapes.ts';
import { isEnded } from '../../billing/subscription-end.ts';
import { currentPeriod } from '../../billing/subscription-items.ts';
import type { StoredSubscription } from '../../billing/subscription-memory.ts';
import { pauseFault } from '../../billing/subscription-pause.ts';
import type { World } from '../../world.ts';
import { longDate, money, perInterval, shortDate } from '../format.ts';
import type { SubscriptionView } from './home-view.ts';
import { isLeaving, type PortalVisit } from './session.ts';

export function subscriptionView(world: World, portal: PortalVisit, subscription: Subscription): SubscriptionView {
  const { subscription_cancel, subscription_pause, subscription_update } = portal.features;
  const canChange = subscription_cancel.enabled && !isEnded(subscription);
  const canUpdate = subscription_update.enabled && !isEnded(subscription) && subscription.items.data.length === 1;
  const url = `${portal.root}/subscriptions/${subscription.id}`;
  return {
    id: subscription.id,
    ...productAndPrice(world, subscription),
    badge: badgeOf(subscription),
    state: stateOf(subscription),
    problem: problemOf(world, subscription),
    updateUrl: canUpdate ? `${url}/update` : null,
    pauseUrl: subscription_pause.enabled && !isLeaving(subscription) && pauseFault(subscription) === undefined ? `${url}/pause` : null,
    resumeUrl: subscription_pause.enabled && subscription.status === 'paused' && !awaitsResumption(subscription) ? `${url}/resume` : null,
    cancelUrl: canChange && !isLeaving(subscription) ? `${url}/cancel` : null,
    keepUrl: canChange && isLeaving(subscription) ? `${url}/keep` : null,
  };
}

export function productAndPrice(world: World, subscription: Subscription): { product: string; price: string } {
  const items = subscription.items.data;
  const names = items.map(({ price }) => world.store.find<Product>('product', price.product)?.name ?? 'Subscription');
  const amount = items.reduce((sum, { price, quantity }) => sum + (price.unit_amount ?? 0) * (quantity ?? 1), 0);
  const interval = perInterval({ recurring: items[0]?.price.recurring ?? null });
  return { product: names.join(' and '), price: `${money(amount, subscription.currency)} ${interval}` };
}

/** When a cancellation made now takes effect. */
export function lastDay(subscription: Subscription): string {
  return longDate(subscription.cancel_at ?? currentPeriod(subscription).end);
}

const BADGES: Readonly<Record<string, SubscriptionView['badge']>> = {
  active: { label: 'Active', tone: 'good' },
  canceled: { label: 'Canceled', tone: 'quiet' },
  incomplete: { label: 'Incomplete', tone: 'warning' },
  past_due: { label: 'Past due', tone: 'bad' },
  paused: { label: 'Paused', tone: 'quiet' },
  unpaid: { label: 'Unpaid', tone: 'bad' },
};

function badgeOf(subscription: Subscription): SubscriptionView['badge'] {
  const { status, cancel_at, trial_end } = subscription;
  if (isLeaving(subscription)) return { label: `Cancels ${shortDate(cancel_at ?? currentPeriod(subscription).end)}`, tone: 'warning' };
  if (status === 'trialing' && trial_end !== null) return { label: `Trial ends ${shortDate(trial_end)}`, tone: 'good' };
  return BADGES[status] ?? null;
}

function stateOf(subscription: Subscription): string {
  const { status, ended_at, created } = subscription;
  if (isEnded(subscription)) return `Your plan ended on ${longDate(ended_at ?? created)}.`;
  if (isLeaving(subscription)) return `Your plan will be canceled on ${lastDay(subscription)}.`;
  if (status === 'paused') return pausedState(subscription);
  if (status === 'incomplete') return 'Your plan starts with its first payment.';
  return `Your plan renews on ${longDate(currentPeriod(subscription).end)}.`;
}

function pausedState(subscription: StoredSubscription): string {
  if (awaitsResumption(subscription)) return 'Your plan resumes with the payment of its invoice.';
  const { _paused_until: until } = subscription;
  return until == null ? 'Your plan is paused.' : `Your plan is paused until ${longDate(until)}.`;
}

/** Its resumption was asked for, and waits for a payment. */
export function awaitsResumption({ _resumption }: StoredSubscription): boolean {
  return _resumption != null;
}

const UNPAID: readonly string[] = ['incomplete', 'past_due', 'paused', 'unpaid'];

function problemOf(world: World, subscription: Subscription): SubscriptionView['problem'] {
  if (!UNPAID.includes(subscription.status)) return null;
  const invoice = world.store.find<Invoice>('invoice', subscription.latest_invoice ?? '');
  if (invoice?.status !== 'open') return null;
  const url = invoice.hosted_invoice_url;
  return {
    text: `Your last payment of ${money(invoice.amount_due, invoice.currency)} failed.`,
    link: url == null ? null : { href: url, label: 'Pay now' },
  };
}
