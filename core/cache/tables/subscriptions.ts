/** Subscriptions, their invoices and the open questions about them. */
import { isTerminal, type InvoiceState, type SubscriptionState } from '../../billing/state.ts';
import type { CachedSubscription } from '../../billing/subscription-view.ts';
import { change, row, rows, value, values, type Work } from '../statement.ts';
import * as cards from './cards.ts';
import { cachedFrom, invoiceFrom, invoiceParameters, subscriptionColumns, subscriptionFrom, type InvoiceRow, type SubscriptionRow } from './rows.ts';

/** The statuses that `isTerminal` names. */
export const ENDED = `('canceled', 'incomplete_expired')`;
/** The statuses that `isSettled` names. */
const SETTLED = `('paid', 'void', 'uncollectible')`;
/** The one that the verdict on a customer's next session is taken from: the newest that goes on, else the newest that has ended. */
export const DECISIVE_FIRST = `ORDER BY status IN ${ENDED}, created DESC, as_of DESC`;

type CachedRow = SubscriptionRow & { email: string | null };

const SELECT = `SELECT ${subscriptionColumns()}, users.email FROM subscriptions LEFT JOIN users USING (customer)`;
const SQL = {
  save: change(`
    INSERT INTO subscriptions (id, customer, status, created, as_of, version, event, snapshot)
    VALUES (:id, :customer, :status, :created, :as_of, :version, :event, :snapshot)
    ON CONFLICT (id) DO UPDATE SET status = excluded.status, as_of = excluded.as_of, version = excluded.version, event = excluded.event, snapshot = excluded.snapshot`),
  before: row<SubscriptionRow>(`SELECT ${subscriptionColumns('as_of = ?')} FROM subscriptions WHERE id = ?`),
  hasEnded: value<number>(`SELECT 1 FROM subscriptions WHERE id = ? AND status IN ${ENDED}`),
  version: value<number>(`SELECT version FROM subscriptions WHERE id = ?`),
  saveInvoice: change(`
    INSERT INTO invoices (id, subscription, status, created, as_of, amount_due, currency, next_attempt, failed_at, first_failed_at, failure_code, card)
    VALUES (:id, :subscription, :status, :created, :as_of, :amount_due, :currency, :next_attempt, :failed_at, :first_failed_at, :failure_code, :card)
    ON CONFLICT (id) DO UPDATE SET status = excluded.status, as_of = excluded.as_of, amount_due = excluded.amount_due, next_attempt = excluded.next_attempt,
      failed_at = excluded.failed_at, first_failed_at = excluded.first_failed_at, failure_code = excluded.failure_code, card = excluded.card`),
  byId: row<CachedRow>(`${SELECT} WHERE subscriptions.id = ?`),
  ofCustomer: row<CachedRow>(`${SELECT} WHERE subscriptions.customer = ? ${DECISIVE_FIRST} LIMIT 1`),
  all: rows<CachedRow>(`${SELECT} ORDER BY created DESC, subscriptions.id`),
  ids: values<string>(`SELECT id FROM subscriptions ORDER BY id`),
  invoice: row<InvoiceRow>(`SELECT * FROM invoices WHERE id = ?`),
  invoiceThatMatters: row<InvoiceRow>(`
    SELECT * FROM invoices WHERE subscription = ? ORDER BY failed_at IS NULL, CASE WHEN failed_at IS NULL THEN -created ELSE created END LIMIT 1`),
  unsettledInvoices: values<string>(`SELECT id FROM invoices WHERE subscription = ? AND status NOT IN ${SETTLED} ORDER BY created, id`),
  ask: change(`INSERT INTO questions (subscription) VALUES (?) ON CONFLICT DO NOTHING`),
  outdate: change(`UPDATE subscriptions SET version = version + 1 WHERE id = ?`),
  answered: change(`DELETE FROM questions WHERE subscription = ?`),
  questions: values<string>(`SELECT subscription FROM questions ORDER BY subscription`),
};

/** `event` is the place in the journal of the event that shows it; null where Stripe was asked. */
export function* save({ id, customer, status, asOf, version, snapshot }: Omit<SubscriptionState, 'event'>, event: number | null): Work<void> {
  yield* SQL.save({ id, customer, status, created: snapshot.created, as_of: asOf, version, event, snapshot: event === null ? JSON.stringify(snapshot) : null });
}

export function* saveInvoice(state: InvoiceState): Work<void> {
  yield* SQL.saveInvoice(invoiceParameters(state));
}

/** What an event of this second comes after. What the subscription shows can be read only where it is of the same second: no other order needs it. */
export function* before(id: string | null, created: number): Work<SubscriptionState | undefined> {
  const found = id === null ? undefined : yield* SQL.before(created, id);
  return found && subscriptionFrom(found);
}

/** The state that Stripe answered. One that has ended never comes back to life, whoever says so: then only that something was heard is noted. */
export function* saveAnswered(state: Omit<SubscriptionState, 'event'>): Work<void> {
  const isRevival = !isTerminal(state.status) && (yield* SQL.hasEnded(state.id)) !== undefined;
  yield* isRevival ? outdateAnswers(state.id) : save(state, null);
}

/** 0 where the subscription is not cached. */
export function* version(id: string): Work<number> {
  return (yield* SQL.version(id)) ?? 0;
}

export function* invoice(id: string | null): Work<InvoiceState | undefined> {
  const found = id === null ? undefined : yield* SQL.invoice(id);
  return found && invoiceFrom(found);
}

export function unsettledInvoices(subscription: string): Work<string[]> {
  return SQL.unsettledInvoices(subscription);
}

export function* cached(id: string): Work<CachedSubscription | undefined> {
  return yield* withInvoice(yield* SQL.byId(id));
}

export function* ofCustomer(customer: string): Work<CachedSubscription | undefined> {
  return yield* withInvoice(yield* SQL.ofCustomer(customer));
}

export function* all(): Work<CachedSubscription[]> {
  const found: CachedSubscription[] = [];
  for (const each of yield* SQL.all()) found.push((yield* withInvoice(each))!);
  return found;
}

export function ids(): Work<string[]> {
  return SQL.ids();
}

export function* ask(subscription: string): Work<void> {
  yield* SQL.ask(subscription);
}

export function* answered(subscription: string): Work<void> {
  yield* SQL.answered(subscription);
}

/** An answer of Stripe's that is on its way will not do any more: it may be older than what was just heard. */
export function* outdateAnswers(subscription: string | undefined): Work<void> {
  if (subscription !== undefined) yield* SQL.outdate(subscription);
}

export function questions(): Work<string[]> {
  return SQL.questions();
}

function* withInvoice(found: CachedRow | undefined): Work<CachedSubscription | undefined> {
  if (!found) return undefined;
  const cachedRow = cachedFrom({ ...found, invoice: yield* SQL.invoiceThatMatters(found.id) });
  return { ...cachedRow, card: yield* cards.paying(cachedRow.subscription.snapshot, found.customer) };
}
