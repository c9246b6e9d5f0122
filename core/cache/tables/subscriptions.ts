/** Subscriptions, their invoices and the open questions about them. */
import { isTerminal, type InvoiceState, type SubscriptionState } from '../../billing/state.ts';
import type { CachedSubscription } from '../../billing/subscription-view.ts';
import { change, row, rows, value, values, type Work } from '../statement.ts';
import * as cards from './cards.ts';
import { AMONG, among, PAGE } from './page.ts';
import { invoiceFrom, invoiceParameters, subscriptionColumns, subscriptionFrom, wholeSubscriptionFrom, type InvoiceRow, type SubscriptionRow } from './rows.ts';

/** The statuses that `isTerminal` names. */
export const ENDED = `('canceled', 'incomplete_expired')`;
/** The statuses that `isSettled` names. */
const SETTLED = `('paid', 'void', 'uncollectible')`;
/** The one that the verdict on a customer's next session is taken from: the newest that goes on, else the newest that has ended. */
export const DECISIVE_FIRST = `ORDER BY status IN ${ENDED}, created DESC, as_of DESC`;

type CachedRow = SubscriptionRow & { created: number; email: string | null; invoice: string | null };

/** Where a subscription stands in the list of all. */
export interface Place {
  created: number;
  id: string;
}

/** Before the newest: `created` is above each time in seconds. */
const TOP: Place = { created: 2 ** 40, id: '' };

const INVOICE_THAT_MATTERS = `
  SELECT id FROM invoices WHERE subscription = subscriptions.id
  ORDER BY failed_at IS NULL, CASE WHEN failed_at IS NULL THEN -invoices.created ELSE invoices.created END LIMIT 1`;
const SELECT = `
  SELECT ${subscriptionColumns()}, subscriptions.created, users.email, (${INVOICE_THAT_MATTERS}) AS invoice
  FROM subscriptions LEFT JOIN users USING (customer)`;
const SQL = {
  save: change(`
    INSERT INTO subscriptions (id, customer, status, created, as_of, version, event, snapshot)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
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
  ofThatSecond: rows<CachedRow>(`${SELECT} WHERE created = :created AND subscriptions.id > :id ORDER BY subscriptions.id LIMIT ${PAGE}`),
  older: rows<CachedRow>(`${SELECT} WHERE created < :created ORDER BY created DESC, subscriptions.id LIMIT ${PAGE}`),
  goingOn: values<string>(`SELECT id FROM subscriptions WHERE customer = ? AND status NOT IN ${ENDED} ORDER BY created DESC, id`),
  ids: values<string>(`SELECT id FROM subscriptions ORDER BY id`),
  invoice: row<InvoiceRow>(`SELECT * FROM invoices WHERE id = ?`),
  unsettledInvoices: values<string>(`SELECT id FROM invoices WHERE subscription = ? AND status NOT IN ${SETTLED} ORDER BY created, id`),
  invoicesAmong: rows<InvoiceRow>(`SELECT * FROM invoices WHERE id IN ${AMONG}`),
  ask: change(`INSERT INTO questions (subscription) VALUES (?) ON CONFLICT DO NOTHING`),
  outdate: change(`UPDATE subscriptions SET version = version + 1 WHERE id = ?`),
  answered: change(`DELETE FROM questions WHERE subscription = ?`),
  questions: values<string>(`SELECT subscription FROM questions ORDER BY subscription`),
};

/** `event` is the place in the journal of the event that shows it; null where Stripe was asked. */
export function* save({ id, customer, status, asOf, version, snapshot }: Omit<SubscriptionState, 'event'>, event: number | null): Work<void> {
  yield* SQL.save(id, customer, status, snapshot.created, asOf, version, event, event === null ? JSON.stringify(snapshot) : null);
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
  return yield* theOne(yield* SQL.byId(id));
}

export function* ofCustomer(customer: string): Work<CachedSubscription | undefined> {
  return yield* theOne(yield* SQL.ofCustomer(customer));
}

/** The next page of all of them, the newest first, after the place of the `last` one of the page before; without a `last` one, there are no more. */
export function* page(after: Place = TOP): Work<{ subscriptions: CachedSubscription[]; last: Place | undefined }> {
  const { created, id } = after;
  const rest = yield* SQL.ofThatSecond({ created, id });
  const found = rest.length > 0 ? rest : yield* SQL.older({ created });
  const last = found.at(-1);
  return { subscriptions: yield* whole(found), last: last && { created: last.created, id: last.id } };
}

export function ids(): Work<string[]> {
  return SQL.ids();
}

/** Those of a customer that have not ended, the newest first. */
export function goingOn(customer: string): Work<string[]> {
  return SQL.goingOn(customer);
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

function* theOne(found: CachedRow | undefined): Work<CachedSubscription | undefined> {
  return found && (yield* whole([found]))[0];
}

/** At most a page of them, each with the invoice that matters and what it is charged to. */
function* whole(found: readonly CachedRow[]): Work<CachedSubscription[]> {
  const invoices = new Map((yield* SQL.invoicesAmong(...among(found.map(({ invoice: id }) => id ?? '')))).map((each) => [each.id, invoiceFrom(each)]));
  const subscriptions = found.map(wholeSubscriptionFrom);
  const paying = yield* cards.paying(subscriptions);
  return found.map(({ invoice: id, email }, index) => ({ subscription: subscriptions[index]!, invoice: invoices.get(id ?? ''), email, card: paying[index] }));
}
