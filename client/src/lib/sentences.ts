/** What the pages say about payments, sessions, dates and errors, in whole sentences. */
import type { FailedPayment, Standing, SubscriptionView, UserView } from '../../../daemon/contract.ts';
import type { Milestone, PaymentProblem, SessionFate } from './dashboard-state.ts';
import { formatAppointment, formatDay, formatMoney } from './format.ts';

type CancelledSession = NonNullable<UserView['cancelledSession']>;

const MILESTONE_SENTENCES = {
  ends: (day: string) => `Your subscription ends on ${day}.`,
  'trial-until': (day: string) => `Your trial runs until ${day}; the first payment follows then.`,
  renews: (day: string) => `Your subscription renews on ${day}.`,
} as const;

const PACKAGE_NAMES = { monthly: 'the monthly package', other: 'another package' } as const;

/** A verdict in words; the colour beside it only repeats them. */
const VERDICT_TEXTS = { on: 'On', hold: 'On hold', off: 'Off' } as const satisfies Record<Standing['verdict'], string>;

/** What happened, what happens next, and what it means for the session; what to do is the button's text. */
export function paymentSentences(problem: PaymentProblem, locale?: string): string[] {
  const { failedPayment, session } = problem;
  const what = failedPayment ? failureSentence(failedPayment, locale) : 'Your last payment did not go through.';
  return [what, nextSentence(problem, locale), session && sessionSentence(session, locale)].filter((sentence) => sentence !== null);
}

function failureSentence({ amount, failedAt, card, reason, needsConfirmation }: FailedPayment, locale?: string): string {
  const what = `The payment of ${formatMoney(amount, locale)} on ${formatDay(failedAt, locale)}${card ? ` with your card ${card}` : ''}`;
  return needsConfirmation ? `${what} waits for you: your bank asks you to confirm it.` : `${what} failed${reason ? `: ${reason}` : ''}.`;
}

function nextSentence({ failedPayment, isCharging }: PaymentProblem, locale?: string): string | null {
  if (isCharging) return 'Your new card is being charged now.';
  if (!failedPayment) return null;
  if (failedPayment.needsConfirmation) return 'Open the invoice at Stripe and confirm it there, or choose another card.';
  return failedPayment.nextAttempt ? `Stripe tries again on ${formatDay(failedPayment.nextAttempt, locale)}.` : 'Stripe does not try again by itself.';
}

function sessionSentence(fate: SessionFate, locale?: string): string {
  const session = 'at' in fate ? `Your session on ${formatAppointment(fate.at, locale)}` : '';
  const until = 'until' in fate ? formatDay(fate.until, locale) : '';
  const sentences: Record<SessionFate['kind'], string> = {
    cancelled: `${session} is cancelled.`,
    'on-hold': `${session} is on hold until it is paid.`,
    on: `${session} takes place.`,
    'on-for-now': `${session} is on; it is cancelled if the payment has not come by ${until}.`,
    'none-in-grace': `You can have sessions until ${until}; then they wait for the payment.`,
    none: 'You have no session booked; the next one can be booked once it is paid.',
  };
  return sentences[fate.kind];
}

/** The verdict on the next session and why. Where a payment problem is told already, only what that means. */
export function standingWords({ verdict, reason, graceUntil }: Standing, isTold: boolean, locale?: string): { verdict: string; why: string } {
  const grace = graceUntil ? `in grace until ${formatDay(graceUntil, locale)}` : 'although a payment is missing';
  const short = { on: grace, hold: 'it waits for the payment', off: 'a payment is missing' } as const;
  return { verdict: VERDICT_TEXTS[verdict], why: isTold ? short[verdict] : reason };
}

/** Goes on after the time of a session that a failed payment cancelled. */
export function cancelledSessionWords({ paid }: CancelledSession, { verdict }: Standing, isTold: boolean): string {
  if (isTold) return 'cancelled';
  const promise = paid && verdict === 'on' ? '. The payment came: we will put it back or find another time with you.' : '';
  return `cancelled because the payment failed${promise}`;
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
