/** Whose new card has yet to pay what is missing, in SQLite. */
import type Database from 'better-sqlite3';
import type { InvoiceState } from '../../billing/state.ts';
import { invoiceFrom, type InvoiceRow } from './rows.ts';
import { ENDED } from './subscriptions.ts';

export interface Collection {
  customer: string;
  paymentMethod: string;
}

export class Collections {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: Database.Database) {
    this.#statements = prepare(database);
  }

  /** Notes a new card where a payment that failed before it is missing, and no newer card is noted; says whether. `asOf` in Stripe's seconds. */
  add({ customer, paymentMethod }: Collection, asOf: number): boolean {
    const isNeeded = this.missing(customer).some(({ firstFailedAt }) => (firstFailedAt ?? 0) <= asOf);
    return isNeeded && this.#statements.add.run(customer, paymentMethod, asOf).changes > 0;
  }

  all(): Collection[] {
    return this.#statements.all.all();
  }

  drop({ customer, paymentMethod }: Collection): void {
    this.#statements.drop.run(customer, paymentMethod);
  }

  /** Stripe collects nothing more for a subscription that has ended, and neither does devchat. */
  missing(customer: string): InvoiceState[] {
    return this.#statements.missing.all(customer).map(invoiceFrom);
  }
}

function prepare(database: Database.Database) {
  return {
    add: database.prepare<[string, string, number]>(`
      INSERT INTO collections (customer, payment_method, as_of) VALUES (?, ?, ?)
      ON CONFLICT (customer) DO UPDATE SET payment_method = excluded.payment_method, as_of = excluded.as_of WHERE excluded.as_of >= as_of`),
    all: database.prepare<[], Collection>(`SELECT customer, payment_method AS paymentMethod FROM collections ORDER BY customer`),
    drop: database.prepare<[string, string]>(`DELETE FROM collections WHERE customer = ? AND payment_method = ?`),
    missing: database.prepare<[string], InvoiceRow>(`
      SELECT invoices.* FROM invoices JOIN subscriptions ON subscriptions.id = invoices.subscription
      WHERE subscriptions.customer = ? AND subscriptions.status NOT IN ${ENDED} AND failed_at IS NOT NULL ORDER BY invoices.created, invoices.id`),
  };
}
