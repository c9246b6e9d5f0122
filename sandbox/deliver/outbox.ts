/** Queues every event for those who listen, and wakes the couriers. */
import type { Server } from 'node:http';
import type Stripe from 'stripe';
import type { Store } from '../world.ts';
import { createCliSockets, type CliSockets } from './cli-sockets.ts';
import { createCourier } from './courier.ts';
import { queueDelivery } from './deliveries.ts';
import { cliSessions, endpointsFor } from './receivers.ts';

export interface Outbox {
  /** How many webhook endpoints will get an event of this type. */
  countEndpoints(type: string): number;
  /** Queues a new event in the caller's transaction. */
  add(event: Stripe.Event): void;
  /** Queues an event once more: for one webhook endpoint, or for every open session of the Stripe CLI. */
  resend(event: Stripe.Event, receiver: { endpoint: string } | 'cli'): void;
  cli: CliSockets;
  close(): Promise<void>;
}

export function createOutbox(store: Store, server: Server): Outbox {
  const courier = createCourier(store);
  const cli = createCliSockets(store, server);
  courier.wake();

  function queue(event: Stripe.Event, receivers: readonly { id: string }[]): void {
    for (const { id } of receivers) queueDelivery(store, event.id, id);
    courier.wake();
    cli.wake();
  }

  return {
    cli,
    countEndpoints: (type) => endpointsFor(store, type).length,
    add: (event) => queue(event, [...endpointsFor(store, event.type), ...cliSessions(store)]),
    resend: (event, receiver) => queue(event, receiver === 'cli' ? cliSessions(store) : [{ id: receiver.endpoint }]),
    async close() {
      cli.close();
      await courier.close();
    },
  };
}
