/** Payment methods and what customers pay with. */
import type Stripe from 'stripe';
import { isNewerCard, isNewerPayer, paymentMethodOf, type Card, type Payer, type Payment } from '../../billing/cards.ts';
import type { SubscriptionState } from '../../billing/state.ts';
import { isId } from '../../billing/whole.ts';
import { change, row, rows, type Work } from '../statement.ts';
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
export function* shownIn(event: Stripe.Event): Work<{ card?: Card | undefined; payer?: Payer | undefined }> {
  const { object, id } = event.data.object as { object?: unknown; id?: unknown };
  if (!isId(id)) return {};
  if (object === 'payment_method') return { card: yield* card(id) };
  return object === 'customer' ? { payer: yield* SQL.payer(id) } : {};
}

export function* save(shown: { card?: Card | undefined; payer?: Payer | undefined }): Work<void> {
  if (shown.card) yield* SQL.saveCard(cardParameters(shown.card));
  if (shown.payer) yield* SQL.savePayer(shown.payer);
}

/** Saves of an answer what is newer than what is known. */
export function* learn({ cards, payer }: Payment): Work<void> {
  for (const each of cards) if (isNewerCard(each, yield* card(each.id))) yield* save({ card: each });
  if (payer && isNewerPayer(payer, yield* SQL.payer(payer.customer), false)) yield* save({ payer });
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
