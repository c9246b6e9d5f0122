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
import { soon } from './soon.ts';

/** How many posts to one endpoint may be under way where they need not wait for each other. */
const PARALLEL_MAX = 20;

export interface Courier {
  /** Takes a delivery over, which is begun after the transaction that is open now. */
  add(delivery: Delivery): void;
  /** Breaks off the posts under way; they are tried again by the next start. */
  close(): Promise<void>;
}

export interface CourierParts {
  store: Store;
  clock: Clock;
  switches: Switches;
}

/** Begins with what an earlier run left undelivered. */
export function createCourier(parts: CourierParts): Courier {
  const closing = new AbortController();
  const rounds = new Map<string, Round>();
  const lookSoon = soon(() => rounds.forEach((round) => round.look()));

  function roundOf(endpoint: string): Round {
    const known = rounds.get(endpoint);
    if (known) return known;
    const round = createRound(parts, pendingDeliveries(parts.store, endpoint), closing.signal);
    rounds.set(endpoint, round);
    return round;
  }

  for (const { id } of parts.store.all<WebhookEndpoint>('webhook_endpoint')) roundOf(id);
  lookSoon();
  return {
    add(delivery) {
      roundOf(delivery.receiver).add(delivery);
      lookSoon();
    },
    async close() {
      closing.abort();
      await Promise.all([...rounds.values()].map((round) => round.stop()));
    },
  };
}

/** The deliveries to one endpoint. */
interface Round {
  add(delivery: Delivery): void;
  /** Begins what is due. */
  look(): void;
  stop(): Promise<void>;
}

/** What is pending is remembered beside the store: an endpoint that is down for long would have it all read at each event. */
function createRound(parts: CourierParts, left: readonly Delivery[], closing: AbortSignal): Round {
  const { store, switches } = parts;
  const pending = new Map(left.map((delivery) => [delivery.id, delivery]));
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
    const waiting = [...pending.values()].filter(({ id }) => !underWay.has(id));
    const { now, wait } = nextBatch(waiting, nowOf(parts), switches.get('shuffle_events'));
    batch = now;
    if (wait !== undefined) alarm = setTimeout(look, wait).unref();
  }

  function end(id: string): void {
    underWay.delete(id);
    const delivery = findDelivery(store, id);
    if (delivery?.status === 'pending') pending.set(id, delivery);
    else pending.delete(id);
    look();
  }

  async function stop(): Promise<void> {
    clearTimeout(alarm);
    await Promise.all(underWay.values());
  }

  return { add: (delivery) => void pending.set(delivery.id, delivery), look, stop };
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
