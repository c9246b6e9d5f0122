/** A world whose time the timekeeper moves, without a server. */
import { dueMoment } from '../../../../sandbox/billing/due.ts';
import { createClock } from '../../../../sandbox/clock.ts';
import type { Outbox } from '../../../../sandbox/deliver/outbox.ts';
import { createWorld, type SandboxWorld } from '../../../../sandbox/sandbox-world.ts';
import { openStore } from '../../../../sandbox/store.ts';
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

const NOBODY_LISTENS = { countEndpoints: () => 0, add: () => undefined } as unknown as Outbox;

export function openMovingWorld(store: Store = openStore(undefined, dueMoment)): MovingWorld {
  const world = createWorld({ store, clock: createClock(store), outbox: NOBODY_LISTENS, baseUrl: 'http://127.0.0.1:12111' });
  return { world, timekeeper: createTimekeeper(world), events: () => store.all<Told & StripeObject>('event') };
}
