/** Which of what was told of an object is newer, and when only Stripe can tell. Rules: docs/ordering.md. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { isTerminal } from './state.ts';

/** `unsure`: both are of the same second, and their times do not tell which was first. */
export type Order = 'newer' | 'older' | 'same' | 'unsure';

/** What is known of a subscription, of a card, or of what a customer pays with. `asOf` in Stripe's seconds. */
export interface Dated {
  asOf: number;
  /** Null for a card that is detached. */
  customer: string | null;
  /** Of a subscription. */
  status?: string;
}

/** Places what is told of an object against what is known of it, by its end and by Stripe's own times alone. */
export function orderInTime(next: Dated, known: Dated | undefined): Order {
  if (!known) return 'newer';
  if (hasEnded(next) !== hasEnded(known)) return hasEnded(next) ? 'newer' : 'older';
  if (next.asOf !== known.asOf) return next.asOf > known.asOf ? 'newer' : 'older';
  return isDetached(next) ? 'same' : 'unsure';
}

/** What has ended never comes back, whatever is told of it. */
function hasEnded(shown: Dated): boolean {
  return isDetached(shown) || isTerminal(shown.status ?? '');
}

/** Of a detached card nothing changes any more. */
function isDetached({ customer }: Dated): boolean {
  return customer === null;
}

/** What an event tells of an object: what it shows, and what it says that it changed. */
export interface Told {
  type: string;
  previous: Record<string, unknown> | null;
  snapshot: object;
}

/**
 * Of all that was heard of an object in one second, what came last: all others lead to it, and it to none. Undefined where that is not proven.
 * Once all of the second has been heard, that is the truth or nothing: each change but the last is followed by the next one.
 */
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
