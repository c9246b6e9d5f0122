/** All orders of a flow's events, by the rules alone: what leads to the same cached state is walked on from once. */
import type Stripe from 'stripe';
import { applyEvent, subjectOf } from '../../core/billing/apply-event.ts';
import { invoiceAsAnswered } from '../../core/billing/invoice-state.ts';
import type { InvoiceState, SubscriptionState } from '../../core/billing/state.ts';
import { tiedTo } from '../support/tied.ts';
import type { Flow, Truth } from './order-flows.ts';
import { differences } from './order-truth.ts';

/** The cached rows, whether Stripe has yet to be asked, and the stage at which it answered last: a later answer is never older. */
interface Known {
  subscription: SubscriptionState | undefined;
  invoices: readonly InvoiceState[];
  isAsked: boolean;
  answeredAt: number;
}

export type Rules = typeof applyEvent;

export interface Walk {
  /** How many orders there are of the events that have not been heard of before. */
  orders: number;
  /** How many meetings of an event or an answer with a cached state were tried. */
  meetings: number;
  /** Where ends are otherwise than at Stripe, in words. */
  wrong: string[];
}

const NOTHING: Known = { subscription: undefined, invoices: [], isAsked: false, answeredAt: 0 };

/**
 * Delivers the events of a flow in every order: each once, and any of them again under another id at any moment. Where a question arose
 * Stripe is asked at any moment after it, and answers what held at any stage whose events may have been heard by then.
 */
export function walk(flow: Flow, rules: Rules = applyEvent): Walk {
  const news = newsOf(flow);
  const events = news.map(({ event }) => event);
  const layers = new Map<number, Map<string, Known>>([[0, keyed([heardBefore(flow, rules)])]]);
  const all = 2 ** events.length - 1;
  let meetings = 0;
  const meet = (states: Map<string, Known>, met: readonly Known[]): void => {
    meetings += met.length;
    for (const [key, known] of keyed(met)) if (!states.has(key)) states.set(key, known);
  };
  for (let heard = 0; heard <= all; heard += 1) {
    const states = layers.get(heard)!;
    const isHeard = (index: number): boolean => (heard & (1 << index)) !== 0;
    const told = [...eventsBefore(flow), ...events.filter((_, index) => isHeard(index))];
    const stage = Math.max(0, ...news.filter((_, index) => isHeard(index)).map((each) => each.stage));
    for (const known of states.values()) {
      meet(states, answers(known, flow, stage));
      for (const [index, event] of events.entries()) {
        const layer = heard | (1 << index);
        if (!layers.has(layer)) layers.set(layer, new Map());
        meet(layers.get(layer)!, [deliver(known, event, told, rules)]);
      }
    }
    if (heard < all) layers.delete(heard);
  }
  const ends = [...layers.get(all)!.values()].map((known) => answers(known, flow, flow.stages.length - 1)[0] ?? known);
  return { orders: factorial(events.length), meetings, wrong: ends.flatMap(({ subscription, invoices }) => differences(flow, subscription, invoices)) };
}

/** What has yet to be heard about the subscription and its invoices, each with its stage. */
function newsOf(flow: Flow): Array<{ event: Stripe.Event; stage: number }> {
  return flow.stages.flatMap(({ events, isHeardOf }, stage) => (isHeardOf ? [] : about(flow, events).map((event) => ({ event, stage }))));
}

function eventsBefore(flow: Flow): Stripe.Event[] {
  return about(flow, flow.stages.flatMap(({ events, isHeardOf }) => (isHeardOf ? events : [])));
}

/** In order, and with every question answered. */
function heardBefore(flow: Flow, rules: Rules): Known {
  const all = eventsBefore(flow);
  return flow.stages.filter(({ isHeardOf }) => isHeardOf).reduce((known, { events, truth }, stage) => {
    const told = about(flow, events).reduce((before, event) => deliver(before, event, all.slice(0, all.indexOf(event)), rules), known);
    return told.isAsked ? answer(told, truth, stage) : told;
  }, NOTHING);
}

function about(flow: Flow, events: readonly Stripe.Event[]): Stripe.Event[] {
  return events.filter((event) => subjectOf(event).subscription === flow.subscription);
}

/** What Stripe may answer when events up to this stage have been heard. */
function answers(known: Known, { stages }: Flow, stage: number): Known[] {
  const first = Math.max(stage, known.answeredAt);
  return known.isAsked ? stages.slice(first).map(({ truth }, index) => answer(known, truth, first + index)) : [];
}

/** As the cache does in one transaction; `told` is what it has heard before. */
function deliver({ subscription, invoices, isAsked, answeredAt }: Known, event: Stripe.Event, told: readonly Stripe.Event[], rules: Rules): Known {
  const subject = subjectOf(event);
  const invoice = invoices.find(({ id }) => id === subject.invoice);
  const decision = rules(event, { subscription, invoice, tied: tiedTo(event, told, { subscription }) }, { livemode: false });
  return {
    subscription: decision.subscription ?? subscription,
    invoices: decision.invoice ? withInvoice(invoices, decision.invoice) : invoices,
    isAsked: isAsked || decision.ask !== undefined,
    answeredAt,
  };
}

/** As reconciling does. */
function answer({ subscription, invoices }: Known, truth: Truth, stage: number): Known {
  const snapshot = truth.subscription;
  const asOf = Math.max(truth.at, subscription?.asOf ?? 0);
  const wanted = truth.invoices.filter(({ id }) => id === snapshot.latest_invoice || invoices.some((known) => known.id === id && known.failedAt !== null));
  const answered = wanted.map((invoice) => {
    const known = invoices.find(({ id }) => id === invoice.id);
    return invoiceAsAnswered(invoice, Math.max(asOf, known?.asOf ?? 0), known)!;
  });
  const state = { id: snapshot.id, customer: snapshot.customer as string, status: snapshot.status, asOf, version: 1, event: null, snapshot };
  return { subscription: state, invoices: answered.reduce(withInvoice, invoices), isAsked: false, answeredAt: stage };
}

function withInvoice(invoices: readonly InvoiceState[], invoice: InvoiceState): readonly InvoiceState[] {
  return [...invoices.filter(({ id }) => id !== invoice.id), invoice].sort((one, other) => one.id.localeCompare(other.id));
}

const NUMBERS = new WeakMap<object, number>();
let numbered = 0;

/** Snapshots are those of the events and answers themselves: each has a number. */
function keyed(states: readonly Known[]): Map<string, Known> {
  return new Map(states.map((known) => {
    const { snapshot, version: _, ...state } = known.subscription ?? { snapshot: NUMBERS };
    if (!NUMBERS.has(snapshot)) NUMBERS.set(snapshot, (numbered += 1));
    return [JSON.stringify([NUMBERS.get(snapshot), state, known.invoices, known.isAsked, known.answeredAt]), known];
  }));
}

function factorial(number: number): number {
  return number <= 1 ? 1 : number * factorial(number - 1);
}
