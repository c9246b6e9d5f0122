/** Brings queued events to webhook endpoints, with retries that survive a restart. */
import type Stripe from 'stripe';
import { realSeconds, type Clock } from '../clock.ts';
import type { Switches } from '../switches.ts';
import { toJson } from '../wire/json.ts';
import type { Store } from '../world.ts';
import { nextBatch } from './batch.ts';
import { findDelivery, pendingDeliveries, recordAttempt, settle, type Delivery, type Now } from './deliveries.ts';
import { eventInVersion } from './event-shape.ts';
import { post } from './post.ts';
import { rolledSecrets, type WebhookEndpoint } from './receivers.ts';
import { RETRY_SCHEDULES } from './retries.ts';
import { eventHeaders } from './signature.ts';

/** How many posts to one endpoint may be under way where they need not wait for each other. */
const PARALLEL_MAX = 20;

export interface Courier {
  /** Looks for work soon, after the transaction that is open now. */
  wake(): void;
  /** Breaks off the posts under way; they are tried again by the next start. */
  close(): Promise<void>;
}

export interface CourierParts {
  store: Store;
  clock: Clock;
  switches: Switches;
}

export function createCourier(parts: CourierParts): Courier {
  const closing = new AbortController();
  const rounds = new Map<string, Round>();
  let isWoken = false;

  function wakeAll(): void {
    isWoken = false;
    if (closing.signal.aborted) return;
    for (const { id } of parts.store.all<WebhookEndpoint>('webhook_endpoint')) {
      if (!rounds.has(id)) rounds.set(id, createRound(parts, id, closing.signal));
      rounds.get(id)?.look();
    }
  }

  return {
    wake() {
      if (!isWoken) setImmediate(wakeAll);
      isWoken = true;
    },
    async close() {
      closing.abort();
      await Promise.all([...rounds.values()].map((round) => round.stop()));
    },
  };
}

/** The deliveries to one endpoint. */
interface Round {
  /** Begins what is due; what is queued later is found by the next look. */
  look(): void;
  stop(): Promise<void>;
}

function createRound(parts: CourierParts, endpoint: string, closing: AbortSignal): Round {
  const { store, switches } = parts;
  const underWay = new Map<string, Promise<void>>();
  let batch: Delivery[] = [];
  let alarm: NodeJS.Timeout | undefined;

  function look(): void {
    const room = switches.get('delivery_order') === 'parallel' ? PARALLEL_MAX : 1;
    while (!closing.aborted && underWay.size < room) {
      if (batch.length === 0) refill();
      const next = batch.shift();
      if (!next) return;
      underWay.set(next.id, deliver(parts, next.id, closing).then(() => end(next.id)));
    }
  }

  function refill(): void {
    clearTimeout(alarm);
    const pending = pendingDeliveries(store, endpoint).filter(({ id }) => !underWay.has(id));
    const { now, wait } = nextBatch(pending, nowOf(parts), switches.get('shuffle_events'));
    batch = now;
    if (wait !== undefined) alarm = setTimeout(look, wait).unref();
  }

  function end(delivery: string): void {
    underWay.delete(delivery);
    look();
  }

  async function stop(): Promise<void> {
    clearTimeout(alarm);
    await Promise.all(underWay.values());
  }

  return { look, stop };
}

async function deliver(parts: CourierParts, id: string, closing: AbortSignal): Promise<void> {
  const { store, switches } = parts;
  const delivery = findDelivery(store, id);
  if (delivery?.status !== 'pending') return;
  const endpoint = store.find<WebhookEndpoint>('webhook_endpoint', delivery.receiver);
  const event = store.find<Stripe.Event>('event', delivery.event);
  if (endpoint?.status !== 'enabled' || !event) return settle(store, delivery, 'failed');
  const body = toJson(eventInVersion(store, event, endpoint.api_version));
  const headers = eventHeaders(body, endpoint._secret, realSeconds(), rolledSecrets(endpoint).map(({ secret }) => secret));
  const outcome = await post(endpoint.url, body, { headers, timeout: switches.get('delivery_timeout'), closing });
  if (!closing.aborted) recordAttempt(store, id, outcome, RETRY_SCHEDULES[switches.get('delivery_retries')], nowOf(parts));
}

export function nowOf({ clock }: CourierParts): Now {
  return { real: Date.now(), sandbox: clock.sandboxNow() * 1000 };
}
