/** Draws in SQLite what follows from a subscription's state: reads the situation, decides, and writes, in the caller's transaction. */
import type Database from 'better-sqlite3';
import { consequencesOf, type Situation } from '../../billing/consequences.ts';
import type { Failure } from '../../billing/failure.ts';
import { graceSecondsOf, type Rules } from '../../billing/policy.ts';
import { isTerminal } from '../../billing/state.ts';
import { failureFrom, failureParameters, invoiceFrom, subscriptionFrom, type FailureRow, type InvoiceRow, type SubscriptionRow } from './rows.ts';
import type { Outbox } from './outbox.ts';
import type { Sessions } from './sessions.ts';
import { DECISIVE_FIRST, ENDED } from './subscriptions.ts';

export class ConsequenceWriter {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #sessions: Sessions;
  readonly #outbox: Outbox;
  readonly #rules: Rules;

  constructor(database: Database.Database, { sessions, outbox, rules }: { sessions: Sessions; outbox: Outbox; rules: Rules }) {
    this.#statements = prepare(database);
    this.#sessions = sessions;
    this.#outbox = outbox;
    this.#rules = rules;
  }

  /** `now` in milliseconds. An invoice can be heard of before its subscription: then nothing follows yet. */
  draw(subscription: string, now: number): void {
    const situation = this.#situation(subscription, now);
    if (!situation) return;
    const { failures, sessions, notices } = consequencesOf(situation, { ...this.#rules, now });
    for (const failure of failures) this.#statements.save.run(failureParameters(failure));
    for (const session of sessions) this.#sessions.save(session, now);
    for (const notice of notices) this.#outbox.add(notice);
  }

  /** The subscriptions with a failure whose grace has ended; where a failed payment leaves sessions as they are, time changes nothing. */
  due(now: number): string[] {
    const { past_due: consequence } = this.#rules.policy;
    if (consequence === 'on') return [];
    const waiting = new Set(this.#statements.waiting.all(now / 1000 - graceSecondsOf(consequence)));
    return [...waiting].filter((subscription) => {
      const situation = this.#situation(subscription, now);
      return situation !== undefined && consequencesOf(situation, { ...this.#rules, now }).failures.length > 0;
    });
  }

  /** Undefined where nothing can follow: nothing is missing, and it has not ended. */
  #situation(id: string, now: number): Situation | undefined {
    const row = this.#statements.subscription.get(id);
    if (!row) return undefined;
    const subscription = subscriptionFrom(row);
    const invoices = this.#statements.invoices.all(id, id).map((invoice) => ({ invoice: invoiceFrom(invoice), failure: this.#failure(invoice.id) }));
    const decisive = this.#statements.decisive.get(subscription.customer);
    const isDecisive = decisive === undefined || decisive.id === id || isTerminal(decisive.status);
    return { subscription, email: row.email, invoices, sessions: this.#sessions.ahead(subscription.customer, now), isDecisive };
  }

  #failure(invoice: string): Failure | undefined {
    const row = this.#statements.failure.get(invoice);
    return row && failureFrom(row);
  }
}

function prepare(database: Database.Database) {
  return {
    subscription: database.prepare<[string], SubscriptionRow & { email: string | null }>(`
      SELECT subscriptions.*, users.email FROM subscriptions LEFT JOIN users USING (customer) WHERE subscriptions.id = ? AND (
        status IN ${ENDED}
        OR EXISTS (SELECT 1 FROM invoices WHERE invoices.subscription = subscriptions.id AND failed_at IS NOT NULL)
        OR EXISTS (SELECT 1 FROM failures WHERE failures.subscription = subscriptions.id AND closed_at IS NULL))`),
    invoices: database.prepare<[string, string], InvoiceRow>(`
      SELECT * FROM invoices WHERE subscription = ? AND failed_at IS NOT NULL
      UNION SELECT invoices.* FROM failures JOIN invoices ON invoices.id = failures.invoice WHERE failures.subscription = ? AND closed_at IS NULL
      ORDER BY created, id`),
    decisive: database.prepare<[string], Pick<SubscriptionRow, 'id' | 'status'>>(`SELECT id, status FROM subscriptions WHERE customer = ? ${DECISIVE_FIRST} LIMIT 1`),
    failure: database.prepare<[string], FailureRow>(`SELECT * FROM failures WHERE invoice = ?`),
    waiting: database.prepare<[number], string>(`SELECT subscription FROM failures WHERE acted_at IS NULL AND closed_at IS NULL AND failed_at <= ?`).pluck(),
    save: database.prepare<[FailureRow]>(`
      INSERT OR REPLACE INTO failures (invoice, subscription, failed_at, amount, acted_at, session, closed_at)
      VALUES (:invoice, :subscription, :failed_at, :amount, :acted_at, :session, :closed_at)`),
  };
}
