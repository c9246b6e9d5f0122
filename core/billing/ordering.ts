/** Which of two snapshots of a subscription is newer, and when only Stripe can tell. Rules: docs/ordering.md. */
import { isDeepStrictEqual } from 'node:util';
import type Stripe from 'stripe';
import { isTerminal, type SubscriptionState } from './state.ts';

/** `unsure`: both came in the same second, and nothing in them proves which was first. */
export type Order = 'newer' | 'older' | 'same' | 'unsure';

/** What an incoming event says about a subscription. Times are Stripe's, in seconds. */
export interface IncomingSnapshot {
  asOf: number;
  type: string;
  previous: Record<string, unknown> | null;
  snapshot: Stripe.Subscription;
}

/** Places an incoming snapshot against the cached state; only Stripe's own times are compared. */
export function orderOf(current: SubscriptionState, incoming: IncomingSnapshot): Order {
  const ended = isTerminal(current.status);
  const ends = isTerminal(incoming.snapshot.status);
  if (ended !== ends) return ends ? 'newer' : 'older';
  if (incoming.asOf !== current.asOf) return incoming.asOf > current.asOf ? 'newer' : 'older';
  return orderWithinOneSecond(current, incoming);
}

function orderWithinOneSecond(current: SubscriptionState, incoming: IncomingSnapshot): Order {
  if (isDeepStrictEqual(incoming.snapshot, current.snapshot)) return isReturn(current, incoming) ? 'unsure' : 'same';
  if (current.event === null) return 'unsure';
  if (isBirth(incoming.type)) return 'older';
  if (isBirth(current.event.type)) return 'newer';
  const after = follows(incoming, current.snapshot);
  const before = follows({ ...current.event, snapshot: current.snapshot }, incoming.snapshot);
  if (after === before) return 'unsure';
  return after ? 'newer' : 'older';
}

/** Alike, but by different changes: between them it was something else, which may arrive later. */
function isReturn({ event }: SubscriptionState, incoming: IncomingSnapshot): boolean {
  return event !== null && !isDeepStrictEqual(event.previous, incoming.previous);
}

function isBirth(type: string): boolean {
  return type === 'customer.subscription.created';
}

/** Whether `later` says of itself that it changed exactly what `earlier` still shows. */
function follows(later: { previous: Record<string, unknown> | null; snapshot: Stripe.Subscription }, earlier: Stripe.Subscription): boolean {
  const changed = Object.keys(later.previous ?? {});
  if (changed.length === 0) return false;
  const looksBack = contains(earlier, later.previous);
  return looksBack && !contains(later.snapshot, later.previous);
}

function contains(whole: unknown, part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return part === whole;
  if (typeof whole !== 'object' || whole === null) return false;
  return Object.entries(part).every(([key, value]) => contains((whole as Record<string, unknown>)[key], value));
}
