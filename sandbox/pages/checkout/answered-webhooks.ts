/** Checkout's patience: the shop hears of the sale before its customer comes back. */
import type Stripe from 'stripe';
import { setTimeout as pause } from 'node:timers/promises';
import { deliveriesOf, type Delivery } from '../../deliver/deliveries.ts';
import { CLI_SESSION_KIND, type CliSession } from '../../deliver/receivers.ts';
import type { World } from '../../world.ts';

/** @see https://docs.stripe.com/checkout/fulfillment */
const LONGEST_WAIT_MS = 10_000;
const LOOK_EVERY_MS = 20;
const NEWEST_EVENTS = 20;

/**
 * Resolves when every webhook endpoint has answered `checkout.session.completed` of this session once, well or badly, and
 * every Stripe CLI that forwards has brought its answer; at the latest after ten seconds of real time.
 */
export async function webhooksAnswered(world: World, sessionId: string): Promise<void> {
  const event = completionOf(world, sessionId);
  const end = Date.now() + LONGEST_WAIT_MS;
  while (event !== undefined && Date.now() < end && deliveriesOf(world.store, event.id).some((delivery) => isUnanswered(world, delivery))) {
    await pause(LOOK_EVERY_MS);
  }
}

function completionOf(world: World, sessionId: string): Stripe.Event | undefined {
  const where = { type: 'checkout.session.completed' };
  const { data } = world.store.list<Stripe.Event>('event', { where, limit: NEWEST_EVENTS });
  return data.find((event) => (event.data.object as { id?: string }).id === sessionId);
}

/** A CLI acknowledges an event before it forwards it, so its delivery is no longer pending then; one that only listens answers nothing. */
function isUnanswered(world: World, { receiver, status, attempts }: Delivery): boolean {
  if (attempts.length > 0) return false;
  if (receiver.startsWith('we_')) return status === 'pending';
  return world.store.find<CliSession>(CLI_SESSION_KIND, receiver)?.forwards === true;
}
