/** Brings queued events to webhook endpoints: in order of emission for each endpoint, with retries that survive a restart. */
import type Stripe from 'stripe';
import { realSeconds } from '../clock.ts';
import { toJson } from '../wire/json.ts';
import type { Store } from '../world.ts';
import { pendingDeliveries, recordAttempt, settle, type Delivery } from './deliveries.ts';
import { post } from './post.ts';
import type { WebhookEndpoint } from './receivers.ts';
import { eventHeaders } from './signature.ts';

export interface Courier {
  /** Looks for work soon, after the transaction that is open now. */
  wake(): void;
  /** Breaks off the posts under way; they are tried again by the next start. */
  close(): Promise<void>;
}

export function createCourier(store: Store): Courier {
  const closing = new AbortController();
  const rounds = new Map<string, Round>();

  function wakeAll(): void {
    if (closing.signal.aborted) return;
    for (const { id } of store.all<WebhookEndpoint>('webhook_endpoint')) {
      if (!rounds.has(id)) rounds.set(id, createRound(store, id, closing.signal));
      rounds.get(id)?.start();
    }
  }

  return {
    wake: () => void setImmediate(wakeAll),
    async close() {
      closing.abort();
      await Promise.all([...rounds.values()].map((round) => round.stop()));
    },
  };
}

/** The deliveries to one endpoint, one after the other. */
interface Round {
  /** Runs until nothing is due; what is queued meanwhile is found by its next look. */
  start(): void;
  stop(): Promise<void>;
}

function createRound(store: Store, endpoint: string, closing: AbortSignal): Round {
  let running: Promise<void> | undefined;
  let alarm: NodeJS.Timeout | undefined;

  function start(): void {
    if (closing.aborted || running) return;
    clearTimeout(alarm);
    running = deliverAllDue(store, endpoint, closing).finally(() => {
      running = undefined;
      if (!closing.aborted) setAlarm();
    });
  }

  function setAlarm(): void {
    const next = Math.min(...pendingDeliveries(store, endpoint).map((delivery) => delivery.due));
    if (Number.isFinite(next)) alarm = setTimeout(start, Math.max(next - Date.now(), 0)).unref();
  }

  async function stop(): Promise<void> {
    clearTimeout(alarm);
    await running;
  }

  return { start, stop };
}

async function deliverAllDue(store: Store, endpoint: string, closing: AbortSignal): Promise<void> {
  for (let due = dueNow(store, endpoint); due.length > 0; due = dueNow(store, endpoint)) {
    for (const delivery of due) {
      await deliver(store, delivery, closing);
      if (closing.aborted) return;
    }
  }
}

function dueNow(store: Store, endpoint: string): Delivery[] {
  return pendingDeliveries(store, endpoint).filter((delivery) => delivery.due <= Date.now());
}

async function deliver(store: Store, delivery: Delivery, closing: AbortSignal): Promise<void> {
  const endpoint = store.find<WebhookEndpoint>('webhook_endpoint', delivery.receiver);
  const event = store.find<Stripe.Event>('event', delivery.event);
  if (endpoint?.status !== 'enabled' || !event) return settle(store, delivery, 'failed');
  const body = toJson(event);
  const outcome = await post(endpoint.url, body, eventHeaders(body, endpoint._secret, realSeconds()), closing);
  if (!closing.aborted) recordAttempt(store, delivery.id, outcome);
}
