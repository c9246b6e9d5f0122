/** Makes the state of one object again from what the journal holds of it, by the rules that apply events one by one. Pure. */
import type Stripe from 'stripe';
import { applyEvent, doubtAbout, type Cached } from './apply-event.ts';
import { holdsInstead, type Payment } from './cards.ts';
import { rankedObject, rankOf } from './rank.ts';
import { idOf, isSettled, type InvoiceState } from './state.ts';
import { MOST_TIED } from './tied.ts';

/** What Stripe answered when it was asked about a subscription. `asOf` in Stripe's seconds. */
export interface Answer {
  asOf: number;
  snapshot: Stripe.Subscription;
  invoices: readonly InvoiceState[];
  payment: Payment | null;
}

/** What the journal gives for one object. `version` of a subscription says nothing here. */
export interface Remade {
  state: Cached;
  /** The subscription about which Stripe has to be asked, since the journal cannot decide; null where it can. */
  ask: string | null;
  /** The same of the customer about whose subscriptions Stripe has to be asked. */
  askOf: string | null;
}

const NOTHING: Remade = { state: {}, ask: null, askOf: null };

/** Something that was told of the object, and what it makes of what was told before. */
interface Step {
  rank: number;
  take: (before: Remade) => Remade;
}

/** Which events of an object decide: those of the highest rank, and of an invoice that waits for money also those that tell of a failure. */
export function remade(id: string, events: readonly Stripe.Event[], answers: readonly Answer[], ours: { livemode: boolean }): Remade {
  const steps = [...stepsThrough(events, ours), ...answers.flatMap((answer) => stepsIn(answer, id))];
  return steps.sort((one, other) => one.rank - other.rank).reduce<Remade>((before, { take }) => take(before), NOTHING);
}

/** Each as when it came: with what of its rank had been journaled before it. */
function stepsThrough(events: readonly Stripe.Event[], ours: { livemode: boolean }): Step[] {
  const byRank = new Map<number, Stripe.Event[]>();
  return events.map((event) => {
    const rank = rankedObject(event, ours).rank ?? 0;
    const before = byRank.get(rank) ?? [];
    const tied = before.slice(0, MOST_TIED + 1);
    byRank.set(rank, before);
    before.push(event);
    return { rank, take: (state) => afterEvent(event, tied, state, ours) };
  });
}

function afterEvent(event: Stripe.Event, tied: readonly Stripe.Event[], { state, ask: asked }: Remade, ours: { livemode: boolean }): Remade {
  const { subscription = state.subscription, invoice = state.invoice, card = state.card, payer = state.payer, ask, askOf = null } = applyEvent(event, { ...state, tied }, ours);
  const after = { subscription, invoice, card, payer };
  if (!invoice) return { state: after, ask: ask ?? null, askOf };
  if (isSettled(invoice.status)) return { state: after, ask: null, askOf };
  const isDoubtful = invoice !== state.invoice && doubtAbout(invoice, state.invoice) !== undefined;
  return { state: after, ask: isDoubtful ? invoice.subscription : asked, askOf };
}

/** What an answer says of one object; it comes after the events of its second. */
function stepsIn({ asOf, snapshot, invoices, payment }: Answer, id: string): Step[] {
  const steps: Step[] = [];
  if (snapshot.id === id) {
    const state = { id, customer: idOf(snapshot.customer), status: snapshot.status, asOf, version: 0, event: null, snapshot };
    steps.push({ rank: rankOf('subscription', asOf, snapshot), take: (before) => ({ ...before, state: { ...before.state, subscription: state }, ask: null }) });
  }
  for (const invoice of invoices) {
    if (invoice.id === id) steps.push({ rank: rankOf('invoice', invoice.asOf, invoice), take: (before) => ({ ...before, state: { ...before.state, invoice: withFailures(invoice, before.state.invoice) }, ask: null }) });
  }
  return payment ? [...steps, ...stepsOfPayment(payment, id)] : steps;
}

function stepsOfPayment({ cards, payer }: Payment, id: string): Step[] {
  const steps: Step[] = cards
    .filter((card) => card.id === id)
    .map((card) => ({ rank: rankOf('payment_method', card.asOf, card), take: (before) => (holdsInstead(card, before.state.card) ? { ...before, state: { ...before.state, card }, askOf: null } : before) }));
  if (payer?.customer !== id) return steps;
  return [...steps, { rank: rankOf('customer', payer.asOf, {}), take: (before) => (holdsInstead(payer, before.state.payer) ? { ...before, state: { ...before.state, payer }, askOf: null } : before) }];
}

/** A failure stays until the invoice is settled, whenever it was heard of. */
function withFailures(invoice: InvoiceState, before: InvoiceState | undefined): InvoiceState {
  if (isSettled(invoice.status)) return invoice;
  const known = (times: Array<number | null | undefined>) => times.filter((time) => typeof time === 'number');
  const last = known([invoice.failedAt, before?.failedAt]);
  const first = known([invoice.firstFailedAt, before?.firstFailedAt]);
  return { ...invoice, failedAt: last.length > 0 ? Math.max(...last) : null, firstFailedAt: first.length > 0 ? Math.min(...first) : null };
}
