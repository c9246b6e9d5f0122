/** POST /webhook: verify, journal and apply in one transaction, answer; what only Stripe can tell is asked afterwards. */
import type { RequestHandler } from 'express';
import type { Dependencies } from '../dependencies.ts';
import { HttpError } from '../errors.ts';
import { readRawBody } from '../raw-body.ts';
import { verifyEvent } from '../verify-event.ts';

const RECEIVED = '{"received":true}';

/** 200 means that the event and its effect are on the disk; anything else makes Stripe send it again. */
export function webhookRoute({ cache, secrets, clock, logger, ask }: Dependencies): RequestHandler {
  return async (request, response) => {
    const payload = await readRawBody(request);
    const event = verifyEvent(payload, request.headers['stripe-signature'] as string | undefined, secrets);
    const { outcome, reason, ask: question } = await cache.recordEvent({ event, payload, source: 'webhook', receivedAt: clock.now() });
    if (outcome === 'failed') throw new HttpError(500, 'not_applied', `${event.id} is kept, but could not be applied: ${reason}`);
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(RECEIVED);
    logger.info({ type: event.type, id: event.id, outcome, reason }, 'webhook');
    if (question) ask(question);
  };
}
