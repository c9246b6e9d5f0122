/** Which of the snapshots of an object is newer, and when only Stripe can tell. Rules: docs/ordering.md. */
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
  const cached = { ...current.event, snapshot: current.snapshot };
  const last = lastAmong([cached, incoming]);
  if (!last) return 'unsure';
  return last === cached ? 'older' : 'newer';
}

/** Alike, but by different changes: between them it was something else, which may arrive later. */
function isReturn({ event }: SubscriptionState, incoming: IncomingSnapshot): boolean {
  return event !== null && !isDeepStrictEqual(event.previous, incoming.previous);
}

/** What an event tells of an object: what it shows, and what it says that it changed. */
export interface Told {
  type: string;
  previous: Record<string, unknown> | null;
  snapshot: object;
}

/** Of all that was heard of an object in one second, what came last: all others lead to it, and it to none. Undefined where that is not proven. */
export function lastAmong(told: readonly Told[]): Told | undefined {
  return told.find((each) => {
    const others = told.filter((other) => !isDeepStrictEqual(other, each));
    const before = leadingTo(each, others);
    return others.every((other) => before.has(other) && !follows(other, each));
  });
}

/** Those of the others from which changes lead to it, from one to the next. */
function leadingTo(end: Told, others: readonly Told[]): Set<Told> {
  const found = new Set<Told>();
  const waiting = [end];
  for (let later = waiting.pop(); later; later = waiting.pop()) {
    for (const earlier of others) {
      if (found.has(earlier) || !follows(later, earlier)) continue;
      found.add(earlier);
      waiting.push(earlier);
    }
  }
  return found;
}

/** What begins an object: there is nothing before it. */
const BIRTHS: readonly string[] = ['customer.subscription.created', 'customer.created', 'payment_method.attached'];

/** Whether `later` says of itself that it changed exactly what `earlier` still shows. */
function follows(later: Told, earlier: Told): boolean {
  const [isBirth, wasBirth] = [later, earlier].map(({ type }) => BIRTHS.includes(type));
  if (isBirth || wasBirth) return !isBirth;
  const changed = Object.keys(later.previous ?? {});
  if (changed.length === 0) return false;
  return contains(earlier.snapshot, later.previous) && !contains(later.snapshot, later.previous);
}

/** Of a hash Stripe tells the keys that changed, with null for one that was not there; a list it tells whole. */
function contains(whole: unknown, part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return part === (whole ?? null);
  if (typeof whole !== 'object' || whole === null) return false;
  if (Array.isArray(part) && part.length !== (whole as unknown[]).length) return false;
  return Object.entries(part).every(([key, value]) => contains((whole as Record<string, unknown>)[key], value));
}
