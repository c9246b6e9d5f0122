/** Payment methods and what customers pay with, in SQLite. */
import type Database from 'better-sqlite3';
import type Stripe from 'stripe';
import { isNewerCard, isNewerPayer, paymentMethodOf, type Card, type Payer, type Payment } from '../../billing/cards.ts';
import { cardFrom, cardParameters, type CardRow } from './rows.ts';

export class Cards {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: Database.Database) {
    this.#statements = prepare(database);
  }

  /** What is known of the payment method or the customer that an event shows. */
  shownIn(event: Stripe.Event): { card?: Card | undefined; payer?: Payer | undefined } {
    const { object, id = '' } = event.data.object as { object?: string; id?: string };
    if (object === 'payment_method') return { card: this.#card(id) };
    return object === 'customer' ? { payer: this.#payer(id) } : {};
  }

  save({ card, payer }: { card?: Card | undefined; payer?: Payer | undefined }): void {
    if (card) this.#statements.saveCard.run(cardParameters(card));
    if (payer) this.#statements.savePayer.run(payer);
  }

  /** Saves of an answer what is newer than what is known. */
  learn({ cards, payer }: Payment): void {
    for (const card of cards) if (isNewerCard(card, this.#card(card.id))) this.save({ card });
    if (payer && isNewerPayer(payer, this.#payer(payer.customer), false)) this.save({ payer });
  }

  /** What a subscription is charged to; null where there is nothing, undefined where that is not known. */
  paying(subscription: Stripe.Subscription, customer: string): Card | null | undefined {
    const id = paymentMethodOf(subscription, this.#payer(customer));
    const card = id ? this.#card(id) : undefined;
    return id === null || card?.customer === null ? null : card;
  }

  #card(id: string): Card | undefined {
    const row = this.#statements.card.get(id);
    return row && cardFrom(row);
  }

  #payer(customer: string): Payer | undefined {
    return this.#statements.payer.get(customer);
  }
}

function prepare(database: Database.Database) {
  return {
    card: database.prepare<[string], CardRow>(`SELECT * FROM cards WHERE id = ?`),
    saveCard: database.prepare<[CardRow]>(`
      INSERT OR REPLACE INTO cards (id, customer, as_of, name, exp_month, exp_year) VALUES (:id, :customer, :as_of, :name, :exp_month, :exp_year)`),
    payer: database.prepare<[string], Payer>(`SELECT customer, as_of AS asOf, payment_method AS paymentMethod FROM payers WHERE customer = ?`),
    savePayer: database.prepare<[Payer]>(`INSERT OR REPLACE INTO payers (customer, as_of, payment_method) VALUES (:customer, :asOf, :paymentMethod)`),
  };
}
