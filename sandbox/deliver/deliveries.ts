/** What is still to be told to whom, and the log of every try: rows beside the events, so that they survive a restart. */
import type Stripe from 'stripe';
import { newId } from '../ids.ts';
import type { Store, StripeObject } from '../world.ts';
import { isSuccess, type Outcome } from './post.ts';

const KIND = '_delivery';

/** Real time between the tries of one event: enough to live through a receiver's restart. */
const RETRY_DELAYS_SECONDS = [1, 2, 4, 8, 15, 30, 60, 120] as const;

export interface Attempt extends Outcome {
  /** Milliseconds of real time. */
  at: number;
}

/** One event on its way to one receiver: a webhook endpoint or a session of the Stripe CLI. */
export interface Delivery extends StripeObject {
  event: string;
  receiver: string;
  /** `acknowledged`: the Stripe CLI has it, and nothing that it forwarded to has answered. */
  status: 'pending' | 'acknowledged' | 'succeeded' | 'failed';
  attempts: Attempt[];
  /** Not tried before this moment, in milliseconds of real time. */
  due: number;
  /** The receiver, while the delivery is pending. */
  _pending_for: string | null;
}

export function queueDelivery(store: Store, event: string, receiver: string): void {
  const delivery = { id: newId('whd'), object: KIND, event, receiver, status: 'pending', attempts: [], due: 0, _pending_for: receiver };
  store.insert(delivery);
}

/** Oldest first. */
export function pendingDeliveries(store: Store, receiver: string): Delivery[] {
  return store.all<Delivery>(KIND, { _pending_for: receiver });
}

export function findDelivery(store: Store, id: string): Delivery | undefined {
  return store.find<Delivery>(KIND, id);
}

/** Everything that was tried with an event. */
export function deliveriesOf(store: Store, event: string): Delivery[] {
  return store.all<Delivery>(KIND, { event });
}

/** Notes an answer that decides nothing any more. */
export function logAttempt(store: Store, delivery: Delivery, outcome: Outcome): void {
  store.save({ ...delivery, attempts: [...delivery.attempts, { ...outcome, at: Date.now() }] });
}

/** Notes a try: done, to be tried again later, or given up. Meanwhile the delivery may have been ended, or forgotten. */
export function recordAttempt(store: Store, id: string, outcome: Outcome): void {
  const delivery = findDelivery(store, id);
  if (!delivery) return;
  if (delivery.status !== 'pending') return logAttempt(store, delivery, outcome);
  const attempts = [...delivery.attempts, { ...outcome, at: Date.now() }];
  const delay = RETRY_DELAYS_SECONDS[attempts.length - 1];
  if (isSuccess(outcome)) settle(store, { ...delivery, attempts }, 'succeeded');
  else if (delay === undefined) settle(store, { ...delivery, attempts }, 'failed');
  else store.save<Delivery>({ ...delivery, attempts, due: Date.now() + delay * 1000 });
}

/** Ends a delivery. A webhook endpoint's success is also counted on the event. */
export function settle(store: Store, delivery: Delivery, status: Exclude<Delivery['status'], 'pending'>): void {
  store.transaction(() => {
    store.save<Delivery>({ ...delivery, status, _pending_for: null });
    const event = status === 'succeeded' && delivery.receiver.startsWith('we_') && store.find<Stripe.Event>('event', delivery.event);
    if (event && event.pending_webhooks > 0) store.save({ ...event, pending_webhooks: event.pending_webhooks - 1 });
  });
}
