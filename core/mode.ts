/** Stripe's two modes, told apart by the key; without the SDK, for commands that only read. */

export type Mode = 'test' | 'live';

/** Whether a key works on test or on live data, by Stripe's own prefixes (https://docs.stripe.com/keys). */
export function modeOf(secretKey: string): Mode {
  return /^(sk|rk)_live_/.test(secretKey) ? 'live' : 'test';
}
