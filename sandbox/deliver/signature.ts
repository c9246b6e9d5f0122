/** Stripe's signature of an event: https://docs.stripe.com/webhooks#verify-manually */
import { createHmac } from 'node:crypto';

/**
 * The value of `Stripe-Signature`: one `v1` for each secret, the HMAC-SHA256 of `t.payload` keyed by the whole secret with its
 * `whsec_`. `t` is real time. `rolled` are older secrets that are good for a while.
 */
export function signatureHeader(payload: string, secret: string, seconds: number, rolled: readonly string[] = []): string {
  const signatures = [secret, ...rolled].map((key) => createHmac('sha256', key).update(`${seconds}.${payload}`).digest('hex'));
  return [`t=${seconds}`, ...signatures.map((signature) => `v1=${signature}`)].join(',');
}

/** The headers that Stripe posts an event with. */
export function eventHeaders(payload: string, secret: string, seconds: number, rolled: readonly string[] = []): Record<string, string> {
  return {
    'Content-Type': 'application/json; charset=utf-8',
    'Stripe-Signature': signatureHeader(payload, secret, seconds, rolled),
    'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
  };
}
