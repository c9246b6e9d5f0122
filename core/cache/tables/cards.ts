/** Payment methods and what customers pay with. */
import type Stripe from 'stripe';
import { isNewerCard, isNewerPayer, paymentMethodOf, type Card, type Payer, type Payment } from '../../billing/cards.ts';
import { isId } from '../../billing/whole.ts';
import { change, row, type Work } from '../statement.ts';
import { cardFrom, cardParameters, type CardRow } from './rows.ts';

const SQL = {
  card: row<CardRow>(`SELECT * FROM cards WHERE id = ?`),
  saveCard: change(`
    INSERT INTO cards (id, customer, as_of, name, exp_month, exp_year) VALUES (:id, :customer, :as_of, :name, :exp_month, :exp_year)
    ON CONFLICT (id) DO UPDATE SET customer = excluded.customer, as_of = excluded.as_of, name = excluded.name, exp_month = excluded.exp_month, exp_year = excluded.exp_year`),
  payer: row<Payer>(`SELECT customer, as_of AS "asOf", payment_method AS "paymentMethod" FROM payers WHERE customer = ?`),
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

/** What a subscription is charged to; null where there is nothing, undefined where that is not known. */
export function* paying(subscription: Stripe.Subscription, customer: string): Work<Card | null | undefined> {
  const id = paymentMethodOf(subscription, yield* SQL.payer(customer));
  const known = id ? yield* card(id) : undefined;
  return id === null || known?.customer === null ? null : known;
}

function* card(id: string): Work<Card | undefined> {
  const found = yield* SQL.card(id);
  return found && cardFrom(found);
}
