/** Rules that are wrong in one way about order: against each, some order must end otherwise than at Stripe. */
import { applyEvent, type Cached } from '../../core/billing/apply-event.ts';
import { idOf, isTerminal } from '../../core/billing/state.ts';
import type { Cache, Recorded } from '../../core/cache/cache.ts';
import type { Rules } from './order-walk.ts';

type Event = Parameters<Rules>[0];

/** The cached rows as if they were this old. */
function asIfOf(asOf: number, { subscription, invoice }: Cached): Cached {
  return { subscription: subscription && { ...subscription, asOf }, invoice: invoice && { ...invoice, asOf } };
}

const asOfOf = (event: Event, { subscription, invoice }: Cached): number => (event.data.object.object === 'invoice' ? invoice?.asOf : subscription?.asOf) ?? 0;

/** What is met is taken for older than it is where this holds. */
const misjudging =
  (isMisjudged: (created: number, asOf: number) => boolean): Rules =>
  (event, cached, ours) =>
    applyEvent(event, isMisjudged(event.created, asOfOf(event, cached)) ? asIfOf(event.created - 1, cached) : cached, ours);

export const WRONG_RULES: Record<string, Rules> = {
  'trusts the order of arrival': misjudging(() => true),
  'decides ties by arrival': misjudging((created, asOf) => created === asOf),
  'accepts what is older': misjudging((created, asOf) => created < asOf),
  'never asks': (event, cached, ours) => {
    const { ask: _, ...decision } = applyEvent(event, cached, ours);
    return decision;
  },
};

/** An end is taken for any other state. */
export const REVIVING: Rules = (event, { subscription, ...cached }, ours) =>
  applyEvent(event, { ...cached, subscription: subscription && isTerminal(subscription.status) ? { ...subscription, status: 'active' } : subscription }, ours);

/** What a wrong cache puts over a right one. */
export type Wrong = (cache: Cache) => Partial<Cache>;

/** Overwrites the subscription by what the rules did not let through. */
export const overwriting =
  (isOverwritten: (recorded: Recorded, event: Event, asOf: number) => boolean): Wrong =>
  (cache) => ({
    recordEvent: async (received) => {
      const recorded = await cache.recordEvent(received);
      const { object } = received.event.data;
      if (object.object !== 'subscription') return recorded;
      const known = await cache.subscription(object.id);
      if (!isOverwritten(recorded, received.event, known?.subscription.asOf ?? 0)) return recorded;
      const { id, status, customer } = object;
      const version = (known?.subscription.version ?? 0) + 1;
      await cache.saveSubscription({ id, status, customer: idOf(customer), asOf: received.event.created, version, event: null, snapshot: object });
      return { ...recorded, ask: null };
    },
  });

export const WRONG_CACHES: Record<string, Wrong> = {
  'trusts the order of arrival': overwriting(() => true),
  'decides ties by arrival': overwriting((_, { created }, asOf) => created === asOf),
  'accepts what is older': overwriting(({ outcome }) => outcome === 'stale'),
};
