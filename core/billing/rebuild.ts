/** Makes the state of one object again from what the journal holds of it, by the rules that apply events one by one. Pure. */
import type Stripe from 'stripe';
import { applyEvent, doubtAbout, type Cached } from './apply-event.ts';
import { isNewerCard, isNewerPayer, type Payment } from './cards.ts';
import { rankedObject, rankOf } from './rank.ts';
import { idOf, isSettled, type InvoiceState } from './state.ts';

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
}

/** Something that was told of the object, and what it makes of what was told before. */
interface Step {
  rank: number;
  take: (before: Remade) => Remade;
}

/** Which events of an object decide: those of the highest rank, and of an invoice that waits for money also those that tell of a failure. */
export function remade(id: string, events: readonly Stripe.Event[], answers: readonly Answer[], ours: { livemode: boolean }): Remade {
  const steps = [...events.map((event) => stepOf(event, ours)), ...answers.flatMap((answer) => stepsIn(answer, id))];
  return steps.sort((one, other) => one.rank - other.rank).reduce<Remade>((before, { take }) => take(before), { state: {}, ask: null });
}

function stepOf(event: Stripe.Event, ours: { livemode: boolean }): Step {
  return { rank: rankedObject(event, ours).rank ?? 0, take: (before) => afterEvent(event, before, ours) };
}

function afterEvent(event: Stripe.Event, { state, ask: asked }: Remade, ours: { livemode: boolean }): Remade {
  const { subscription = state.subscription, invoice = state.invoice, card = state.card, payer = state.payer, ask } = applyEvent(event, state, ours);
  const after = { subscription, invoice, card, payer };
  if (!invoice) return { state: after, ask: ask ?? asked };
  if (isSettled(invoice.status)) return { state: after, ask: null };
  const isDoubtful = invoice !== state.invoice && doubtAbout(invoice, state.invoice) !== undefined;
  return { state: after, ask: isDoubtful ? invoice.subscription : asked };
}

/** What an answer says of one object; it comes after the events of its second. */
function stepsIn({ asOf, snapshot, invoices, payment }: Answer, id: string): Step[] {
  const steps: Step[] = [];
  if (snapshot.id === id) {
    const state = { id, customer: idOf(snapshot.customer), status: snapshot.status, asOf, version: 0, event: null, snapshot };
    steps.push({ rank: rankOf('subscription', asOf, snapshot), take: (before) => ({ state: { ...before.state, subscription: state }, ask: null }) });
  }
  for (const invoice of invoices) {
    if (invoice.id === id) steps.push({ rank: rankOf('invoice', invoice.asOf, invoice), take: ({ state }) => ({ state: { ...state, invoice: withFailures(invoice, state.invoice) }, ask: null }) });
  }
  for (const card of payment?.cards ?? []) {
    if (card.id === id) steps.push({ rank: rankOf('payment_method', card.asOf, card), take: ({ state, ask }) => ({ state: isNewerCard(card, state.card) ? { ...state, card } : state, ask }) });
  }
  const payer = payment?.payer;
  if (payer?.customer === id) steps.push({ rank: rankOf('customer', payer.asOf, {}), take: ({ state, ask }) => ({ state: isNewerPayer(payer, state.payer, false) ? { ...state, payer } : state, ask }) });
  return steps;
}

/** A failure stays until the invoice is settled, whenever it was heard of. */
function withFailures(invoice: InvoiceState, before: InvoiceState | undefined): InvoiceState {
  if (isSettled(invoice.status)) return invoice;
  const known = (times: Array<number | null | undefined>) => times.filter((time) => typeof time === 'number');
  const last = known([invoice.failedAt, before?.failedAt]);
  const first = known([invoice.firstFailedAt, before?.firstFailedAt]);
  return { ...invoice, failedAt: last.length > 0 ? Math.max(...last) : null, firstFailedAt: first.length > 0 ? Math.min(...first) : null };
}
