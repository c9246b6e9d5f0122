/** Stripe's signature of an event: https://docs.stripe.com/webhooks#verify-manually */
import { createHmac } from 'node:crypto';

/** The value of `Stripe-Signature`: HMAC-SHA256 of `t.payload`, keyed by the whole secret with its `whsec_`. `t` is real time. */
export function signatureHeader(payload: string, secret: string, seconds: number): string {
  const signature = createHmac('sha256', secret).update(`${seconds}.${payload}`).digest('hex');
  return `t=${seconds},v1=${signature}`;
}

/** The headers that Stripe posts an event with. */
export function eventHeaders(payload: string, secret: string, seconds: number): Record<string, string> {
  return {
    'Content-Type': 'application/json; charset=utf-8',
    'Stripe-Signature': signatureHeader(payload, secret, seconds),
    'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
  };
}
