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
  /** A new card is paying for it at the moment. */
  isCharging: boolean;
  /** Null where there is nothing to say, as of a session that has begun. */
  session: SessionFate | null;
}

/** What a missing payment means for the session; times are ISO 8601. */
export type SessionFate =
  | { kind: 'cancelled' | 'on-hold' | 'on'; at: string }
  | { kind: 'on-for-now'; at: string; until: string }
  | { kind: 'none-in-grace'; until: string }
  | { kind: 'none' };

/** The date that matters next; times are ISO 8601. */
export interface Milestone {
  kind: 'ends' | 'trial-until' | 'renews';
  at: string;
}

/** The statuses by which Stripe itself says that a payment is owed. */
const OWING_STATUSES: readonly string[] = ['past_due', 'unpaid'];

export function dashboardState(user: UserView): DashboardState {
  const { subscription } = user;
  if (!subscription) return { kind: 'no-subscription' };
  if (subscription.status === 'incomplete_expired') return { kind: 'never-started' };
  if (subscription.status === 'canceled') return { kind: 'ended', endedAt: subscription.endedAt };
  return {
    kind: 'subscribed',
    subscription,
    paymentProblem: paymentProblem(subscription, user),
    milestone: milestone(subscription),
  };
}

/** Whether Stripe still runs a subscription for this user, paid or not: then there is nothing to buy. */
export function isSubscribed(user: UserView): boolean {
  return dashboardState(user).kind === 'subscribed';
}

function paymentProblem({ status, failedPayment }: SubscriptionView, user: UserView): PaymentProblem | null {
  if (!failedPayment && !OWING_STATUSES.includes(status)) return null;
  return { failedPayment, isCharging: user.isCharging, session: sessionFate(user) };
}

function sessionFate({ standing, nextSession, cancelledSession }: UserView): SessionFate | null {
  const { verdict, graceUntil: until } = standing;
  if (cancelledSession && !cancelledSession.paid) return { kind: 'cancelled', at: cancelledSession.startsAt };
  if (!nextSession) return noSessionFate(standing);
  const { startsAt: at, hasBegun } = nextSession;
  if (hasBegun) return null;
  if (verdict !== 'on') return { kind: 'on-hold', at };
  return until && Date.parse(until) <= Date.parse(at) ? { kind: 'on-for-now', at, until } : { kind: 'on', at };
}

function noSessionFate({ verdict, graceUntil }: UserView['standing']): SessionFate | null {
  if (verdict !== 'on') return { kind: 'none' };
  return graceUntil ? { kind: 'none-in-grace', until: graceUntil } : null;
}

function milestone({ status, endsAt, trialEnd, currentPeriodEnd, failedPayment }: SubscriptionView): Milestone | null {
  if (endsAt) return { kind: 'ends', at: endsAt };
  if (status === 'trialing' && trialEnd) return { kind: 'trial-until', at: trialEnd };
  if (status === 'active' && !failedPayment && currentPeriodEnd) return { kind: 'renews', at: currentPeriodEnd };
  return null;
}
