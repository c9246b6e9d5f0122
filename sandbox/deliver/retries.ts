/** When an event that an endpoint refused is delivered again. */
import type { SwitchValues } from '../switches.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

export interface RetrySchedule {
  /** Which time the waits are measured in: the sandbox's own runs with real time, and can be advanced. */
  time: 'real' | 'sandbox';
  /** Seconds before each further try. */
  waits: readonly number[];
}

/**
 * Stripe says only how often and how long: three times over a few hours in test mode, up to three days with growing waits in
 * live mode. `quick` lives through a receiver's restart without a clock being moved.
 * @see https://docs.stripe.com/webhooks#automatic-retries
 */
export const RETRY_SCHEDULES: Readonly<Record<SwitchValues['delivery_retries'], RetrySchedule>> = {
  quick: { time: 'real', waits: [1, 2, 4, 8, 15, 30, 60, 120] },
  test_mode: { time: 'sandbox', waits: [5 * MINUTE, HOUR, 3 * HOUR] },
  live: { time: 'sandbox', waits: [5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 12 * HOUR, 12 * HOUR, 12 * HOUR, 12 * HOUR] },
  none: { time: 'real', waits: [] },
};
