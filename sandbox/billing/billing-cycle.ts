/** How one period follows another: the end of a trial, a renewal, a pause and its end. */
import { invalidRequest } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import type { World } from '../world.ts';
import { change, tellInOrder } from './change.ts';
import { advanceInvoice } from './invoice-advance.ts';
import type { Period } from './invoice-lines.ts';
import { createInvoice } from './new-invoice.ts';
import type { Customer, Invoice, Subscription } from './shapes.ts';
import { endSubscription } from './subscription-end.ts';
import { currentPeriod, firstItem, periodFrom, subscriptionLines, withPeriod } from './subscription-items.ts';

type BillingReason = NonNullable<Invoice['billing_reason']>;

const TOLD_OF_A_PERIOD = ['customer.subscription.updated', 'invoice.created'] as const;

/**
 * The trial is over. With a payment method the subscription is `active` and its first paid period begins with a draft
 * invoice, which is collected an hour later; without one its own setting decides.
 * @see https://docs.stripe.com/billing/subscriptions/trials
 */
export function endTrial(world: World, subscription: Subscription): Subscription {
  const missing = subscription.trial_settings?.end_behavior.missing_payment_method ?? 'create_invoice';
  if (missing !== 'create_invoice' && !canPay(world, subscription)) {
    return missing === 'pause' ? pauseAfterTrial(world, subscription) : endSubscription(world, subscription, null);
  }
  return beginPeriod(world, { ...subscription, status: 'active' }, world.now(), 'subscription_cycle');
}

/** Ends a trial before its time: what becomes due is collected at once. */
export function endTrialNow(world: World, subscription: Subscription): Subscription {
  const now = world.now();
  const ended = endTrial(world, { ...subscription, billing_cycle_anchor: now, trial_end: now });
  return ended.status === 'active' ? collectNow(world, ended) : ended;
}

/** The next period begins where the last one ended. */
export function renew(world: World, subscription: Subscription): Subscription {
  return beginPeriod(world, subscription, currentPeriod(subscription).end, 'subscription_cycle');
}

/** `POST /v1/subscriptions/:id/resume`: a new period begins now and is collected at once. Throws StripeError (400). */
export function resumeSubscription(world: World, subscription: Subscription): Subscription {
  if (subscription.status !== 'paused') {
    throw invalidRequest('You can only resume a subscription that is paused.', undefined, 'resource_missing');
  }
  const { status_details: _paused, ...rest } = subscription;
  const anchored: Subscription = { ...rest, billing_cycle_anchor: world.now(), status: 'active' };
  const resumed = beginPeriod(world, anchored, world.now(), 'subscription_update');
  world.emit('customer.subscription.resumed', resumed);
  return collectNow(world, resumed);
}

function canPay(world: World, subscription: Subscription): boolean {
  const customer = existing<Customer>(world, 'customer', subscription.customer);
  return (subscription.default_payment_method ?? customer.invoice_settings.default_payment_method) !== null;
}

function pauseAfterTrial(world: World, subscription: Subscription): Subscription {
  const reason = { subscription: { type: 'trial_end_without_payment_method' }, type: 'subscription' } as const;
  const paused = change<Subscription>(world, 'customer.subscription.updated', {
    ...subscription,
    status: 'paused',
    status_details: { paused: { ...reason, transitioned_at: world.now() } },
  });
  world.emit('customer.subscription.paused', paused);
  return paused;
}

function beginPeriod(
  world: World,
  subscription: Subscription,
  start: number,
  reason: BillingReason,
): Subscription {
  const before = currentPeriod(subscription);
  const period = periodFrom(firstItem(subscription).price, subscription.billing_cycle_anchor, start);
  const begun = withPeriod(subscription, period);
  return tellInOrder(world, TOLD_OF_A_PERIOD, (telling) => {
    const invoice = draftInvoice(telling, begun, reason, { start: before.start, end: start });
    return change(telling, 'customer.subscription.updated', { ...begun, latest_invoice: invoice.id });
  });
}

function draftInvoice(world: World, subscription: Subscription, billing_reason: BillingReason, past: Period): Invoice {
  return createInvoice(world, {
    customer: existing<Customer>(world, 'customer', subscription.customer),
    currency: subscription.currency,
    lines: subscriptionLines(world, subscription, currentPeriod(subscription)),
    billing_reason,
    period: past,
    auto_advance: subscription.pause_collection?.behavior !== 'keep_as_draft',
    subscription,
  });
}

function collectNow(world: World, subscription: Subscription): Subscription {
  advanceInvoice(world, existing<Invoice>(world, 'invoice', subscription.latest_invoice ?? ''));
  return world.store.find<Subscription>('subscription', subscription.id) ?? subscription;
}
