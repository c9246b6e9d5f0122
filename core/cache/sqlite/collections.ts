/** Whose new card has yet to pay what is missing, in SQLite. */
import type Database from 'better-sqlite3';
import type { InvoiceState } from '../../billing/state.ts';
import { invoiceFrom, type InvoiceRow } from './rows.ts';

export interface Collection {
  customer: string;
  paymentMethod: string;
}

export class Collections {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: Database.Database) {
    this.#statements = prepare(database);
  }

  /** Notes a new card where something is missing; says whether. */
  add({ customer, paymentMethod }: Collection): boolean {
    const isNeeded = this.missing(customer).length > 0;
    if (isNeeded) this.#statements.add.run(customer, paymentMethod);
    return isNeeded;
  }

  all(): Collection[] {
    return this.#statements.all.all();
  }

  drop({ customer, paymentMethod }: Collection): void {
    this.#statements.drop.run(customer, paymentMethod);
  }

  missing(customer: string): InvoiceState[] {
    return this.#statements.missing.all(customer).map(invoiceFrom);
  }
}

function prepare(database: Database.Database) {
  return {
    add: database.prepare<[string, string]>(`INSERT OR REPLACE INTO collections (customer, payment_method) VALUES (?, ?)`),
    all: database.prepare<[], Collection>(`SELECT customer, payment_method AS paymentMethod FROM collections ORDER BY customer`),
    drop: database.prepare<[string, string]>(`DELETE FROM collections WHERE customer = ? AND payment_method = ?`),
    missing: database.prepare<[string], InvoiceRow>(`
      SELECT invoices.* FROM invoices JOIN subscriptions ON subscriptions.id = invoices.subscription
      WHERE subscriptions.customer = ? AND failed_at IS NOT NULL ORDER BY invoices.created, invoices.id`),
  };
}
