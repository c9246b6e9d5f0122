/** R36 and R39: signed bodies that are sent again, and signing secrets that are rolled. */
import type Stripe from 'stripe';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openDaemon, openStripe, signed, type DaemonSettings, type DaemonUnderTest, type StripeUnderTest } from '../support/daemon.ts';
import { startLocalServer, type LocalServer } from '../support/local-server.ts';
import { overlaid } from '../support/overlaid.ts';
import { event, subscription, SUBSCRIPTION } from '../support/stripe-objects.ts';
import { waitFor } from '../support/wait-for.ts';
import type { Wrong } from './order-wrong.ts';
import { verifyBy, WRONG_VERIFIERS } from './signature-wrong.ts';
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
  vi.restoreAllMocks();
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

async function sentAgain(seconds: number, status: number, settings: DaemonSettings = {}): Promise<void> {
  daemon = await openDaemon(settings);
  const body = JSON.stringify(event('customer.subscription.updated', subscription()));
  const told = event('customer.subscription.deleted', subscription({ status: 'canceled' }));
  const now = Math.floor(Date.now() / 1000);
  expect(await post(body, signed(body))).toBe(200);
  expect(await post(JSON.stringify(told), signed(JSON.stringify(told)))).toBe(200);
  const state = await daemon.cache.subscription(SUBSCRIPTION);
  expect(await post(body, signed(body, { timestamp: now - seconds }))).toBe(status);
  expect(await daemon.cache.subscription(SUBSCRIPTION)).toEqual(state);
  expect(await daemon.cache.events({ limit: 10 }), 'journaled').toHaveLength(2);
  expect((await daemon.cache.event((JSON.parse(body) as Stripe.Event).id))?.attempts).toHaveLength(1);
}

test.for([
  ['after 10 s', 10, 200],
  ['after 290 s', 290, 200],
  ['after 302 s', 302, 400],
  ['after a day', 86_400, 400],
] as const)('R36: a captured body sent again %s changes nothing', async ([, seconds, status]) => {
  await sentAgain(seconds, status);
  tried('R36', { cases: 1, events: 3 });
});

test('R36: a daemon that does not look at the age of a signature is caught', async () => {
  verifyBy(WRONG_VERIFIERS['does not look at its age']);
  await expect(sentAgain(302, 400)).rejects.toThrow('expected 200 to be 400');
  tried('R36', { wrong: 1 });
});

test('R36: a daemon that takes a known event for a new one is caught', async () => {
  let deliveries = 0;
  const knowingNone: Wrong = (cache) => ({
    recordEvent: (received) => cache.recordEvent({ ...received, event: { ...received.event, id: `${received.event.id}_${(deliveries += 1)}` } }),
  });
  await expect(sentAgain(10, 200, { through: (cache) => overlaid(cache, knowingNone) })).rejects.toThrow('journaled');
  tried('R36', { wrong: 1 });
});

async function changedBody(): Promise<void> {
  daemon = await openDaemon();
  const body = JSON.stringify(event('customer.subscription.updated', subscription()));
  expect(await post(body.replace(/"id":"evt_\w+"/, '"id":"evt_other"'), signed(body))).toBe(400);
  expect(await daemon.cache.events({ limit: 10 })).toEqual([]);
}

test('R36: a captured body under a new id of the attacker’s own is refused', async () => {
  await changedBody();
  tried('R36', { cases: 1, events: 1 });
});

test('R36: a daemon that takes any signature is caught', async () => {
  verifyBy(WRONG_VERIFIERS['takes any']);
  await expect(changedBody()).rejects.toThrow('expected 200 to be 400');
  tried('R36', { wrong: 1 });
});

const SECRETS_TOLD = ['old', 'new', 'both', 'other'] as const;
type Taken = Record<(typeof SECRETS_TOLD)[number], number[]>;

const TAKEN: Taken = { old: [200, 200, 400], new: [400, 200, 200], both: [200, 200, 200], other: [400, 400, 400] };

/** How daemons that know these secrets answer what was delivered before, while and after the secret was rolled. */
async function takenWhileRolled(): Promise<Taken> {
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
  const told = { old: [old], new: [fresh], both: [old, fresh], other: ['whsec_other'] };
  const taken: Taken = { old: [], new: [], both: [], other: [] };
  for (const name of SECRETS_TOLD) {
    daemon = await openDaemon({ webhookSecrets: told[name] });
    for (const { body, signature } of [before, during, after]) taken[name].push(await post(body, signature));
    await daemon.close();
    daemon = undefined;
  }
  return taken;
}

test('R39: while a secret is rolled, the old, the new and both are good; afterwards the new one alone', async () => {
  expect(await takenWhileRolled()).toEqual(TAKEN);
  tried('R39', { cases: 12, events: 12 });
});

test.for(['looks at the first of several', 'takes any'] as const)('R39: a daemon that, of signatures, %s is caught', async (wrong) => {
  verifyBy(WRONG_VERIFIERS[wrong]);
  expect(await takenWhileRolled()).not.toEqual(TAKEN);
  tried('R39', { wrong: 1 });
});
