/** What devchat tells people and programs about a subscriber: the shapes that the JSON of daemon and command line share. */

/** An amount in minor units (cents) of a lower-case ISO 4217 currency, as Stripe writes it. */
export interface Money {
  amount: number;
  currency: string;
}

export const VERDICTS = ['on', 'hold', 'off'] as const;

/** Whether the next session may take place, and why, in one sentence a person would say. */
export interface Standing {
  verdict: (typeof VERDICTS)[number];
  reason: string;
  /** Only in grace: when it ends, ISO 8601 in UTC. */
  graceUntil?: string;
}

/** A payment that failed and has not been made good: a fact of an invoice. Times are ISO 8601 in UTC. */
export interface FailedPayment {
  invoice: string;
  amount: Money;
  failedAt: string;
  /** In plain words ("insufficient funds"); null until Stripe has said why. */
  reason: string | null;
  /** The bank asks the customer to confirm the payment; without that no further try helps. */
  needsConfirmation: boolean;
  /** Brand and last four digits ("Visa 0341"); null until Stripe has said which. */
  card: string | null;
  /** When Stripe tries again; null when it will not. */
  nextAttempt: string | null;
}

/** The cached state of one subscription. Times are ISO 8601 in UTC; ids and status words are Stripe's own. */
export interface SubscriptionView {
  id: string;
  customer: string;
  email: string | null;
  status: string;
  type: 'monthly' | 'other';
  price: string | null;
  currentPeriodEnd: string | null;
  trialEnd: string | null;
  /** When a scheduled cancellation takes effect; null when none is scheduled. */
  endsAt: string | null;
  /** When it ended; null while it has not. */
  endedAt: string | null;
  /** Why it ends or ended, in Stripe's words and the customer's; null where nobody said. */
  cancellation: { reason: string | null; feedback: string | null; comment: string | null } | null;
  failedPayment: FailedPayment | null;
  standing: Standing;
}

export const SESSION_STATES = ['booked', 'cancelled', 'done'] as const;

/** A pair-coding session of 60 minutes. `startsAt` is ISO 8601 in UTC. */
export interface SessionView {
  id: string;
  customer: string;
  email: string | null;
  startsAt: string;
  state: (typeof SESSION_STATES)[number];
  /** Why it is in this state, in words. */
  reason: string;
  /** It was cancelled for a failed payment, and the money has come since: `devchat sessions restore` puts it back. */
  payable: boolean;
}
