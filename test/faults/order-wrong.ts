/** Rules and caches that are wrong in one way about order: against each, some order must end otherwise than at Stripe. */
import { setTimeout as pause } from 'node:timers/promises';
import type Stripe from 'stripe';
import { applyEvent, type Cached } from '../../core/billing/apply-event.ts';
import { cardOf, payerOf, type Payment } from '../../core/billing/cards.ts';
import { lastAmong, type Told } from '../../core/billing/ordering.ts';
import { idOf } from '../../core/billing/state.ts';
import type { CachedSubscription } from '../../core/billing/subscription-view.ts';
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

/** What a wrong cache puts over a right one. */
export type Wrong = (cache: Cache) => Partial<Cache>;

/** Overwrites the subscription by what the rules did not let through. */
const overwriting =
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

/** Compares what comes with what was taken last, and looks at nothing else of that second. */
export const TWO_AT_A_TIME: Wrong = (cache) => {
  const taken = new Map<string, Told & { created: number }>();
  const isTaken = ({ type, data, created }: Event): boolean => {
    const { id } = data.object as { id: string };
    const told = { type, previous: data.previous_attributes ?? null, snapshot: data.object, created };
    const before = taken.get(id);
    if (before && before.created >= created && !(before.created === created && lastAmong([before, told]) === told)) return false;
    taken.set(id, told);
    return before?.created === created;
  };
  return overwriting((_, event) => isTaken(event))(cache);
};

/** Takes of cards, and of what customers pay with, whatever is heard last. */
export const CARDS_BY_ARRIVAL: Wrong = (cache) => ({
  recordEvent: async (received) => {
    const recorded = await cache.recordEvent(received);
    const payment = paymentShownBy(received.event);
    const known = payment && (await cache.subscriptionOfCustomer(payment.customer));
    if (!known) return recorded;
    await cache.saveSubscription({ ...known.subscription, version: known.subscription.version + 1 }, [], payment);
    return { ...recorded, ask: null };
  },
});

function paymentShownBy({ data: { object }, created }: Event): (Payment & { customer: string }) | undefined {
  if (object.object === 'customer') return { customer: object.id, cards: [], payer: payerOf(object, created) };
  if (object.object !== 'payment_method' || !object.customer) return undefined;
  return { customer: idOf(object.customer), cards: [cardOf(object, created)], payer: undefined };
}

/** Lets an update bring an ended subscription back to life: as no cache takes that, not even as an answer of Stripe's, it is what this one reads. */
export const REVIVING: Wrong = (cache) => {
  const revived = new Map<string, Stripe.Subscription>();
  const asRevived = (known: CachedSubscription | undefined): CachedSubscription | undefined => {
    const snapshot = known && revived.get(known.subscription.id);
    return snapshot ? { ...known, subscription: { ...known.subscription, status: snapshot.status, snapshot } } : known;
  };
  return {
    recordEvent: async (received) => {
      const recorded = await cache.recordEvent(received);
      const { object } = received.event.data;
      if (object.object === 'subscription' && recorded.outcome === 'stale' && object.status !== 'canceled') revived.set(object.id, object);
      return recorded;
    },
    subscription: async (id) => asRevived(await cache.subscription(id)),
    subscriptionOfCustomer: async (customer) => asRevived(await cache.subscriptionOfCustomer(customer)),
  };
};

let inserted = 0;
const BETWEEN_MILLISECONDS = 20;

const KNOWN: Recorded = { outcome: 'applied', reason: 'known', ask: null, collect: null };

async function isKnown(cache: Cache, id: string): Promise<boolean> {
  const known = await cache.event(id);
  await pause(BETWEEN_MILLISECONDS);
  return known !== undefined;
}

/** Looks whether an event is journaled, and journals it in a second step: in between another delivery of it may look, too. */
export const CHECK_THEN_INSERT: Record<string, Wrong> = {
  'check, then insert': (cache) => ({
    recordEvent: async (received) => {
      const { id } = received.event;
      if (await isKnown(cache, id)) return KNOWN;
      inserted += 1;
      const event = inserted % 2 === 0 ? received.event : { ...received.event, id: `${id}_${inserted}` };
      return cache.recordEvent({ ...received, event });
    },
  }),
  'check, then insert where that is refused': (cache) => {
    const inserting = new Set<string>();
    return {
      recordEvent: async (received) => {
        const { id } = received.event;
        if (await isKnown(cache, id)) return KNOWN;
        if (inserting.has(id)) throw new Error('UNIQUE constraint failed: events.id');
        inserting.add(id);
        return cache.recordEvent(received);
      },
    };
  },
};
