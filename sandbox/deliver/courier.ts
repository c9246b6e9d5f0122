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
  const rounds = new Map<string, Promise<void>>();
  const alarms = new Map<string, NodeJS.Timeout>();
  const closing = new AbortController();

  function wakeAll(): void {
    if (closing.signal.aborted) return;
    for (const endpoint of store.all<WebhookEndpoint>('webhook_endpoint')) startRound(endpoint.id);
  }

  function startRound(endpoint: string): void {
    if (closing.signal.aborted || rounds.has(endpoint)) return;
    clearTimeout(alarms.get(endpoint));
    const round = runRound(endpoint).finally(() => {
      rounds.delete(endpoint);
      setAlarm(endpoint);
    });
    rounds.set(endpoint, round);
  }

  /** Until nothing is due: what is queued meanwhile is found by the next look. */
  async function runRound(endpoint: string): Promise<void> {
    for (let due = dueNow(endpoint); due.length > 0; due = dueNow(endpoint)) {
      for (const delivery of due) {
        if (closing.signal.aborted) return;
        await deliver(store, delivery, closing.signal);
      }
    }
  }

  function dueNow(endpoint: string): Delivery[] {
    return closing.signal.aborted ? [] : pendingDeliveries(store, endpoint).filter((delivery) => delivery.due <= Date.now());
  }

  function setAlarm(endpoint: string): void {
    if (closing.signal.aborted) return;
    const next = Math.min(...pendingDeliveries(store, endpoint).map((delivery) => delivery.due));
    if (Number.isFinite(next)) alarms.set(endpoint, setTimeout(() => startRound(endpoint), Math.max(next - Date.now(), 0)).unref());
  }

  return {
    wake: () => void setImmediate(wakeAll),
    async close() {
      closing.abort();
      for (const alarm of alarms.values()) clearTimeout(alarm);
      await Promise.all(rounds.values());
    },
  };
}

async function deliver(store: Store, delivery: Delivery, closing: AbortSignal): Promise<void> {
  const endpoint = store.find<WebhookEndpoint>('webhook_endpoint', delivery.receiver);
  const event = store.find<Stripe.Event>('event', delivery.event);
  if (endpoint?.status !== 'enabled' || !event) return settle(store, delivery, 'failed');
  const body = toJson(event);
  const outcome = await post(endpoint.url, body, eventHeaders(body, endpoint._secret, realSeconds()), closing);
  if (!closing.aborted) recordAttempt(store, delivery, outcome);
}
