/** A user, a healthy subscription and a failed payment, as the daemon writes them; tests change what they are about. */
import type { FailedPayment, SubscriptionView, UserView } from '../../../daemon/contract.ts';

/** Somebody without any session, whose standing is their subscription's. */
export function aUser(changes: Partial<UserView> = {}): UserView {
  return {
    id: 'cus_1',
    email: 'ada@example.com',
    subscription: null,
    standing: changes.subscription?.standing ?? { verdict: 'off', reason: 'no subscription' },
    nextSession: null,
    cancelledSession: null,
    isCharging: false,
    ...changes,
  };
}

export function aSubscription(changes: Partial<SubscriptionView> = {}): SubscriptionView {
  return {
    id: 'sub_1',
    customer: 'cus_1',
    email: 'ada@example.com',
    status: 'active',
    type: 'monthly',
    price: 'price_1',
    currentPeriodEnd: '2026-12-20T12:00:00Z',
    trialEnd: null,
    endsAt: null,
    endedAt: null,
    cancellation: null,
    failedPayment: null,
    standing: { verdict: 'on', reason: 'paid until 20 December' },
    ...changes,
  };
}

export function aFailedPayment(changes: Partial<FailedPayment> = {}): FailedPayment {
  return {
    invoice: 'in_1',
    amount: { amount: 6000, currency: 'usd' },
    failedAt: '2026-11-20T12:00:00Z',
    reason: 'insufficient funds',
    needsConfirmation: false,
    card: 'Visa 0341',
    nextAttempt: '2026-11-23T12:00:00Z',
    ...changes,
  };
}
