/** What the pages say about payments, dates and errors, in whole sentences. */
import type { SubscriptionView } from '../../../daemon/contract.ts';
import type { Milestone, PaymentProblem } from './dashboard-state.ts';
import { formatDay, formatMoney } from './format.ts';

const MILESTONE_SENTENCES = {
  ends: (day: string) => `Your subscription ends on ${day}.`,
  'trial-until': (day: string) => `Your trial runs until ${day}; the first payment follows then.`,
  renews: (day: string) => `Your subscription renews on ${day}.`,
} as const;

const PACKAGE_NAMES = { monthly: 'the monthly package', other: 'another package' } as const;

/** What happened, what happens next, and what it means for the session; what to do is the button's text. */
export function paymentSentences({ failedPayment, sessionIsOff }: PaymentProblem, locale?: string): string[] {
  const session = sessionIsOff ? ['Your next session is off until it is paid.'] : [];
  if (!failedPayment) return ['Your last payment did not go through.', ...session];
  const { amount, failedAt, card, reason, nextAttempt } = failedPayment;
  const what = `The payment of ${formatMoney(amount, locale)} on ${formatDay(failedAt, locale)}`;
  const how = `${card ? ` with your card ${card}` : ''} failed${reason ? `: ${reason}` : ''}.`;
  const next = nextAttempt ? `Stripe tries again on ${formatDay(nextAttempt, locale)}.` : 'Stripe does not try again by itself.';
  return [what + how, next, ...session];
}

export function milestoneSentence({ kind, at }: Milestone, locale?: string): string {
  return MILESTONE_SENTENCES[kind](formatDay(at, locale));
}

export function packageSentence({ status, type }: Pick<SubscriptionView, 'status' | 'type'>): string {
  const name = PACKAGE_NAMES[type];
  return status === 'incomplete' ? `Your subscription to ${name} waits for its first payment` : `You are subscribed to ${name}`;
}

/** The daemon's messages start small and end without a full stop; people read sentences. */
export function asSentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
