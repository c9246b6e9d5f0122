/** What the sandbox remembers of a subscription and shows to nobody; the names begin with `_`. */
import type { SwitchValues } from '../switches.ts';
import type { Period } from './invoice-lines.ts';
import type { Subscription } from './shapes.ts';

/** A paused subscription comes back when this invoice is settled, into this period. */
export interface Resumption {
  invoice: string;
  billing_cycle_anchor: number;
  period: Period;
  /** From then on the unpaid invoice is given up; never where Stripe itself tries to collect it. */
  expires_at: number | null;
}

export interface StoredSubscription extends Subscription {
  /** The end of the trial that `trial_will_end` told of. */
  _trial_end_told?: number;
  /** The end of the period whose renewal `invoice.upcoming` told of. */
  _upcoming_told?: number;
  /** How many days before the end of this period that is; the switch as it stood when the period began. */
  _upcoming_days?: SwitchValues['upcoming_invoice_days'];
  _resumption?: Resumption | null;
  /** A pause that its customer limited ends by itself at this moment. */
  _paused_until?: number | null;
}
