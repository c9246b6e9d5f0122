/** POST /webhook: verify, journal and apply in one transaction, answer; what only Stripe can tell or do is left for afterwards. */
import type { Request, RequestHandler } from 'express';
import type Stripe from 'stripe';
import type { Dependencies } from '../dependencies.ts';
import { HttpError } from '../errors.ts';
import { readRawBody } from '../raw-body.ts';
import { verifyEvent } from '../verify-event.ts';

const REFUSED = 400;
const RECEIVED = '{"received":true}';
/** With its length known, head and body leave as one piece. */
const HEADERS = { 'Content-Type': 'application/json', 'Content-Length': RECEIVED.length };

/** 200 means that the event and its effect are on the disk; anything else makes Stripe send it again. */
export function webhookRoute({ cache, secrets, clock, logger, ask, collect }: Dependencies): RequestHandler {
  const verified = (payload: string, request: Request): Stripe.Event => {
    try {
      return verifyEvent(payload, request.headers['stripe-signature'] as string | undefined, secrets);
    } catch (error) {
      if (error instanceof HttpError && error.status === REFUSED) logger.warn({ refusal: firstSentence(error.message) }, 'webhook refused');
      throw error;
    }
  };
  return async (request, response) => {
    const payload = await readRawBody(request);
    const event = verified(payload, request);
    const { outcome, reason, ask: question, collect: customer } = await cache.recordEvent({ event, payload, source: 'webhook', receivedAt: clock.now() });
    if (outcome === 'failed') throw new HttpError(500, 'not_applied', `${event.id} is kept, but could not be applied: ${reason}`);
    response.writeHead(200, HEADERS).end(RECEIVED);
    logger.info({ type: event.type, id: event.id, outcome, reason }, 'webhook');
    if (question) ask(question);
    if (customer) collect(customer);
  };
}

function firstSentence(text: string): string {
  return text.split(/[.\n]/, 1)[0] ?? text;
}
