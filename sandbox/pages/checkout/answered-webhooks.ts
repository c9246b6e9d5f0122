/** Checkout's patience: the shop hears of the sale before its customer comes back. */
import type Stripe from 'stripe';
import { setTimeout as pause } from 'node:timers/promises';
import { deliveriesOf, type Delivery } from '../../deliver/deliveries.ts';
import type { World } from '../../world.ts';

/** @see https://docs.stripe.com/checkout/fulfillment */
const LONGEST_WAIT_MS = 10_000;
const LOOK_EVERY_MS = 20;
const NEWEST_EVENTS = 20;

/**
 * Resolves when every webhook endpoint has answered `checkout.session.completed` of this session once, well or badly, and
 * at the latest after ten seconds of real time.
 */
export async function webhooksAnswered(world: World, sessionId: string): Promise<void> {
  const event = completionOf(world, sessionId);
  const end = Date.now() + LONGEST_WAIT_MS;
  while (event !== undefined && Date.now() < end && deliveriesOf(world.store, event.id).some(isUnanswered)) {
    await pause(LOOK_EVERY_MS);
  }
}

function completionOf(world: World, sessionId: string): Stripe.Event | undefined {
  const where = { type: 'checkout.session.completed' };
  const { data } = world.store.list<Stripe.Event>('event', { where, limit: NEWEST_EVENTS });
  return data.find((event) => (event.data.object as { id?: string }).id === sessionId);
}

/** The Stripe CLI only listens in; Checkout waits for registered endpoints. */
function isUnanswered({ receiver, status, attempts }: Delivery): boolean {
  return receiver.startsWith('we_') && status === 'pending' && attempts.length === 0;
}
