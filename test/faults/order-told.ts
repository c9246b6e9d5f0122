/** Tells a cache of a flow as Stripe may: late, twice, mixed up, with questions that are answered meanwhile, and with gaps. */
import type Stripe from 'stripe';
import { RELEVANT_TYPES } from '../../core/billing/apply-event.ts';
import { refreshSubscription } from '../../core/billing/reconcile.ts';
import type { Cache, Source } from '../../core/cache/cache.ts';
import { received } from '../support/caches.ts';
import type { Chance } from '../support/seeded.ts';
import type { Flow, Truth } from './order-flows.ts';
import { differences } from './order-truth.ts';

const MOST_STAGES_LATE = 3;

/** How many of a hundred events. */
export interface Travelling {
  late: number;
  twice: number;
  /** Under another id. */
  twin: number;
  dropped: number;
  /** Of a hundred moments after an event: in how many Stripe is asked what is in doubt. */
  asked: number;
}

export interface Teller {
  cache: Cache;
  flow: Flow;
  chance: Chance;
  /** How many deliveries there were. */
  told: number;
  isAsked: boolean;
}

/** The same with ids of their own, so that one cache holds many of them. Only what can change the cache. */
export function renamed(flow: Flow, name: string): Flow {
  const stages = flow.stages.map((stage) => ({ ...stage, events: stage.events.filter(({ type }) => RELEVANT_TYPES.includes(type)) }));
  return JSON.parse(JSON.stringify({ ...flow, stages }).replace(/"((?:evt|sub|cus|in|pm|si|pi|ch)_\w+)"/g, `"$1_${name}"`)) as Flow;
}

/** Tells stage by stage; what is late comes in a later one, and what is dropped not at all. */
export async function tellMixedUp(teller: Teller, how: Travelling): Promise<void> {
  const { chance, flow } = teller;
  const happens = (percent: number): boolean => chance.number(100) < percent;
  const travelling = flow.stages.flatMap(({ events }, stage) =>
    events.flatMap((event) => {
      if (happens(how.dropped)) return [];
      const due = (): number => stage + (happens(how.late) ? 1 + chance.number(MOST_STAGES_LATE) : 0);
      const copies = [event, ...(happens(how.twice) ? [event] : []), ...(happens(how.twin) ? [{ ...event, id: `${event.id}_twin` }] : [])];
      return copies.map((copy) => ({ event: copy, due: due() }));
    }),
  );
  for (let stage = 0; stage < flow.stages.length + MOST_STAGES_LATE; stage += 1) {
    const truth = flow.stages[Math.min(stage, flow.stages.length - 1)]!.truth;
    const arriving = chance.shuffled(travelling.filter(({ due }) => due === stage));
    for (let next = arriving.shift(); next; next = arriving.shift()) {
      await tell(teller, next.event);
      const meanwhile = happens(how.asked) ? arriving.shift() : undefined;
      if (happens(how.asked)) await askIfAsked(teller, truth, meanwhile?.event);
      if (meanwhile) await tell(teller, meanwhile.event);
    }
  }
}

/** As backfilling does, in any order. */
export async function tellAll(teller: Teller, source: Source = 'backfill'): Promise<void> {
  for (const event of teller.chance.shuffled(teller.flow.stages.flatMap(({ events }) => events))) await tell(teller, event, source);
}

export async function tell(teller: Teller, event: Stripe.Event, source: Source = 'webhook'): Promise<void> {
  const { ask } = await teller.cache.recordEvent({ ...received(event), source });
  teller.isAsked ||= ask !== null;
  teller.told += 1;
}

/** Asks Stripe where a question is open. `meanwhile` is told while Stripe's answer is on its way. */
export async function askIfAsked(teller: Teller, truth: Truth, meanwhile?: Stripe.Event): Promise<void> {
  if (!teller.isAsked) return;
  teller.isAsked = false;
  let untold = meanwhile;
  await refreshSubscription(
    answering(truth, async () => {
      const event = untold;
      untold = undefined;
      if (event) await tell(teller, event);
    }),
    teller.cache,
    teller.flow.subscription,
  );
}

/** Asks what is left in doubt, and compares all. */
export async function differencesInTheEnd(teller: Teller): Promise<string[]> {
  const { cache, flow } = teller;
  const { truth } = flow.stages.at(-1)!;
  await askIfAsked(teller, truth);
  const cached = await cache.subscription(flow.subscription);
  const invoices = await Promise.all(truth.invoices.map(({ id }) => cache.invoice(id)));
  const card = cached?.card ? { id: cached.card.id, expires: cached.card.expires } : null;
  const [charged, chargedAtStripe] = [card, truth.card].map((each) => JSON.stringify(each));
  return [...differences(flow, cached?.subscription, invoices), ...(charged === chargedAtStripe ? [] : [`charged to ${charged}, at Stripe to ${chargedAtStripe}`])];
}

/** A Stripe that holds no more than what it answers. */
function answering(truth: Truth, beforeAnswer: () => Promise<void>): Stripe {
  const headers = { date: new Date(truth.at * 1000).toUTCString() };
  const retrieve = async (): Promise<object> => {
    await beforeAnswer();
    return { ...truth.expanded, lastResponse: { headers } };
  };
  const invoice = (id: string): Promise<Stripe.Invoice> => Promise.resolve(truth.invoices.find((each) => each.id === id)!);
  const list = () => ({ autoPagingToArray: () => Promise.resolve(truth.invoices.filter(({ status }) => status === 'open')) });
  return { subscriptions: { retrieve }, invoices: { retrieve: invoice, list } } as unknown as Stripe;
}
