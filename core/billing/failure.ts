/** What followed from an invoice whose payment failed: kept apart from what Stripe says, so that nothing follows twice. */

/** One for each invoice whose payment failed, as far as that was heard while the money was missing. */
export interface Failure {
  invoice: string;
  subscription: string;
  /** Stripe's time of the failure that was heard of first, in seconds. */
  failedAt: number;
  /** What was missing, in minor units of the invoice's currency. */
  amount: number;
  /** When the next session was cancelled for it, or none was found, in milliseconds; null while grace lasts. */
  actedAt: number | null;
  /** The session that was cancelled for it; null where none was booked. */
  session: string | null;
  /** When it was paid or voided, in milliseconds; null while the money is missing. */
  closedAt: number | null;
}
