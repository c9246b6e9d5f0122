/** A Stripe that tells of no subscription until it is asked about so many at once. */
import type { ServerResponse } from 'node:http';
import { startLocalServer, type LocalServer } from './local-server.ts';
import { listOf, subscription } from './stripe-objects.ts';

type Answer = readonly [status: number, body: object];

export interface HoldingStripe extends LocalServer {
  /** How many were asked and not answered, at the most. */
  mostHeld(): number;
  /** What is answered about a subscription; without it, Stripe knows each. */
  answerTo: (id: string) => Answer;
}

export const knows = (id: string): Answer => [200, subscription({ id, latest_invoice: null })];

export async function startHoldingStripe(atOnce: number): Promise<HoldingStripe> {
  const held: Array<() => void> = [];
  let mostHeld = 0;
  const server = await startLocalServer(({ url = '' }, response) => {
    const id = /^\/v1\/subscriptions\/(\w+)/.exec(url)?.[1];
    if (id === undefined) return answer(response, [200, listOf()]);
    held.unshift(() => answer(response, stripe.answerTo(id)));
    mostHeld = Math.max(mostHeld, held.length);
    if (held.length === atOnce) held.splice(0).forEach((release) => release());
  });
  const stripe: HoldingStripe = { ...server, mostHeld: () => mostHeld, answerTo: knows };
  return stripe;
}

function answer(response: ServerResponse, [status, body]: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', 'stripe-should-retry': 'false', date: new Date().toUTCString() }).end(JSON.stringify(body));
}
