/** Turns the cached state of a subscription into what people and programs are shown. */
import type Stripe from 'stripe';
import { failedPaymentOf, isoTime, scheduledEnd, standingOf } from './standing.ts';
import type { InvoiceState, SubscriptionState } from './state.ts';
import type { SubscriptionView } from './views.ts';

/** A cached subscription with the invoice that matters (the failed one, else the newest) and its user's e-mail. */
export interface CachedSubscription {
  subscription: SubscriptionState;
  invoice: InvoiceState | undefined;
  email: string | null;
}

/** What is shown of a cached subscription. */
export function subscriptionView({ subscription, invoice, email }: CachedSubscription): SubscriptionView {
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
    failedPayment: failedPaymentOf(invoice),
    standing: standingOf(subscription, invoice),
  };
}

function isMonthly(item: Stripe.SubscriptionItem | undefined): boolean {
  const recurring = item?.price.recurring;
  return recurring?.interval === 'month' && recurring.interval_count === 1;
}

function time(seconds: number | null | undefined): string | null {
  return seconds ? isoTime(seconds) : null;
}
