/** Stores every event, queues it for those who listen, and hands it to the courier and the sockets. */
import type { Server } from 'node:http';
import type Stripe from 'stripe';
import { API_VERSION } from '../api-version.ts';
import { newId } from '../ids.ts';
import { EVENTS } from '../watched.ts';
import { matchesPattern } from '../wildcard.ts';
import type { StripeObject } from '../world.ts';
import { createCliSockets, type CliSockets } from './cli-sockets.ts';
import { createCourier, type CourierParts } from './courier.ts';
import { isToEndpoint, queueDelivery } from './deliveries.ts';
import { storeEvent } from './event-shape.ts';
import { cliSessions, endpointsFor } from './receivers.ts';

/** An event before it is known how many endpoints hear of it. */
export type NewEvent = Pick<Stripe.Event, 'created' | 'request' | 'type'> & { data: { object: StripeObject; previous_attributes?: object } };

export interface Outbox {
  /** Stores and queues a new event in the caller's transaction. */
  add(event: NewEvent): void;
  /** Queues an event once more: for one webhook endpoint, or for every open session of the Stripe CLI. */
  resend(event: Stripe.Event, receiver: { endpoint: string } | 'cli'): void;
  cli: CliSockets;
  close(): Promise<void>;
}

export function createOutbox({ server, ...parts }: CourierParts & { server: Server }): Outbox {
  const { store, switches } = parts;
  const courier = createCourier(parts);
  const cli = createCliSockets(parts, server);

  function emit(facts: NewEvent): void {
    const endpoints = endpointsFor(store, facts.type);
    const whole = wholeEvent(facts, endpoints.length);
    EVENTS.publish(whole);
    const event = storeEvent(store, whole, switches.get('event_api_version'));
    if (!isDropped(event)) queue(event, [...endpoints, ...cliSessions(store)], switches.get('delay_events'));
  }

  function isDropped({ type }: Stripe.Event): boolean {
    const dropped = switches.get('drop_events');
    if (dropped === 'off') return false;
    if (typeof dropped === 'number') return store.count('event') % dropped === 0;
    return dropped.split(',').some((pattern) => matchesPattern(pattern, type));
  }

  function queue(event: Stripe.Event, receivers: readonly { id: string }[], wait = 0): void {
    const times = switches.get('duplicate_events') === 'same' ? 2 : 1;
    const deliveries = receivers.flatMap(({ id }) => Array.from({ length: times }, () => queueDelivery(store, event.id, id, wait)));
    deliveries.filter(isToEndpoint).forEach((delivery) => courier.add(delivery));
    cli.wake();
  }

  return {
    cli,
    add(event) {
      emit(event);
      if (switches.get('duplicate_events') === 'twin') emit(event);
    },
    resend: (event, receiver) => queue(event, receiver === 'cli' ? cliSessions(store) : [{ id: receiver.endpoint }]),
    async close() {
      cli.close();
      await courier.close();
    },
  };
}

function wholeEvent({ created, data, request, type }: NewEvent, pendingWebhooks: number): Stripe.Event {
  const event = { id: newId('evt'), object: 'event', api_version: API_VERSION, created, data, livemode: false, pending_webhooks: pendingWebhooks, request, type };
  return event as unknown as Stripe.Event;
}
