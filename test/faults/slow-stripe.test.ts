/** R52: what takes long after an event does not hold up its answer. */
import { setTimeout as pauseFor } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Cache } from '../../core/cache/cache.ts';
import { openDaemon } from '../support/daemon.ts';
import { startLocalServer, type LocalServer } from '../support/local-server.ts';
import { overlaid } from '../support/overlaid.ts';
import { event, subscription } from '../support/stripe-objects.ts';
import { post } from './declined-customer.ts';
import { tried } from './tried.ts';

const EVENTS = 1_000;
const EVENTS_TO_THE_WRONG = 20;
const AT_ONCE = 10;
const P99_MILLISECONDS = 500;
const STRIPE_ANSWERS_AFTER_MILLISECONDS = 2_000;

let stripe: LocalServer;

/** A Stripe that takes long over every question. */
beforeEach(async () => {
  stripe = await startLocalServer(({ url = '' }, response) => {
    const answer = () => response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"type":"api_error","message":"slow"}}');
    if (url.startsWith('/_sandbox')) answer();
    else void pauseFor(STRIPE_ANSWERS_AFTER_MILLISECONDS, undefined, { ref: false }).then(answer);
  });
});

afterEach(() => stripe.close());

/** How long the slowest but one of a hundred webhooks took, each about a subscription of which Stripe has to be asked. */
async function p99(many: number, through?: (cache: Cache) => Cache): Promise<{ milliseconds: number; asked: number }> {
  const daemon = await openDaemon({ stripeApiBase: stripe.url, through });
  const took: number[] = [];
  for (let from = 0; from < many; from += AT_ONCE) {
    const burst = Array.from({ length: AT_ONCE }, (_, index) => event('customer.subscription.updated', subscription({ id: `sub_${from + index}` }), { api_version: '2020-03-02' }));
    await Promise.all(
      burst.map(async (each) => {
        const began = performance.now();
        expect(await post(daemon.url, each)).toBe(200);
        took.push(performance.now() - began);
      }),
    );
  }
  const asked = stripe.requests.filter(({ url }) => url?.startsWith('/v1/')).length;
  await daemon.close();
  return { milliseconds: took.sort((one, other) => one - other)[Math.ceil(many * 0.99) - 1] ?? Infinity, asked };
}

test(`R52: while Stripe takes ${STRIPE_ANSWERS_AFTER_MILLISECONDS} ms to answer, the p99 of ${EVENTS} webhooks is below ${P99_MILLISECONDS} ms`, async () => {
  const { milliseconds, asked } = await p99(EVENTS);
  expect(milliseconds).toBeLessThan(P99_MILLISECONDS);
  expect(asked, 'and Stripe is asked meanwhile').toBeGreaterThan(0);
  tried('R52', { cases: 1, events: EVENTS, lost: 0 });
});

test('R52: a daemon that asks before it answers is caught', async () => {
  const asking = (cache: Cache): Cache =>
    overlaid(cache, () => ({
      recordEvent: async (received) => {
        const recorded = await cache.recordEvent(received);
        if (recorded.ask) await fetch(`${stripe.url}/v1/subscriptions/${recorded.ask}`);
        return recorded;
      },
    }));
  expect((await p99(EVENTS_TO_THE_WRONG, asking)).milliseconds).toBeGreaterThan(P99_MILLISECONDS);
  tried('R52', { wrong: 1, events: EVENTS_TO_THE_WRONG });
});
