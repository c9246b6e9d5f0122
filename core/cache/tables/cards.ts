/** Payment methods and what customers pay with. */
import type Stripe from 'stripe';
import type { Cached } from '../../billing/apply-event.ts';
import { holdsInstead, mayHoldAgainst, paymentMethodOf, type Card, type Payer, type Payment } from '../../billing/cards.ts';
import type { SubscriptionState } from '../../billing/state.ts';
import { isId } from '../../billing/whole.ts';
import type { Heard } from '../cache.ts';
import { change, row, rows, type Work } from '../statement.ts';
import * as journal from './journal.ts';
import { AMONG, among } from './page.ts';
import { cardFrom, cardParameters, type CardRow } from './rows.ts';

const PAYER = `SELECT customer, as_of AS "asOf", payment_method AS "paymentMethod" FROM payers`;
const SQL = {
  card: row<CardRow>(`SELECT * FROM cards WHERE id = ?`),
  cardsAmong: rows<CardRow>(`SELECT * FROM cards WHERE id IN ${AMONG}`),
  saveCard: change(`
    INSERT INTO cards (id, customer, as_of, name, exp_month, exp_year) VALUES (:id, :customer, :as_of, :name, :exp_month, :exp_year)
    ON CONFLICT (id) DO UPDATE SET customer = excluded.customer, as_of = excluded.as_of, name = excluded.name, exp_month = excluded.exp_month, exp_year = excluded.exp_year`),
  payer: row<Payer>(`${PAYER} WHERE customer = ?`),
  payersAmong: rows<Payer>(`${PAYER} WHERE customer IN ${AMONG}`),
  savePayer: change(`
    INSERT INTO payers (customer, as_of, payment_method) VALUES (:customer, :asOf, :paymentMethod)
    ON CONFLICT (customer) DO UPDATE SET as_of = excluded.as_of, payment_method = excluded.payment_method`),
};

/** What is known of the payment method or the customer that an event shows. */
export function* shownIn(event: Stripe.Event): Work<Pick<Cached, 'card' | 'payer'>> {
  const { object, id } = event.data.object as { object?: unknown; id?: unknown };
  if (!isId(id) || !isOfPayment(object)) return {};
  return object === 'customer' ? { payer: yield* SQL.payer(id) } : { card: yield* card(id) };
}

function isOfPayment(object: unknown): boolean {
  return object === 'customer' || object === 'payment_method';
}

/** Whether what is known is an answer of Stripe's: one of its second holds, whatever the events of that second tell. */
export function* isAnswered(known: Card | Payer): Work<boolean> {
  const answers = yield* journal.answersWith(objectOf(known));
  const told = answers.flatMap(({ payment }) => (payment ? [...payment.cards, ...(payment.payer ? [payment.payer] : [])] : []));
  return told.some((each) => objectOf(each) === objectOf(known) && each.asOf === known.asOf);
}

function objectOf(known: Card | Payer): string {
  return 'id' in known ? known.id : known.customer;
}

export function* save(shown: { card?: Card | undefined; payer?: Payer | undefined }): Work<void> {
  if (shown.card) yield* SQL.saveCard(cardParameters(shown.card));
  if (shown.payer) yield* SQL.savePayer(shown.payer);
}

/**
 * What an answer tells of what pays, with the time from which it counts: asked for after all that had been heard of it, it is not older than that.
 * Undefined where an event has told otherwise since Stripe was asked, and may be the newer: it has to be asked again.
 */
export function* asAnswered({ cards, payer }: Payment, heard: Heard): Work<Payment | undefined> {
  const counting: Card[] = [];
  for (const each of cards) {
    const counted = yield* countedFrom(each, each.id, yield* card(each.id), heard);
    if (!counted) return undefined;
    counting.push(counted);
  }
  const paying = payer && (yield* countedFrom(payer, payer.customer, yield* SQL.payer(payer.customer), heard));
  return payer && !paying ? undefined : { cards: counting, payer: paying };
}

/** Of two answers that were on their way at once, each counts from its own time. */
function* countedFrom<Shown extends Card | Payer>(shown: Shown, id: string, known: Shown | undefined, heard: Heard): Work<Shown | undefined> {
  if (!known) return shown;
  const { isTold, isAnswered } = yield* journal.heardSince(id, heard);
  if (isTold) return mayHoldAgainst(shown, known) ? undefined : shown;
  return isAnswered ? shown : { ...shown, asOf: Math.max(shown.asOf, known.asOf) };
}

/** Saves of an answer what holds instead of what is known. */
export function* learn({ cards, payer }: Payment): Work<void> {
  for (const each of cards) if (holdsInstead(each, yield* card(each.id))) yield* save({ card: each });
  if (payer && holdsInstead(payer, yield* SQL.payer(payer.customer))) yield* save({ payer });
}

/** What each of these subscriptions, at most a page of them, is charged to; null where there is nothing, undefined where that is not known. */
export function* paying(subscriptions: readonly SubscriptionState[]): Work<Array<Card | null | undefined>> {
  const payers = new Map((yield* SQL.payersAmong(...among(subscriptions.map(({ customer }) => customer)))).map((payer) => [payer.customer, payer]));
  const ids = subscriptions.map(({ snapshot, customer }) => paymentMethodOf(snapshot, payers.get(customer)));
  const cards = new Map((yield* SQL.cardsAmong(...among(ids.map((id) => id ?? '')))).map((each) => [each.id, cardFrom(each)]));
  return ids.map((id) => charged(id, cards));
}

function charged(id: string | null | undefined, cards: ReadonlyMap<string, Card>): Card | null | undefined {
  const known = id ? cards.get(id) : undefined;
  return id === null || known?.customer === null ? null : known;
}

function* card(id: string): Work<Card | undefined> {
  const found = yield* SQL.card(id);
  return found && cardFrom(found);
}
