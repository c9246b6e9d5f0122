/** What is still to be told to whom, and the log of every try: rows beside the events, so that they survive a restart. */
import type Stripe from 'stripe';
import { newId } from '../ids.ts';
import type { Store, StripeObject, Where } from '../world.ts';
import { isSuccess, type Outcome } from './post.ts';
import type { RetrySchedule } from './retries.ts';

const KIND = '_delivery';

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
  /** Not tried before this moment, in milliseconds of the time that `due_by` names. */
  due: number;
  due_by: RetrySchedule['time'];
  /** The receiver, while the delivery is pending. */
  _pending_for: string | null;
}

/** Milliseconds since 1970, as each of the two clocks shows them. */
export type Now = Record<RetrySchedule['time'], number>;

/** `wait` is in seconds of real time. */
export function queueDelivery(store: Store, event: string, receiver: string, wait = 0): Delivery {
  return store.insert<Delivery>({
    id: newId('whd'),
    object: KIND,
    event,
    receiver,
    status: 'pending',
    attempts: [],
    due: Date.now() + wait * 1000,
    due_by: 'real',
    _pending_for: receiver,
  });
}

/** A receiver is a webhook endpoint, or a session of the Stripe CLI. */
export function isToEndpoint({ receiver }: Delivery): boolean {
  return receiver.startsWith('we_');
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

/** Newest first. */
export function newestDeliveries(store: Store, where: Where, limit: number): Delivery[] {
  return store.list<Delivery>(KIND, { where, limit }).data;
}

/** Notes an answer that decides nothing any more. */
export function logAttempt(store: Store, delivery: Delivery, outcome: Outcome): void {
  store.save(withAttempt(delivery, outcome));
}

/** Notes a try: done, to be tried again later, or given up. Meanwhile the delivery may have been ended, or forgotten. */
export function recordAttempt(store: Store, id: string, outcome: Outcome, { time, waits }: RetrySchedule, now: Now): void {
  const found = findDelivery(store, id);
  if (!found) return;
  if (found.status !== 'pending') return logAttempt(store, found, outcome);
  const delivery = withAttempt(found, outcome);
  const wait = waits[delivery.attempts.length - 1];
  if (isSuccess(outcome)) settle(store, delivery, 'succeeded');
  else if (wait === undefined) settle(store, delivery, 'failed');
  else store.save<Delivery>({ ...delivery, due: now[time] + wait * 1000, due_by: time });
}

function withAttempt(delivery: Delivery, outcome: Outcome): Delivery {
  return { ...delivery, attempts: [...delivery.attempts, { ...outcome, at: Date.now() }] };
}

/** Ends a delivery. A webhook endpoint's success is also counted on the event. */
export function settle(store: Store, delivery: Delivery, status: Exclude<Delivery['status'], 'pending'>): void {
  store.transaction(() => {
    store.save<Delivery>({ ...delivery, status, _pending_for: null });
    const event = status === 'succeeded' && isToEndpoint(delivery) && store.find<Stripe.Event>('event', delivery.event);
    if (event && event.pending_webhooks > 0 && isFirstSuccess(store, delivery)) store.save({ ...event, pending_webhooks: event.pending_webhooks - 1 });
  });
}

/** An event that was delivered twice, or asked for again, counts once for its endpoint. */
function isFirstSuccess(store: Store, { id, event, receiver }: Delivery): boolean {
  return !deliveriesOf(store, event).some((other) => other.id !== id && other.receiver === receiver && other.status === 'succeeded');
}
