/** Which deliveries come next, and in which order. */
import { createHash } from 'node:crypto';
import type { SwitchValues } from '../switches.ts';
import type { Delivery, Now } from './deliveries.ts';

/** A burst is over when no event came for this long, or when its first has waited this long. */
const BURST_PAUSE_MILLISECONDS = 300;
const BURST_MILLISECONDS = 3000;
/** The sandbox's time can be advanced at any moment: who waits by it looks again soon. */
const LOOK_MILLISECONDS = 500;

export interface Batch {
  /** To be tried now, in this order. */
  now: Delivery[];
  /** When to look again, in milliseconds, if anything is left to wait for. */
  wait: number | undefined;
}

/** `pending` is oldest first. With a seed, first tries wait for the end of their burst, and the seed decides their order. */
export function nextBatch(pending: readonly Delivery[], now: Now, seed: SwitchValues['shuffle_events']): Batch {
  const first = pending.filter(({ attempts }) => attempts.length === 0);
  const held = seed === 'off' ? 0 : waitForBurst(first, now.real);
  const waitFor = (delivery: Delivery): number => Math.max(waitOf(delivery, now), delivery.attempts.length === 0 ? held : 0);
  const due = pending.filter((delivery) => waitFor(delivery) <= 0);
  const wait = pending.map(waitFor).reduce((shortest, one) => (one > 0 ? Math.min(shortest, one) : shortest), Infinity);
  return { now: seed === 'off' ? due : shuffled(due, seed), wait: Number.isFinite(wait) ? wait : undefined };
}

function waitForBurst(first: readonly Delivery[], now: number): number {
  const { earliest, latest } = first.reduce(
    (bounds, { due }) => ({ earliest: Math.min(bounds.earliest, due), latest: Math.max(bounds.latest, due) }),
    { earliest: Infinity, latest: -Infinity },
  );
  return Math.min(latest + BURST_PAUSE_MILLISECONDS, earliest + BURST_MILLISECONDS) - now;
}

function waitOf({ due, due_by: time }: Delivery, now: Now): number {
  if (time !== 'sandbox') return due - now.real;
  return due <= now.sandbox ? 0 : Math.min(due - now.sandbox, LOOK_MILLISECONDS);
}

/** The same seed orders as many deliveries in the same way. */
function shuffled(deliveries: readonly Delivery[], seed: number): Delivery[] {
  const keyed = deliveries.map((delivery, index) => ({ delivery, key: createHash('sha256').update(`${seed} ${index}`).digest('hex') }));
  return keyed.sort((one, other) => (one.key < other.key ? -1 : 1)).map(({ delivery }) => delivery);
}
