/** Whose new card has yet to pay what is missing. */
import type { InvoiceState } from '../../billing/state.ts';
import { change, rows, type Work } from '../statement.ts';
import { invoiceFrom, type InvoiceRow } from './rows.ts';
import { ENDED } from './subscriptions.ts';

export interface Collection {
  customer: string;
  paymentMethod: string;
}

const SQL = {
  add: change(`
    INSERT INTO collections (customer, payment_method, as_of) VALUES (?, ?, ?)
    ON CONFLICT (customer) DO UPDATE SET payment_method = excluded.payment_method, as_of = excluded.as_of WHERE excluded.as_of >= collections.as_of`),
  all: rows<Collection>(`SELECT customer, payment_method AS "paymentMethod" FROM collections ORDER BY customer`),
  drop: change(`DELETE FROM collections WHERE customer = ? AND payment_method = ?`),
  missing: rows<InvoiceRow>(`
    SELECT invoices.* FROM invoices JOIN subscriptions ON subscriptions.id = invoices.subscription
    WHERE subscriptions.customer = ? AND subscriptions.status NOT IN ${ENDED} AND failed_at IS NOT NULL ORDER BY invoices.created, invoices.id`),
};

/** Notes a new card where a payment that failed before it is missing, and no newer card is noted; says whether. `asOf` in Stripe's seconds. */
export function* add({ customer, paymentMethod }: Collection, asOf: number): Work<boolean> {
  const isNeeded = (yield* missing(customer)).some(({ firstFailedAt }) => (firstFailedAt ?? 0) <= asOf);
  return isNeeded && (yield* SQL.add(customer, paymentMethod, asOf)) > 0;
}

export function all(): Work<Collection[]> {
  return SQL.all();
}

export function* drop({ customer, paymentMethod }: Collection): Work<void> {
  yield* SQL.drop(customer, paymentMethod);
}

/** Stripe collects nothing more for a subscription that has ended, and neither does devchat. */
export function* missing(customer: string): Work<InvoiceState[]> {
  return (yield* SQL.missing(customer)).map(invoiceFrom);
}
