/** R36 and R39: signed bodies that are sent again, and signing secrets that are rolled. */
import type Stripe from 'stripe';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDaemon, openStripe, signed, type DaemonUnderTest, type StripeUnderTest } from '../support/daemon.ts';
import { startLocalServer, type LocalServer } from '../support/local-server.ts';
import { event, subscription, SUBSCRIPTION } from '../support/stripe-objects.ts';
import { waitFor } from '../support/wait-for.ts';
import { tried } from './tried.ts';

/** In real time. */
const ROLL = { overlap_seconds: 3 };

let stripe: StripeUnderTest;
let captured: Array<{ body: string; signature: string }>;
let listener: LocalServer;
let endpoint: Stripe.WebhookEndpoint;
let daemon: DaemonUnderTest | undefined;

beforeEach(async () => {
  stripe = await openStripe();
  captured = [];
  listener = await startLocalServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      captured.push({ body, signature: String(request.headers['stripe-signature']) });
      response.end();
    });
  });
  endpoint = await stripe.stripe.webhookEndpoints.create({ url: `${listener.url}/webhook`, enabled_events: ['*'] });
});
afterEach(async () => {
  await daemon?.close();
  daemon = undefined;
  await listener.close();
  await stripe.close();
});

async function post(body: string, signature: string): Promise<number> {
  const headers = { 'content-type': 'application/json', 'stripe-signature': signature };
  return (await fetch(`${daemon!.url}/webhook`, { method: 'POST', headers, body })).status;
}

/** What Stripe posts next. */
async function delivered(): Promise<{ body: string; signature: string }> {
  const before = captured.length;
  await stripe.stripe.products.create({ name: 'Pair coding' });
  return (await waitFor('a delivery', () => captured[before]))!;
}

const signatures = ({ signature }: { signature: string }): number => signature.match(/v1=/g)?.length ?? 0;

async function roll(): Promise<string> {
  const sent = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(ROLL) };
  const answer = await fetch(`${stripe.url}/_sandbox/webhook_endpoints/${endpoint.id}/roll`, sent);
  return ((await answer.json()) as { secret: string }).secret;
}

test.for([
  ['after 10 s', 10, 200],
  ['after 290 s', 290, 200],
  ['after 302 s', 302, 400],
  ['after a day', 86_400, 400],
] as const)('R36: a captured body sent again %s changes nothing', async ([, seconds, status]) => {
  daemon = await openDaemon();
  const body = JSON.stringify(event('customer.subscription.updated', subscription()));
  const told = event('customer.subscription.deleted', subscription({ status: 'canceled' }));
  const now = Math.floor(Date.now() / 1000);
  expect(await post(body, signed(body))).toBe(200);
  expect(await post(JSON.stringify(told), signed(JSON.stringify(told)))).toBe(200);
  const state = await daemon.cache.subscription(SUBSCRIPTION);
  expect(await post(body, signed(body, { timestamp: now - seconds }))).toBe(status);
  expect(await daemon.cache.subscription(SUBSCRIPTION)).toEqual(state);
  expect((await daemon.cache.events({ limit: 10 })).length).toBe(2);
  expect((await daemon.cache.event((JSON.parse(body) as Stripe.Event).id))?.attempts).toHaveLength(1);
  tried('R36', { cases: 1, events: 3 });
});

test('R36: a captured body under a new id of the attacker’s own is refused', async () => {
  daemon = await openDaemon();
  const body = JSON.stringify(event('customer.subscription.updated', subscription()));
  expect(await post(body.replace(/"id":"evt_\w+"/, '"id":"evt_other"'), signed(body))).toBe(400);
  expect(await daemon.cache.events({ limit: 10 })).toEqual([]);
  tried('R36', { cases: 1, events: 1 });
});

test('R39: while a secret is rolled, the old, the new and both are good; afterwards the new one alone', async () => {
  const old = endpoint.secret ?? '';
  const before = await delivered();
  const fresh = await roll();
  const during = await delivered();
  const after = await waitFor('the end of the overlap', async () => {
    const delivery = await delivered();
    return signatures(delivery) === 1 && delivery;
  });
  if (!after) throw new Error('the overlap has no end');
  expect([before, during, after].map(signatures)).toEqual([1, 2, 1]);
  const taken: Record<string, number[]> = {};
  for (const [name, secrets] of Object.entries({ old: [old], new: [fresh], both: [old, fresh], other: ['whsec_other'] })) {
    daemon = await openDaemon({ webhookSecrets: secrets });
    taken[name] = [];
    for (const { body, signature } of [before, during, after]) taken[name].push(await post(body, signature));
    await daemon.close();
    daemon = undefined;
  }
  expect(taken).toEqual({ old: [200, 200, 400], new: [400, 200, 200], both: [200, 200, 200], other: [400, 400, 400] });
  tried('R39', { cases: 12, events: 12 });
});
