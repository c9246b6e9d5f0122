/** Subscriptions, their invoices and the open questions about them, in SQLite. */
import type Database from 'better-sqlite3';
import type { InvoiceState, SubscriptionState } from '../../billing/state.ts';
import type { CachedSubscription } from '../../billing/subscription-view.ts';
import type { Cards } from './cards.ts';
import { cachedFrom, invoiceFrom, invoiceParameters, subscriptionFrom, subscriptionParameters, type InvoiceRow, type SubscriptionRow } from './rows.ts';

/** The statuses that `isTerminal` names. */
export const ENDED = `('canceled', 'incomplete_expired')`;
/** The one that the verdict on a customer's next session is taken from: the newest that goes on, else the newest that has ended. */
export const DECISIVE_FIRST = `ORDER BY status IN ${ENDED}, created DESC, as_of DESC`;
const SELECT = `SELECT subscriptions.*, users.email FROM subscriptions LEFT JOIN users USING (customer)`;

export class Subscriptions {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #cards: Cards;

  constructor(database: Database.Database, cards: Cards) {
    this.#statements = prepare(database);
    this.#cards = cards;
  }

  save(state: SubscriptionState): void {
    this.#statements.save.run(subscriptionParameters(state));
  }

  saveInvoice(state: InvoiceState): void {
    this.#statements.saveInvoice.run(invoiceParameters(state));
  }

  find(id: string | null): SubscriptionState | undefined {
    const row = id === null ? undefined : this.#statements.byId.get(id);
    return row && subscriptionFrom(row);
  }

  invoice(id: string | null): InvoiceState | undefined {
    const row = id === null ? undefined : this.#statements.invoice.get(id);
    return row && invoiceFrom(row);
  }

  cached(id: string): CachedSubscription | undefined {
    return this.#withInvoice(this.#statements.byId.get(id));
  }

  ofCustomer(customer: string): CachedSubscription | undefined {
    return this.#withInvoice(this.#statements.ofCustomer.get(customer));
  }

  all(): CachedSubscription[] {
    return this.#statements.all.all().flatMap((row) => this.#withInvoice(row) ?? []);
  }

  ask(subscription: string): void {
    this.#statements.ask.run(subscription);
  }

  answered(subscription: string): void {
    this.#statements.answered.run(subscription);
  }

  /** An answer of Stripe's that is on its way will not do any more: it may be older than what was just heard. */
  outdateAnswers(subscription: string | undefined): void {
    if (subscription !== undefined) this.#statements.outdate.run(subscription);
  }

  questions(): string[] {
    return this.#statements.questions.all();
  }

  #withInvoice(row: (SubscriptionRow & { email: string | null }) | undefined): CachedSubscription | undefined {
    if (!row) return undefined;
    const cached = cachedFrom({ ...row, invoice: this.#statements.invoiceThatMatters.get(row.id) });
    return { ...cached, card: this.#cards.paying(cached.subscription.snapshot, row.customer) };
  }
}

type CachedRow = SubscriptionRow & { email: string | null };

function prepare(database: Database.Database) {
  return {
    save: database.prepare<[SubscriptionRow]>(`
      INSERT INTO subscriptions (id, customer, status, created, as_of, version, event_type, event_previous, snapshot)
      VALUES (:id, :customer, :status, :created, :as_of, :version, :event_type, :event_previous, :snapshot)
      ON CONFLICT (id) DO UPDATE SET status = :status, as_of = :as_of, version = :version, event_type = :event_type, event_previous = :event_previous, snapshot = :snapshot`),
    saveInvoice: database.prepare<[InvoiceRow]>(`
      INSERT OR REPLACE INTO invoices (id, subscription, status, created, as_of, amount_due, currency, next_attempt, failed_at, first_failed_at, failure_code, card)
      VALUES (:id, :subscription, :status, :created, :as_of, :amount_due, :currency, :next_attempt, :failed_at, :first_failed_at, :failure_code, :card)`),
    byId: database.prepare<[string], CachedRow>(`${SELECT} WHERE subscriptions.id = ?`),
    ofCustomer: database.prepare<[string], CachedRow>(`${SELECT} WHERE subscriptions.customer = ? ${DECISIVE_FIRST} LIMIT 1`),
    all: database.prepare<[], CachedRow>(`${SELECT} ORDER BY created DESC, subscriptions.id`),
    invoice: database.prepare<[string], InvoiceRow>(`SELECT * FROM invoices WHERE id = ?`),
    invoiceThatMatters: database.prepare<[string], InvoiceRow>(`SELECT * FROM invoices WHERE subscription = ? ORDER BY failed_at IS NULL, iif(failed_at IS NULL, -created, created) LIMIT 1`),
    ask: database.prepare<[string]>(`INSERT OR IGNORE INTO questions (subscription) VALUES (?)`),
    outdate: database.prepare<[string]>(`UPDATE subscriptions SET version = version + 1 WHERE id = ?`),
    answered: database.prepare<[string]>(`DELETE FROM questions WHERE subscription = ?`),
    questions: database.prepare<[], string>(`SELECT subscription FROM questions ORDER BY subscription`).pluck(),
  };
}
