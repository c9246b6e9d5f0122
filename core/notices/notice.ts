/** What the owner is told, once, whatever Stripe repeats: a payment failed, the money came after all, a subscription ended. */
import type { Money, Standing } from '../billing/views.ts';

export const NOTICE_TYPES = ['payment.failed', 'session.cancelled', 'payment.recovered', 'subscription.ended'] as const;

export const NOTICE_TARGETS = ['command', 'address'] as const;
export type NoticeTarget = (typeof NOTICE_TARGETS)[number];

/** A notice is told once for its type and subject: the invoice, or for an end the subscription. `at` in milliseconds. */
export interface Notice {
  type: (typeof NOTICE_TYPES)[number];
  subject: string;
  at: number;
  data: NoticeData;
  /** Whether all of it is known; one that is not waits a little for Stripe to say why the payment failed. */
  complete: boolean;
}

/** What a notice says. Times are ISO 8601 in UTC, ids Stripe's, `text` the whole in sentences a person would say. */
export interface NoticeData {
  text: string;
  customer: string;
  email: string | null;
  subscription: string;
  status: string;
  standing: Standing;
  /** The payment that failed, or that came; null where the notice is of an end. */
  payment: { invoice: string; amount: Money; reason: string | null; card: string | null; nextAttempt: string | null } | null;
  /** The session that was cancelled for it; null where none was. */
  session: { id: string; startsAt: string; state: 'cancelled' } | null;
  /** Why it ended, in Stripe's words and the customer's; null where nobody said or it has not ended. */
  cancellation: { reason: string | null; feedback: string | null; comment: string | null } | null;
}

/** A notice on its way to one target. `body` is the JSON to hand over; `tries` counts those before this one. */
export interface NoticeDelivery {
  id: string;
  target: NoticeTarget;
  body: string;
  tries: number;
}

/** How it stands with a target. Times in real milliseconds; both null where the last try did not fail. */
export interface NoticeTargetState {
  target: NoticeTarget;
  waiting: number;
  failingSince: number | null;
  lastError: string | null;
}
