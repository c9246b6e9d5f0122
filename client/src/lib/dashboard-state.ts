/** Decides what the dashboard shows for a user: the state as data, without words and without React. */
import type { FailedPayment, SubscriptionView, UserView } from '../../../daemon/contract.ts';

export type DashboardState =
  | { kind: 'no-subscription' }
  | { kind: 'never-started' }
  | { kind: 'ended'; endedAt: string | null }
  | {
      kind: 'subscribed';
      subscription: SubscriptionView;
      paymentProblem: PaymentProblem | null;
      milestone: Milestone | null;
    };

/** A payment is owed. `failedPayment` is null as long as Stripe's status alone tells so. */
export interface PaymentProblem {
  failedPayment: FailedPayment | null;
  sessionIsOff: boolean;
}

/** The date that matters next; times are ISO 8601. */
export interface Milestone {
  kind: 'ends' | 'trial-until' | 'renews';
  at: string;
}

/** The statuses by which Stripe itself says that a payment is owed. */
const OWING_STATUSES: readonly string[] = ['past_due', 'unpaid'];

export function dashboardState({ subscription }: Pick<UserView, 'subscription'>): DashboardState {
  if (!subscription) return { kind: 'no-subscription' };
  if (subscription.status === 'incomplete_expired') return { kind: 'never-started' };
  if (subscription.status === 'canceled') return { kind: 'ended', endedAt: subscription.endedAt };
  return {
    kind: 'subscribed',
    subscription,
    paymentProblem: paymentProblem(subscription),
    milestone: milestone(subscription),
  };
}

/** Whether Stripe still runs a subscription for this user, paid or not: then there is nothing to buy. */
export function isSubscribed(user: Pick<UserView, 'subscription'>): boolean {
  return dashboardState(user).kind === 'subscribed';
}

function paymentProblem({ status, failedPayment, standing }: SubscriptionView): PaymentProblem | null {
  if (!failedPayment && !OWING_STATUSES.includes(status)) return null;
  return { failedPayment, sessionIsOff: standing.verdict !== 'on' };
}

function milestone({ status, endsAt, trialEnd, currentPeriodEnd, failedPayment }: SubscriptionView): Milestone | null {
  if (endsAt) return { kind: 'ends', at: endsAt };
  if (status === 'trialing' && trialEnd) return { kind: 'trial-until', at: trialEnd };
  if (status === 'active' && !failedPayment && currentPeriodEnd) return { kind: 'renews', at: currentPeriodEnd };
  return null;
}
