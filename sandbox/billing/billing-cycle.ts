/** How one period follows another: the end of a trial, a renewal, a period that begins before its time. */
import { existing } from '../wire/existing.ts';
import type { World } from '../world.ts';
import { change, tellInOrder } from './change.ts';
import { advanceInvoice } from './invoice-advance.ts';
import type { Period } from './invoice-lines.ts';
import type { Customer, Invoice, Subscription } from './shapes.ts';
import { endSubscription } from './subscription-end.ts';
import { draftSubscriptionInvoice } from './subscription-invoice.ts';
import { currentPeriod, firstItem, periodFrom, withPeriod } from './subscription-items.ts';
import type { StoredSubscription } from './subscription-memory.ts';
import { pauseSubscription } from './subscription-pause.ts';

type BillingReason = NonNullable<Invoice['billing_reason']>;

const TOLD_OF_A_PERIOD = ['invoiceitem.created', 'customer.subscription.updated', 'invoice.created'] as const;

/**
 * The trial is over. With a payment method the subscription is `active` and its first paid period begins with a draft
 * invoice, which is collected an hour later; without one its own setting decides.
 * @see https://docs.stripe.com/billing/subscriptions/trials
 */
export function endTrial(world: World, subscription: Subscription, reason: BillingReason = 'subscription_cycle'): Subscription {
  const missing = subscription.trial_settings?.end_behavior.missing_payment_method ?? 'create_invoice';
  if (missing !== 'create_invoice' && !canPay(world, subscription)) {
    if (missing === 'cancel') return endSubscription(world, subscription, null);
    return pauseSubscription(world, subscription, 'trial_end_without_payment_method');
  }
  return beginPeriod(world, { ...subscription, status: 'active' }, world.now(), reason);
}

/** Ends a trial before its time: what becomes due is collected at once. */
export function endTrialNow(world: World, subscription: Subscription): Subscription {
  const now = world.now();
  const over = { ...subscription, billing_cycle_anchor: now, trial_end: now };
  const ended = endTrial(world, over, world.switchOf('trial_end_now_billing_reason'));
  return ended.status === 'active' ? collectNow(world, ended) : ended;
}

/** The next period begins where the last one ended. */
export function renew(world: World, subscription: Subscription): Subscription {
  return beginPeriod(world, subscription, currentPeriod(subscription).end, 'subscription_cycle');
}

function canPay(world: World, subscription: Subscription): boolean {
  if (subscription.collection_method === 'send_invoice') return true;
  const customer = existing<Customer>(world, 'customer', subscription.customer);
  return (subscription.default_payment_method ?? customer.invoice_settings.default_payment_method) !== null;
}

/** The paid period that `start` lies in begins. Emits `customer.subscription.updated` and `invoice.created`. */
export function beginPeriod(world: World, subscription: Subscription, start: number, reason: BillingReason): Subscription {
  const period = periodFrom(firstItem(subscription).price, subscription.billing_cycle_anchor, start);
  return billPeriod(world, withPeriod(subscription, period), reason, { start: currentPeriod(subscription).start, end: start });
}

/** Bills the period that the subscription is in; `past` is the one that the invoice looks back on. */
export function billPeriod(world: World, begun: Subscription, reason: BillingReason, past: Period): Subscription {
  return tellInOrder(world, TOLD_OF_A_PERIOD, (telling) => {
    const invoice = draftSubscriptionInvoice(telling, begun, reason, past);
    const _upcoming_days = world.switchOf('upcoming_invoice_days');
    return change<StoredSubscription>(telling, 'customer.subscription.updated', { ...begun, _upcoming_days, latest_invoice: invoice.id });
  });
}

/** Collects the latest invoice without the hour's wait of a draft. */
export function collectNow(world: World, subscription: Subscription): Subscription {
  advanceInvoice(world, existing<Invoice>(world, 'invoice', subscription.latest_invoice ?? ''));
  return existing<Subscription>(world, 'subscription', subscription.id);
}
