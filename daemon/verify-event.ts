/** Tells genuine Stripe events from everything else: https://docs.stripe.com/webhooks/signature */
import Stripe from 'stripe';
import { whyNoEvent } from '../core/billing/whole-event.ts';
import { HttpError } from './errors.ts';
import type { WebhookSecrets } from './webhook-secrets.ts';

const TOLERANCE_SECONDS = 300;
/** The SDK's words. */
const TOO_OLD = 'Timestamp outside the tolerance zone';

/**
 * The event in a body that one of our secrets signed within the last 300 seconds.
 * Throws 400, worded as the SDK words it, for a bad signature or a signed body that is no event, and 503 where no secret is configured.
 */
export function verifyEvent(body: string, signature: string | undefined, secrets: WebhookSecrets): Stripe.Event {
  if (secrets.current().length === 0) secrets.reload();
  if (secrets.current().length === 0) throw notConfigured();
  let verified = tryEach(secrets.current(), body, signature);
  if (verified instanceof Stripe.errors.StripeSignatureVerificationError && secrets.reload()) verified = tryEach(secrets.current(), body, signature);
  if (verified instanceof Error) throw badRequest(verified instanceof SyntaxError ? 'the body is signed, but it is not JSON' : verified.message);
  refuseFuture(signature ?? '');
  return checkedEvent(verified, body);
}

/** What the first fitting secret verified, or the refusal that got furthest: a signature fits before its age is looked at. At least one secret is there. */
function tryEach(secrets: readonly string[], body: string, signature: string | undefined): unknown {
  let refusal: unknown;
  for (const secret of secrets) {
    try {
      return Stripe.webhooks.constructEvent(body, signature ?? '', secret, TOLERANCE_SECONDS);
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) return error;
      if (!refusal || error.message.startsWith(TOO_OLD)) refusal = error;
    }
  }
  return refusal;
}

/** The SDK looks only at age; a signature from the future is as little to be trusted. */
function refuseFuture(signature: string): void {
  const stamps = [...signature.matchAll(/(?:^|,)t=(\d+)/g)];
  const signedAt = Number(stamps.at(-1)?.[1]);
  if (signedAt - Date.now() / 1000 > TOLERANCE_SECONDS) throw badRequest(TOO_OLD);
}

function checkedEvent(value: unknown, body: string): Stripe.Event {
  const why = whyNoEvent(value, body);
  if (why !== undefined) throw badRequest(`the body is signed, but ${why}`);
  return value as Stripe.Event;
}

function badRequest(message: string): HttpError {
  return new HttpError(400, 'bad_request', message);
}

function notConfigured(): HttpError {
  return new HttpError(503, 'not_configured', 'no webhook signing secret is configured', { hint: 'run devchat listen or devchat provision webhook, or set STRIPE_WEBHOOK_SECRET' });
}
