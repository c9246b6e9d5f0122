/** The commands of the documentation's table that go on until they are stopped, and what must come of them meanwhile. */
import type Stripe from 'stripe';
import { expect } from 'vitest';
import { waitFor } from '../../support/wait-for.ts';
import type { Heard, Listener } from '../sandbox/running-sandbox.ts';
import type { Program } from './stripe-program.ts';

/** A row of the table that can be played. */
export interface Scene {
  stripe: Stripe;
  listener: Listener;
  /** Starts the row's own command, or another one; `$URL` is the listener. */
  start(command?: string): Program;
  /** The row's own command, once it says that it is ready. */
  ready(): Promise<Program>;
}
export type Play = (scene: Scene) => Promise<void>;

const SECRET = /whsec_\w+/;

/** What arrived about an object. */
function heardAbout({ listener }: Scene, id: string): Heard[] {
  return listener.heard.filter(({ body }) => (JSON.parse(body) as Stripe.Event).data.object['id' as never] === id);
}

async function arrival(scene: Scene, id: string): Promise<Heard> {
  return (await waitFor(`an event about ${id}`, () => heardAbout(scene, id)[0]))!;
}

function verify({ stripe }: Scene, heard: Heard, program: Program): void {
  stripe.webhooks.constructEvent(heard.body, heard.signature, SECRET.exec(program.output())?.[0] ?? 'no secret');
}

/** Everything that happens arrives once, signed with the secret that the program printed. */
async function forwardsAll(scene: Scene): Promise<void> {
  const program = await scene.ready();
  const { id } = await scene.stripe.products.create({ name: 'A' });
  verify(scene, await arrival(scene, id), program);
  await program.printed('[200] POST');
  expect(heardAbout(scene, id).length).toBe(1);
}

async function forwardsChosen(scene: Scene): Promise<void> {
  const program = await scene.ready();
  const { id: other } = await scene.stripe.customers.create();
  const { id } = await scene.stripe.products.create({ name: 'A' });
  verify(scene, await arrival(scene, id), program);
  expect(heardAbout(scene, other).length).toBe(0);
}

async function forwardsToConfigured(scene: Scene): Promise<void> {
  const { id: endpoint } = await scene.stripe.webhookEndpoints.create({ url: 'https://shop.example/hooks/stripe?x=1', enabled_events: ['product.created'] });
  try {
    await scene.ready();
    const { id: other } = await scene.stripe.customers.create();
    const { id } = await scene.stripe.products.create({ name: 'A' });
    expect((await arrival(scene, id)).path).toBe('/webhook/hooks/stripe?x=1');
    expect(heardAbout(scene, other).length).toBe(0);
  } finally {
    await scene.stripe.webhookEndpoints.del(endpoint);
  }
}

async function keepsOwnFromConnect(scene: Scene): Promise<void> {
  const program = await scene.ready();
  const { id } = await scene.stripe.products.create({ name: 'A' });
  await arrival(scene, id);
  await program.printed('[200] POST');
  expect(heardAbout(scene, id).map(({ path }) => path)).toEqual(['/webhook']);
}

async function printsEvents(scene: Scene): Promise<void> {
  const program = await scene.ready();
  const { id } = await scene.stripe.products.create({ name: 'A' });
  const { data } = await scene.stripe.events.list({ type: 'product.created', limit: 10 });
  const event = data.find(({ data: { object } }) => object['id' as never] === id);
  await program.printed(`${event?.id}`);
}

async function printsSecret(scene: Scene): Promise<void> {
  const first = scene.start();
  expect(await first.ended).toBe(0);
  const again = scene.start();
  await again.ended;
  expect(first.output()).toMatch(SECRET);
  expect(SECRET.exec(first.output())?.[0]).toBe(SECRET.exec(again.output())?.[0]);
}

async function waitsForThinEvents(scene: Scene): Promise<void> {
  await scene.ready();
  const { id } = await scene.stripe.products.create({ name: 'A' });
  await waitFor('a thin event', () => heardAbout(scene, id).length > 0, 1000);
}

