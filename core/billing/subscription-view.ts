/** Turns the cached state of a subscription into what people and programs are shown. */
import type Stripe from 'stripe';
import type { Card } from './cards.ts';
import type { Terms } from './policy.ts';
import { failedPaymentOf, scheduledEnd, standingOf } from './standing.ts';
import type { InvoiceState, SubscriptionState } from './state.ts';
import type { SubscriptionView } from './views.ts';
import { isoTime } from './words.ts';

/** A cached subscription with the invoice that matters (the failed one, of several the oldest; else the newest), its user's e-mail and what it is charged to. */
export interface CachedSubscription {
  subscription: SubscriptionState;
  invoice: InvoiceState | undefined;
  email: string | null;
  /** Null where there is nothing to charge, undefined where that is not known. */
  card?: Card | null | undefined;
}

/** What is shown of a cached subscription, judged by these terms. */
export function subscriptionView({ subscription, invoice, email }: CachedSubscription, terms: Terms): SubscriptionView {
  const { snapshot } = subscription;
  const item = snapshot.items?.data[0];
  return {
    id: subscription.id,
    customer: subscription.customer,
    email,
    status: subscription.status,
    type: isMonthly(item) ? 'monthly' : 'other',
    price: item?.price.id ?? null,
    currentPeriodEnd: time(item?.current_period_end),
    trialEnd: time(snapshot.trial_end),
    endsAt: time(scheduledEnd(snapshot)),
    endedAt: time(snapshot.ended_at),
    cancellation: cancellationOf(snapshot),
    failedPayment: failedPaymentOf(invoice),
    standing: standingOf(subscription, invoice, terms),
  };
}

/** Why it ends or ended, as far as anybody said: https://docs.stripe.com/api/subscriptions/object#subscription_object-cancellation_details */
export function cancellationOf({ cancellation_details: details }: Stripe.Subscription): SubscriptionView['cancellation'] {
  const { reason = null, feedback = null, comment = null } = details ?? {};
  return reason || feedback || comment ? { reason, feedback, comment } : null;
}

/** What the customer said on leaving, as `too expensive: "I love it, but…"`; empty where nothing was said. */
export function farewell(cancellation: SubscriptionView['cancellation']): string {
  return [cancellation?.feedback?.replaceAll('_', ' '), cancellation?.comment && `"${cancellation.comment}"`].filter(Boolean).join(': ');
}

function isMonthly(item: Stripe.SubscriptionItem | undefined): boolean {
  const recurring = item?.price.recurring;
  return recurring?.interval === 'month' && recurring.interval_count === 1;
}

function time(seconds: number | null | undefined): string | null {
  return seconds ? isoTime(seconds) : null;
}
