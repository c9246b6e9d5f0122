/** Checkout's patience: the shop hears of the sale before its customer comes back. */
import { connect } from 'node:net';
import type Stripe from 'stripe';
import { setTimeout as pause } from 'node:timers/promises';
import { deliveriesOf, type Delivery } from '../../deliver/deliveries.ts';
import { CLI_SESSION_KIND, type CliSession } from '../../deliver/receivers.ts';
import type { World } from '../../world.ts';

/** @see https://docs.stripe.com/checkout/fulfillment */
const LONGEST_WAIT_MS = 10_000;
/** For a Stripe CLI that has answered no sale yet: it tells nobody which events its `--events` leave out. */
const UNPROVEN_WAIT_MS = 2_000;
const CONNECT_WAIT_MS = 500;
const LOOK_EVERY_MS = 20;
const NEWEST_EVENTS = 20;
const HTTP_PORT = 80;
const HTTPS_PORT = 443;

/**
 * Resolves when every webhook endpoint has answered `checkout.session.completed` of this session once, well or badly, and
 * every Stripe CLI that forwards has brought its answer; at the latest after ten seconds of real time. Where a CLI forwards to
 * is known, so nothing is waited for where nobody listens; a CLI that has never answered a sale gets two seconds.
 */
export async function webhooksAnswered(world: World, sessionId: string): Promise<void> {
  const sales = newestSales(world);
  const event = sales.find(({ data }) => (data.object as { id?: string }).id === sessionId);
  if (event === undefined) return;
  const begin = Date.now();
  const waits = new Map<string, number>();
  await Promise.all(deliveriesOf(world.store, event.id).map(async ({ receiver }) => waits.set(receiver, await longestWait(world, sales, receiver))));
  const isAwaited = ({ receiver, status, attempts }: Delivery): boolean =>
    attempts.length === 0 && Date.now() - begin < (waits.get(receiver) ?? 0) && (status === 'pending' || isForwarding(world, receiver));
  while (deliveriesOf(world.store, event.id).some(isAwaited)) await pause(LOOK_EVERY_MS);
}

function newestSales(world: World): Stripe.Event[] {
  return world.store.list<Stripe.Event>('event', { where: { type: 'checkout.session.completed' }, limit: NEWEST_EVENTS }).data;
}

async function longestWait(world: World, sales: readonly Stripe.Event[], receiver: string): Promise<number> {
  if (receiver.startsWith('we_')) return LONGEST_WAIT_MS;
  const forwardsTo = world.store.find<CliSession>(CLI_SESSION_KIND, receiver)?.forwards_to ?? null;
  if (forwardsTo === null || (await refusesConnections(forwardsTo))) return 0;
  const hasAnswered = sales.some(({ id }) => deliveriesOf(world.store, id).some((one) => one.receiver === receiver && one.attempts.length > 0));
  return hasAnswered ? LONGEST_WAIT_MS : UNPROVEN_WAIT_MS;
}

/** The CLI runs on this machine, so what it cannot reach is not reached from here either. */
function refusesConnections(address: string): Promise<boolean> {
  const { host, port } = targetOf(address);
  const socket = connect({ host, port, timeout: CONNECT_WAIT_MS });
  return new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(false));
    socket.once('timeout', () => resolve(false));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  }).finally(() => socket.destroy());
}

/** What `--forward-to` takes: a port, an address with or without its scheme, a path on this machine. */
function targetOf(address: string): { host: string; port: number } {
  const named = /^\d+(\/|$)/.test(address) ? `localhost:${address}` : address.replace(/^\//, 'localhost/');
  const url = URL.parse(/^https?:/.test(named) ? named : `http://${named}`);
  const port = Number(url?.port) || (url?.protocol === 'https:' ? HTTPS_PORT : HTTP_PORT);
  return { host: url?.hostname.replace(/^\[(.*)\]$/, '$1') ?? 'localhost', port };
}

/** A CLI acknowledges an event before it forwards it, so its delivery is no longer pending then. */
function isForwarding(world: World, receiver: string): boolean {
  return world.store.find(CLI_SESSION_KIND, receiver) !== undefined;
}
