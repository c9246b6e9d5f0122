/** A world whose time the timekeeper moves, without a server. */
import { createServer } from 'node:http';
import { dueMoment } from '../../../../sandbox/billing/due.ts';
import { createClock } from '../../../../sandbox/clock.ts';
import { createOutbox } from '../../../../sandbox/deliver/outbox.ts';
import { createWorld, type SandboxWorld } from '../../../../sandbox/sandbox-world.ts';
import { openStore } from '../../../../sandbox/store.ts';
import { createSwitches } from '../../../../sandbox/switches.ts';
import { createTimekeeper, type Timekeeper } from '../../../../sandbox/timekeeper.ts';
import type Stripe from 'stripe';
import type { Store, StripeObject } from '../../../../sandbox/world.ts';

export interface MovingWorld {
  world: SandboxWorld;
  timekeeper: Timekeeper;
  /** In the order of the list that the API shows, the oldest first. */
  events(): Told[];
}

export type Told = Omit<Stripe.Event, 'type' | 'data'> & { type: string; data: { object: StripeObject & Record<string, unknown> } };

export function openMovingWorld(store: Store = openStore(undefined, dueMoment)): MovingWorld {
  const clock = createClock(store);
  const switches = createSwitches(store);
  const outbox = createOutbox({ store, clock, switches, server: createServer() });
  const world = createWorld({ store, clock, switches, outbox, baseUrl: 'http://127.0.0.1:12111' });
  return { world, timekeeper: createTimekeeper(world), events: () => store.all<Told & StripeObject>('event') };
}