async function resendsToCli(scene: Scene): Promise<void> {
  const { id } = await scene.stripe.products.create({ name: 'A' });
  const { data } = await scene.stripe.events.list({ type: 'product.created', limit: 10 });
  const event = data.find(({ data: { object } }) => object['id' as never] === id)!;
  const listening = scene.start('stripe listen --skip-update --all-snapshot --forward-to $URL');
  await listening.printed('Ready!');
  const resent = scene.start(`stripe events resend ${event.id}`);
  expect(await resent.ended).toBe(0);
  const heard = await arrival(scene, id);
  verify(scene, heard, listening);
  expect(heard.id).toBe(event.id);
}

async function resendsToEndpoint(scene: Scene): Promise<void> {
  const { id } = await scene.stripe.products.create({ name: 'A' });
  const { data } = await scene.stripe.events.list({ type: 'product.created', limit: 10 });
  const event = data.find(({ data: { object } }) => object['id' as never] === id)!;
  const endpoint = await scene.stripe.webhookEndpoints.create({ url: scene.listener.url, enabled_events: ['plan.deleted'] });
  try {
    expect(await scene.start(`stripe events resend ${event.id} --webhook-endpoint ${endpoint.id}`).ended).toBe(0);
    const heard = await arrival(scene, id);
    scene.stripe.webhooks.constructEvent(heard.body, heard.signature, endpoint.secret!);
  } finally {
    await scene.stripe.webhookEndpoints.del(endpoint.id);
  }
}

/** Makes a call that succeeds, one that fails and one that writes; what is printed is told by their request ids. */
function tails(wanted: readonly Kind[]): Play {
  return async (scene) => {
    const program = await scene.ready();
    const requests = await threeCalls(scene.stripe);
    for (const kind of wanted) await program.printed(requests[kind]);
    const printed = KINDS.filter((kind) => program.output().includes(requests[kind]));
    expect(printed).toEqual(wanted);
  };
}

const KINDS = ['missing', 'read', 'written'] as const;
type Kind = (typeof KINDS)[number];

async function threeCalls(stripe: Stripe): Promise<Record<Kind, string>> {
  const missing = await stripe.customers.retrieve('cus_missing').then(() => '', (error: Stripe.errors.StripeError) => error.requestId);
  const read = await stripe.customers.list({ limit: 1 });
  const written = await stripe.products.create({ name: 'A' });
  return { missing: missing ?? '', read: read.lastResponse.requestId, written: written.lastResponse.requestId };
}

export const LISTENING: Record<string, Play> = {
  'stripe listen': printsEvents,
  'stripe listen --format JSON': printsEvents,
  'stripe listen --print-secret': printsSecret,
  'stripe listen --all-snapshot --forward-to $URL': forwardsAll,
  'stripe listen --events product.created --forward-to $URL': forwardsChosen,
  'stripe listen --all-snapshot --latest --forward-to $URL': forwardsAll,
  'stripe listen --all-snapshot --use-configured-webhooks --forward-to $URL': forwardsToConfigured,
  'stripe listen --all-snapshot --events-from @self --forward-to $URL': forwardsAll,
  'stripe listen --all-snapshot --forward-to $URL --forward-connect-to $URL/connect': keepsOwnFromConnect,
  'stripe listen --all-thin --forward-to $URL': waitsForThinEvents,
  'stripe events resend $EVENT': resendsToCli,
  'stripe events resend $EVENT --webhook-endpoint $ENDPOINT': resendsToEndpoint,
  'stripe logs tail': tails(['missing', 'read', 'written']),
  'stripe logs tail --format JSON': tails(['missing', 'read', 'written']),
  'stripe logs tail --filter-http-method POST': tails(['written']),
  'stripe logs tail --filter-status-code-type 4XX': tails(['missing']),
  'stripe logs tail --filter-request-status SUCCEEDED --filter-request-path /v1/customers': tails(['read']),
};
